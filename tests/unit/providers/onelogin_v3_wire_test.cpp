#include "providers/onelogin_v3/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "xml/xml.hpp"

namespace rollcall::providers::onelogin_v3 {
namespace {

using testing::HasSubstr;

// The sample of the vendor's create page.
constexpr std::string_view sample = R"(<user>
    <activated-at nil="true"></activated-at>
    <created-at>2015-04-27T15:03:27-07:00</created-at>
    <directory-id nil="true"></directory-id>
    <email>dora.garza@example.com</email>
    <external-id nil="true"></external-id>
    <firstname>Dora</firstname>
    <id>123456</id>
    <last-login nil="true"/>
    <lastname>Garza</lastname>
    <openid-name>dora.garza</openid-name>
    <something-new type="integer">5</something-new>
    <status type="integer">1</status>
    <username></username>
    <custom_attribute_shoe_size>43</custom_attribute_shoe_size>
</user>)";

std::string user_with(std::string_view extra) {
  return "<user><id>7</id><status>1</status>" + std::string(extra) + "</user>";
}

TEST(OneLoginV3Wire, ReadsTheVendorsSample) {
  const auto account = read_user(sample);
  ASSERT_TRUE(account) << account.error().message;
  EXPECT_EQ(account->id, "123456");
  const Fields fields = {{"directory_id", ""},
                         {"email", "dora.garza@example.com"},
                         {"external_id", ""},
                         {"firstname", "Dora"},
                         {"lastname", "Garza"},
                         {"openid_name", "dora.garza"},
                         {"status", "1"},
                         {"username", ""},
                         {"custom_attribute_shoe_size", "43"}};
  EXPECT_EQ(account->fields, fields);
  EXPECT_EQ(account->status, AccountStatus::active);
  EXPECT_EQ(account->native_status, "1");
  EXPECT_EQ(account->roles, std::nullopt);
  EXPECT_FALSE(account->accepted);  // active by a password that was given: nobody has come yet
}

TEST(OneLoginV3Wire, AcceptedIsKnownByTheTimesOrInAListingByTheStatus) {
  EXPECT_TRUE(read_user(user_with("<activated-at>2015-04-27T15:03:27-07:00</activated-at>"))->accepted);
  EXPECT_TRUE(
      read_user(user_with("<activated-at nil='true'/><last-login>2015-04-27T15:03:27Z</last-login>"))->accepted);
  EXPECT_FALSE(read_user(user_with("<activated-at nil='true'/><last-login/>"))->accepted);
  EXPECT_TRUE(read_user(user_with(""))->accepted);
  EXPECT_FALSE(read_user("<user><id>7</id><status>0</status></user>")->accepted);
  EXPECT_FALSE(read_user("<user><id>7</id><status>2</status></user>")->accepted);
}

TEST(OneLoginV3Wire, EveryStatusHasItsMeaning) {
  const std::pair<const char*, AccountStatus> table[] = {
      {"0", AccountStatus::pending}, {"1", AccountStatus::active},  {"2", AccountStatus::suspended},
      {"3", AccountStatus::locked},  {"4", AccountStatus::active},  {"5", AccountStatus::active},
      {"6", AccountStatus::unknown}, {"7", AccountStatus::pending}, {"8", AccountStatus::active},
      {"", AccountStatus::unknown},  {"x", AccountStatus::unknown}};
  for (const auto& [native, status] : table) EXPECT_EQ(status_of(native), status) << native;
}

TEST(OneLoginV3Wire, AnEmptyListIsTheEndInEveryForm) {
  for (const char* body : {"<users type=\"array\"/>", "<users type=\"array\"></users>", "<nil-classes type=\"array\"/>",
                           "<?xml version=\"1.0\"?>\n<users>\n</users>"})
    EXPECT_TRUE(read_users(body).value().empty) << body;
}

TEST(OneLoginV3Wire, OneBadUserIsNamedAndTheOthersAreRead) {
  const auto list = read_users(
      "<users><user><id>1</id></user><user><username>x</username></user><user><id>-3</id></user>"
      "<user><id>4</id><email><b/></email></user><user><id>5</id></user></users>");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->page.accounts.size(), 2u);
  ASSERT_EQ(list->page.unusable.size(), 3u);
  EXPECT_EQ(list->page.unusable[2].account, "4");
  EXPECT_THAT(list->page.unusable[2].detail, HasSubstr("email"));
  EXPECT_EQ(list->highest, 5);
}

