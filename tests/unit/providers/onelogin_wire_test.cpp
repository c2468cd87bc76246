#include "providers/onelogin/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "providers/onelogin/token.hpp"

namespace rollcall::providers::onelogin {
namespace {

using testing::HasSubstr;
using std::chrono::seconds;

const Instant now = std::chrono::sys_days(std::chrono::year(2015) / 11 / 11) + std::chrono::hours(4);

// ---- tokens ----

TEST(OneLoginToken, BothEndpointsAreUnderstood) {
  const std::string plain = R"({"access_token":"a","created_at":"2015-11-11T04:00:00.714Z","expires_in":36000,"refresh_token":"r","token_type":"bearer","account_id":5})";
  const auto flat = read_token(plain, now);
  const auto wrapped = read_token(R"({"status":{"error":false},"data":[)" + plain + "]}", now);
  ASSERT_TRUE(flat && wrapped);
  EXPECT_EQ(flat->text.reveal(), "a");
  EXPECT_EQ(wrapped->refresh.reveal(), "r");
  EXPECT_EQ(flat->renew_at, now + seconds(36'000 - 60));
}

TEST(OneLoginToken, OneThatWasHandedOutBeforeHasWhatIsLeft) {
  const auto token = [](const char* created) { return read_token(std::string(R"({"access_token":"a","expires_in":3600,"created_at":")") + created + "\"}", now)->renew_at - now; };
  EXPECT_EQ(token("2015-11-11T03:30:00.000Z"), seconds(1800 - 60));
  EXPECT_EQ(token("2015-11-11T01:00:00.000Z"), seconds(3600 - 60)) << "clocks that disagree";
  EXPECT_EQ(token("no time"), seconds(3600 - 60));
  EXPECT_EQ(token("2015-11-11T03:01:00.000Z"), seconds(30)) << "short: at half time";
}

TEST(OneLoginToken, WithoutATokenItIsCorrupt) {
  for (const char* body : {"{}", "[]", "", "{\"access_token\":\"\"}", "{\"access_token\":7}"}) EXPECT_FALSE(read_token(body, now)) << body;
}

// ---- users ----

TEST(OneLoginWire, AUserIsReadWithItsRolesFlatOrNestedAndItsNulls) {
  const std::string user = R"({"id":7,"username":"zo\u00eb","email":null,"status":null,"state":1,"group_id":12,"role_id":[[1,2]],"custom_attributes":{"cost":"\u738b","x":null},"activated_at":null})";
  const auto read = read_user(Api::v1, "{\"status\":{},\"data\":[" + user + "]}");
  ASSERT_TRUE(read) << read.error().message;
  const Account& account = read->account;
  EXPECT_EQ(account.fields.at("username"), "zo\xC3\xAB");
  EXPECT_EQ(account.fields.at("email"), "");
  EXPECT_EQ(account.fields.at("group_id"), "12");
  EXPECT_FALSE(account.fields.contains("title")) << "not shown";
  EXPECT_EQ(account.fields.at("custom_attributes.cost"), "\xE7\x8E\x8B");
  EXPECT_EQ(account.fields.at("custom_attributes.x"), "");
  EXPECT_EQ(*account.roles, (std::set<std::string>{"1", "2"}));
  EXPECT_EQ(account.status, AccountStatus::pending) << "null: just made";
  EXPECT_FALSE(account.accepted);
}

TEST(OneLoginWire, TheSameUserIsBareInV2) {
  const auto read = read_user(Api::v2, R"({"id":7,"status":1,"role_ids":[],"activated_at":"2026-01-01T00:00:00.000Z","last_login":"2026-01-01T00:00:00.000Z"})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->account.accepted);
  EXPECT_TRUE(read->signed_in);
  EXPECT_TRUE(read->account.roles->empty());
  EXPECT_FALSE(read_user(Api::v2, R"({"id":8,"status":1})")->account.roles) << "not shown";
}

TEST(OneLoginWire, OneBadUserIsReportedAndTheOthersStay) {
  HttpResponse response;
  response.body = R"([{"id":1,"title":["x"]},{"id":2,"role_ids":[]},{"username":"nobody"}])";
  const auto users = read_users(Api::v2, response);
  ASSERT_TRUE(users);
  EXPECT_EQ(users->page.accounts.size(), 1u);
  EXPECT_EQ(users->page.unusable.size(), 2u);
  EXPECT_EQ(users->items, 3);
}

TEST(OneLoginWire, TheNextPageIsACursorElseANumberElseTheEnd) {
  HttpResponse response;
  response.body = "[]";
  const auto next = [&](Headers headers) {
    response.headers = std::move(headers);
    return read_users(Api::v2, response)->page.next;
  };
  EXPECT_EQ(next({{"After-Cursor", "a b"}}), "cursor=a%20b");
  EXPECT_EQ(next({{"Current-Page", "1"}, {"Total-Pages", "3"}}), "page=2");
  EXPECT_EQ(next({{"Current-Page", "3"}, {"Total-Pages", "3"}, {"After-Cursor", ""}}), "");
  EXPECT_EQ(next({}), "");
}

TEST(OneLoginWire, NumbersGoAsNumbersAndNothingAsNull) {
  const auto body = write_user(Api::v1, {{"group_id", "12"}, {"directory_id", ""}, {"title", ""}, {"firstname", "Zo\xC3\xAB"}});
  EXPECT_EQ(json::write(*body), "{\"directory_id\":null,\"firstname\":\"Zo\xC3\xAB\",\"group_id\":12,\"title\":null}");
  EXPECT_THAT(write_user(Api::v1, {{"group_id", "Sales"}}).error().message, HasSubstr("group_id: \"Sales\" is no whole number"));
  EXPECT_THAT(write_user(Api::v2, {{"openid_name", "x"}}).error().message, HasSubstr("no such field"));
  EXPECT_FALSE(write_user(Api::v1, {{"title", "\xFF"}}));
}

TEST(OneLoginWire, ASaltedPasswordIsTheVendorsSample) {
  const auto salted = read_salted("hello:" + crypto::sha256_hex("hellopassword"));
  ASSERT_TRUE(salted);
  EXPECT_EQ(salted->hex, "b1c788abac15390de987ad17b65ac73c9b475d428a51f245c645a442fddd078b");
  EXPECT_EQ(read_salted(std::string(64, 'A'))->salt, "");
  EXPECT_EQ(read_salted("a:b:" + std::string(64, 'a'))->salt, "a:b");
  for (const std::string& bad : {std::string("secret"), std::string(63, 'a'), std::string(41, 's') + ":" + std::string(64, 'a')}) {
    ASSERT_FALSE(read_salted(bad));
    EXPECT_THAT(read_salted(bad).error().message, testing::Not(HasSubstr("secret")));
  }
}

TEST(OneLoginWire, ANameIsSearchedForWithoutItsMeaningAsAPattern) {
  EXPECT_EQ(user_query(LookupBy::user_name, "!zo\xC3\xAB&x=1"), "username=%2Azo%C3%AB%26x%3D1");
  EXPECT_EQ(user_query(LookupBy::external_id, "7"), "external_id=7");
}

TEST(OneLoginWire, EventsShowPresenceOnlyWhenThePersonActed) {
  const auto seen = [](const std::string& events) { return *read_presence("{\"data\":[" + events + "]}", "7"); };
  EXPECT_FALSE(seen(""));
  EXPECT_TRUE(seen(R"({"event_type_id":5,"user_id":7})"));
  EXPECT_FALSE(seen(R"({"event_type_id":5,"user_id":8})"));
  EXPECT_TRUE(seen(R"({"event_type_id":11,"user_id":7,"actor_user_id":7})"));
  EXPECT_FALSE(seen(R"({"event_type_id":11,"user_id":7,"actor_user_id":1})")) << "an administrator changed the password";
}

TEST(OneLoginWire, ALinkIsALinkOrNoErrorShowsIt) {
  EXPECT_EQ(*read_invite_link(R"({"status":{},"data":["http://app.onelogin.com/password/reset?token=t"]})"), "http://app.onelogin.com/password/reset?token=t");
  const auto bad = read_invite_link(R"({"data":["javascript:secret"]})");
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace rollcall::providers::onelogin
