#include "unit/sandbox/support.hpp"

namespace rollcall::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OneLoginUsers : public OneLoginTest {};

TEST_F(OneLoginUsers, CreateAnswers201WithTheWholeDocument) {
  const auto response = ask("POST", "/api/v3/users.xml",
                            "<user><username>dgarza</username><email>dora.garza@example.com</email>"
                            "<firstname>Dora</firstname><phone></phone></user>");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(document(response).name, "user");
  EXPECT_EQ(text(response, "username"), "dgarza");
  EXPECT_EQ(text(response, "openid-name"), "dora.garza");
  EXPECT_EQ(text(response, "status"), "0");
  EXPECT_EQ(text(response, "phone"), "");
  EXPECT_EQ(text(response, "activated-at"), "(nil)");
  EXPECT_EQ(text(response, "lastname"), "(nil)");
  EXPECT_EQ(text(response, "created-at"), "2024-05-17T05:00:00-07:00");
  EXPECT_EQ(text(response, "roles"), "(none)");
  EXPECT_EQ(text(response, "title"), "(none)");
}

TEST_F(OneLoginUsers, CreateWithoutAnEmailTakesTheUserNameForTheOpenidName) {
  const auto response = ask("POST", "/api/v3/users.xml", "<user><username>ada</username></user>");
  EXPECT_EQ(text(response, "openid-name"), "ada");
  EXPECT_EQ(text(response, "email"), "(nil)");
}

TEST_F(OneLoginUsers, CreateKeepsAnOpenidNameThatIsGiven) {
  const auto response =
      ask("POST", "/api/v3/users.xml", "<user><username>ada</username><openid-name>al</openid-name></user>");
  EXPECT_EQ(text(response, "openid-name"), "al");
}

TEST_F(OneLoginUsers, CreateWithAPasswordMakesAnActiveUserAndKeepsOnlyAHash) {
  const auto id =
      create("ada", "<password>Secret123</password><password_confirmation>Secret123</password_confirmation>");
  EXPECT_EQ(account(id).status, 1);
  EXPECT_EQ(account(id).password, "sha256:" + crypto::sha256_hex("Secret123"));
  EXPECT_EQ(account(id).password_changed, now);
}

struct Refused {
  const char *elements, *title, *message;
};
class OneLoginRefusals : public OneLoginTest, public ::testing::WithParamInterface<Refused> {};