TEST(OneLoginV3Wire, AListingOutOfOrderIsNotTakenAsComplete) {
  const auto list = read_users("<users><user><id>9</id></user><user><id>4</id></user></users>");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->page.unusable.size(), 1u);
  EXPECT_EQ(list->highest, 9);
}

TEST(OneLoginV3Wire, OtherDocumentsAreRefused) {
  for (const char* body : {"", "{}", "<user/>", "<!DOCTYPE html><html/>", "<users><user>"})
    EXPECT_FALSE(read_users(body)) << body;
  for (const char* body : {"", "<users/>", "<user/>", "<error><message>x</message></error>"})
    EXPECT_FALSE(read_user(body)) << body;
}

TEST(OneLoginV3Wire, ReadsRolesVerbatim) {
  const auto roles = read_roles("<roles type='array'><role><id>12345</id><name>R&amp;D </name></role></roles>");
  ASSERT_TRUE(roles);
  EXPECT_EQ(roles->at(0), (Role{"12345", "R&D "}));
}

TEST(OneLoginV3Wire, WritesElementsWithDashesAndCustomAttributesWithout) {
  EXPECT_EQ(write_user({{"openid_name", "d"}, {"custom_attribute_shoe_size", "43"}, {"external_id", ""}, {"phone", ""}})
                .value(),
            "<user><custom_attribute_shoe_size>43</custom_attribute_shoe_size><external-id nil=\"true\"></external-id>"
            "<openid-name>d</openid-name><phone></phone></user>");
  EXPECT_EQ(write_user({}, std::set<std::string>()).value(), "<user><roles type=\"array\"></roles></user>");
}

TEST(OneLoginV3Wire, HostileValuesSurviveTheWire) {
  for (const std::string& value :
       {std::string("<&>\"'"), std::string("a\r\nb\rc\n"), std::string("Jos\xC3\xA9 \xE7\x8E\x8B"),
        std::string("\xE2\x80\x8F\xD8\xAF\xE2\x80\xAE"), std::string(10'000, '&'), std::string(" x ")}) {
    const std::string body = write_user({{"firstname", value}}).value();
    const std::string answer = body.substr(0, 6) + "<id>1</id>" + body.substr(6);
    EXPECT_EQ(read_user(answer).value().fields.at("firstname"), value);
  }
}

TEST(OneLoginV3Wire, UnknownFieldsAndBadNamesAreRefused) {
  for (const char* name :
       {"nickname", "custom_attribute_", "custom_attribute_a b", "custom_attribute_a>b", "roles", "id", ""})
    EXPECT_EQ(write_user({{name, "x"}}).error().kind, ErrorKind::invalid) << name;
}

TEST(OneLoginV3Wire, NoErrorRepeatsAPassword) {
  const auto refused = write_user({{"password", "secret\x02"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("password: holds U+0002"));
  EXPECT_THAT(refused.error().message, testing::Not(HasSubstr("secret")));
}

TEST(OneLoginV3Wire, ALinkIsReadFromItsEnvelope) {
  EXPECT_EQ(
      read_invite_link(R"({"status":{"code":200},"data":["http://api.onelogin.com/password/reset?token=x1"]})").value(),
      "http://api.onelogin.com/password/reset?token=x1");
  for (const char* body : {"{}", R"({"data":null})", R"({"data":[]})", R"({"data":[1]})", R"({"data":["file:///x"]})",
                           R"({"data":["https://a/\r\nBcc: x"]})"})
    EXPECT_FALSE(read_invite_link(body)) << body;
}

TEST(OneLoginV3Wire, AnInviteIsJsonWhateverTheAddressHolds) {
  EXPECT_EQ(write_invite("k", "\"o'neil\"@x", ""), R"({"api_key":"k","email":"\"o'neil\"@x"})");
  EXPECT_EQ(write_invite("k", "a@x", "b@y"), R"({"api_key":"k","email":"a@x","personal_email":"b@y"})");
}

}  // namespace
}  // namespace rollcall::providers::onelogin_v3