TEST_P(OneLoginRefusals, CreateIsRefusedInTheVendorsWords) {
  create("taken");
  const auto response = ask("POST", "/api/v3/users.xml", std::string("<user>") + GetParam().elements + "</user>");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(text(response, "title"), GetParam().title);
  EXPECT_EQ(text(response, "message"), GetParam().message);
  EXPECT_EQ(sandbox->tenant().accounts().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Create, OneLoginRefusals,
    ::testing::Values(
        Refused{"<username>a</username><confirm_password>x</confirm_password>", "Unknown Attribute",
                "unknown attribute: confirm_password"},
        Refused{"<username>a</username><external-id>7</external-id>", "Unknown Attribute",
                "unknown attribute: external-id"},
        Refused{"<username>a</username><openid_name>x</openid_name>", "Unknown Attribute",
                "unknown attribute: openid_name"},
        Refused{"<username>a</username><id>7</id>", "Unknown Attribute", "unknown attribute: id"},
        Refused{"<username>a</username><status>1</status>", "Unknown Attribute", "unknown attribute: status"},
        Refused{"<username>a</username><roles type='array'><role>52001</role></roles>", "Unknown Attribute",
                "unknown attribute: roles"},
        Refused{"<username>a</username><custom_attribute_shoe>9</custom_attribute_shoe>", "Unknown Attribute",
                "unknown attribute: custom_attribute_shoe"},
        Refused{"<username>a</username><firstname><b>x</b></firstname>", "Unknown Attribute",
                "unknown attribute: firstname"},
        Refused{"<username>TAKEN</username>", "Invalid Request",
                "Validation failed: Username must be unique within rehearsal"},
        Refused{"<username>b</username><email>Taken@Example.COM</email>", "Invalid Request",
                "Validation failed: Email must be unique within rehearsal"},
        Refused{"<firstname>Ada</firstname>", "Invalid Request", "Validation failed: Email or username is required"},
        Refused{"<username></username><email nil='true'></email>", "Invalid Request",
                "Validation failed: Email or username is required"},
        Refused{"<username>a</username><password>Secret123</password>", "Invalid Request",
                "Validation failed: The two passwords don't match"},
        Refused{"<username>a</username><password_confirmation>Secret123</password_confirmation>", "Invalid Request",
                "Validation failed: The two passwords don't match"},
        Refused{"<username>a</username><password>abc</password><password_confirmation>abc</password_confirmation>",
                "Invalid Request",
                "Validation failed: The password must be at least 8 characters, "
                "The password must contain upper and lowercase letters and digits"}));

TEST_F(OneLoginUsers, APolicyOfLettersAndDigitsHasItsOwnText) {
  furnish({{"password-policy", "letters-and-digits"}});
  const auto response = ask("POST", "/api/v3/users.xml",
                            "<user><username>a</username><password>abc</password>"
                            "<password_confirmation>abc</password_confirmation></user>");
  EXPECT_EQ(text(response, "message"), "Validation failed: The password must contain both letters and digits");
}

TEST_F(OneLoginUsers, TolerantCreateTakesTheFieldsOfAnUpdate) {
  furnish({{"create-fields", "all"}});
  const auto id = create("ada", "<external-id>e-7</external-id>");
  EXPECT_EQ(*account(id).field("external-id"), "e-7");
}

TEST_F(OneLoginUsers, ABodyThatIsNoUserIsRefused) {
  for (const char* body : {"<user><username>a</username>", "<users/>", "<user>a</b></user>", " "}) {
    const auto response = ask("POST", "/api/v3/users.xml", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(document(response).name, "error");
  }
}

TEST_F(OneLoginUsers, MarkupInValuesSurvives) {
  const auto id = create("ada", "<firstname>&lt;&amp;&gt;\"' ü 数</firstname>");
  EXPECT_EQ(text(ask("GET", "/api/v3/users/" + std::to_string(id) + ".xml"), "firstname"), "<&>\"' ü 数");
}

TEST_F(OneLoginUsers, ShowListsTheRolesAndLeavesOutWhatTheSamplesDo) {
  const auto id = create("ada", "<title>Analyst</title>");
  update(id, "<roles type='array'><role>" + std::to_string(sales) + "</role></roles>");
  const auto response = ask("GET", "/api/v3/users/" + std::to_string(id) + ".xml");
  const xml::Element user = document(response);
  ASSERT_TRUE(user.child("roles"));
  ASSERT_EQ(user.child("roles")->children.size(), 1u);
  EXPECT_EQ(user.child("roles")->children[0].child("name")->text, "Sales");
  EXPECT_FALSE(user.child("title"));
  furnish({{"show", "full"}, {"show-roles", "no"}});
  const auto other = ask("GET", "/api/v3/users/" + std::to_string(create("bob", "<title>Boss</title>")) + ".xml");
  EXPECT_EQ(text(other, "title"), "Boss");
  EXPECT_EQ(text(other, "roles"), "(none)");
}

TEST_F(OneLoginUsers, AUserNameInThePathIsDecodedAndComparedWithoutCase) {
  const auto id = create("a.b/c@d");
  const auto response = ask("GET", "/api/v3/users/username/A.b%2Fc%40d");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(text(response, "id"), std::to_string(id));
}

TEST_F(OneLoginUsers, WhoIsNotThereAnswers404InTheVendorsWords) {
  EXPECT_EQ(text(ask("GET", "/api/v3/users/11111.xml"), "message"), "No user found by id '11111'");
  EXPECT_EQ(text(ask("DELETE", "/api/v3/users/username/no%20body"), "message"), "No user found by username 'no body'");
  EXPECT_EQ(ask("PUT", "/api/v3/users/x.xml", "<user/>").status, 404);
  EXPECT_EQ(text(ask("GET", "/api/v3/users/11111.xml"), "title"), "Record Not Found");
}

TEST_F(OneLoginUsers, UpdateIsPartialAndAnswersEmpty) {
  const auto id = create("ada", "<firstname>Ada</firstname><lastname>King</lastname>");
  const auto response =
      update(id, "<lastname>Lovelace</lastname><external-id>e-1</external-id><firstname nil='true'/>");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(*account(id).field("lastname"), "Lovelace");
  EXPECT_EQ(*account(id).field("external-id"), "e-1");
  EXPECT_EQ(account(id).field("firstname"), nullptr);
  EXPECT_EQ(*account(id).field("email"), "ada@example.com");
}

TEST_F(OneLoginUsers, ARenameFreesTheOldNameAndTakesTheNewOne) {
  const auto id = create("ada");
  EXPECT_EQ(ask("PUT", "/api/v3/users/username/ada", "<user><username>lovelace</username></user>").status, 200);
  EXPECT_EQ(ask("GET", "/api/v3/users/username/ada").status, 404);
  EXPECT_EQ(text(ask("GET", "/api/v3/users/username/lovelace"), "id"), std::to_string(id));
  EXPECT_EQ(update(create("bob"), "<username>Lovelace</username>").status, 400);
}

TEST_F(OneLoginUsers, StatusMustExistAndBecomingActiveIsDated) {
  const auto id = create("ada");
  EXPECT_EQ(text(update(id, "<status>6</status>"), "message"), "Validation failed: Status must exist");
  EXPECT_EQ(text(update(id, "<status>x</status>"), "message"), "Validation failed: Status must exist");
  EXPECT_EQ(update(id, "<status>1</status>").status, 200);
  EXPECT_EQ(account(id).activated, now);
  EXPECT_EQ(update(id, "<status>2</status>").status, 200);
  EXPECT_EQ(account(id).status, 2);
}

TEST_F(OneLoginUsers, ANewPasswordNeedsItsConfirmation) {
  const auto id = create("ada");
  EXPECT_EQ(text(update(id, "<password>Secret123</password>"), "message"),
            "Validation failed: Password doesn't match confirmation, The two passwords don't match");
  now += std::chrono::seconds(5);
  EXPECT_EQ(update(id, "<password>Secret123</password><password_confirmation>Secret123</password_confirmation>").status,
            200);
  EXPECT_EQ(account(id).password_changed, now);
}

TEST_F(OneLoginUsers, AGroupMustExist) {
  sandbox->tenant().groups.insert(7);
  const auto id = create("ada");
  EXPECT_EQ(update(id, "<group-id>7</group-id>").status, 200);
  EXPECT_EQ(update(id, "<group-id>8</group-id>").status, 400);
  EXPECT_EQ(update(id, "<group-id>x</group-id>").status, 400);
  EXPECT_EQ(update(id, "<group-id nil='true'></group-id>").status, 200);
}

TEST_F(OneLoginUsers, RolesAreReplacedByDefault) {
  const auto id = create("ada");
  update(id, "<roles type='array'><role>" + std::to_string(sales) + "</role></roles>");
  EXPECT_EQ(update(id, "<roles type='array'><role>" + std::to_string(engineering) + "</role></roles>").status, 200);
  EXPECT_THAT(account(id).roles, ElementsAre(engineering));
  EXPECT_EQ(update(id, "<roles type='array'></roles>").status, 200);
  EXPECT_TRUE(account(id).roles.empty());
}

TEST_F(OneLoginUsers, RolesAreAddedWhereTheAccountAppends) {
  furnish({{"role-updates", "append"}});
  const auto id = create("ada");
  update(id, "<roles type='array'><role>" + std::to_string(sales) + "</role></roles>");
  update(id, "<roles type='array'><role>" + std::to_string(engineering) + "</role></roles>");
  EXPECT_THAT(account(id).roles, ElementsAre(sales, engineering));
}

TEST_F(OneLoginUsers, RolesMustBeKnownAndAnArrayAndARefusalChangesNothing) {
  const auto id = create("ada");
  const auto unknown = update(id, "<firstname>x</firstname><roles type='array'><role>1</role></roles>");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(text(unknown, "message"), HasSubstr("'1'"));
  EXPECT_EQ(update(id, "<roles type='array'><role>Sales</role></roles>").status, 400);
  EXPECT_EQ(update(id, "<roles><role>" + std::to_string(sales) + "</role></roles>").status, 400);
  EXPECT_EQ(account(id).field("firstname"), nullptr);
  EXPECT_TRUE(account(id).roles.empty());
}

TEST_F(OneLoginUsers, ARefusedUpdateCanComeAsAnHtmlPage) {
  furnish({{"update-errors", "html"}, {"update-status", "204"}});
  const auto id = create("ada");
  const auto response = update(id, "<status>6</status>");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("<!DOCTYPE html>"));
  EXPECT_EQ(update(id, "<title>x</title>").status, 204);
}

TEST_F(OneLoginUsers, DeleteAnswers200WithoutABodyAndThen404) {
  const auto id = create("ada");
  const auto response = ask("DELETE", "/api/v3/users/" + std::to_string(id) + ".xml");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(ask("DELETE", "/api/v3/users/" + std::to_string(id) + ".xml").status, 404);
  EXPECT_NE(create("ada"), id);
}

TEST_F(OneLoginUsers, CustomAttributesAreListedTakenAndShownOnRequestOnly) {
  sandbox->tenant().custom_attributes = {{"skype", "Skype name"}};
  const auto list = document(ask("GET", "/api/v3/users/custom_attributes"));
  ASSERT_EQ(list.children.size(), 1u);
  EXPECT_EQ(list.name, "custom_attributes");
  EXPECT_EQ(list.children[0].attribute("name"), "skype");
  EXPECT_EQ(list.children[0].attribute("label"), "Skype name");
  EXPECT_EQ(list.children[0].attribute("type"), "string");
  const auto id = create("ada", "<custom_attribute_skype>ada1</custom_attribute_skype>");
  const std::string path = "/api/v3/users/" + std::to_string(id) + ".xml";
  EXPECT_EQ(text(ask("GET", path), "custom_attribute_skype"), "(none)");
  EXPECT_EQ(text(ask("GET", path + "?include_custom_attributes=true"), "custom_attribute_skype"), "ada1");
}

TEST_F(OneLoginUsers, RolesStandUnderVersion1) {
  const auto list = document(ask("GET", "/api/v1/roles.xml"));
  ASSERT_EQ(list.children.size(), 2u);
  EXPECT_EQ(list.attribute("type"), "array");
  EXPECT_EQ(list.children[0].child("id")->text, std::to_string(sales));
  EXPECT_EQ(list.children[0].child("name")->text, "Sales");
  EXPECT_EQ(ask("GET", "/api/v3/roles.xml").status, 404);
}

}  // namespace
}  // namespace rollcall::sandbox
