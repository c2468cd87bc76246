// Listing, credentials, paths and invitations of the OneLogin v3 emulator.
#include "unit/sandbox/support.hpp"

namespace rollcall::sandbox {
namespace {

using ::testing::HasSubstr;

class OneLoginCalls : public OneLoginTest {
 protected:
  std::string token_of(const HttpResponse& response) {
    const json::Value body = *json::parse(response.body);
    const std::string link = *(*body.find("data")->as_array())[0].as_string();
    EXPECT_THAT(link, HasSubstr("http://127.0.0.1:4711/password/reset?token="));
    return link.substr(link.find("token="));
  }
  HttpResponse invite(const std::string& members) {
    return ask("POST", "/api/v3/invites/get_invite_link", "{\"api_key\":\"key\"," + members + "}");
  }
};

TEST_F(OneLoginCalls, ListingsComeInPagesOf100WithIdsStrictlyGreater) {
  sandbox->preload(250, now);
  const auto first = ids(ask("GET", "/api/v3/users.xml?from_id=0"));
  const auto second = ids(ask("GET", "/api/v3/users.xml?from_id=" + first.back()));
  const auto third = ids(ask("GET", "/api/v3/users.xml?from_id=" + second.back()));
  EXPECT_EQ(first.size(), 100u);
  EXPECT_EQ(second.size(), 100u);
  EXPECT_EQ(third.size(), 50u);
  EXPECT_GT(std::stoll(second.front()), std::stoll(first.back()));
  const auto end = ask("GET", "/api/v3/users.xml?from_id=" + third.back());
  EXPECT_TRUE(ids(end).empty());
  EXPECT_EQ(document(end).attribute("type"), "array");
  EXPECT_EQ(ids(ask("GET", "/api/v3/users.xml?page=2")), second);
  EXPECT_EQ(ids(ask("GET", "/api/v3/users.xml")), first);
}

TEST_F(OneLoginCalls, ListingsShowTheReducedFieldsOnly) {
  create("ada", "<phone>1</phone>");
  const xml::Element user = document(ask("GET", "/api/v3/users.xml")).children.at(0);
  std::vector<std::string> names;
  for (const xml::Element& child : user.children) names.push_back(child.name);
  EXPECT_THAT(names, ::testing::ElementsAre("distinguished-name", "email", "external-id", "firstname", "id", "lastname",
                                            "member-of", "status", "username"));
}

TEST_F(OneLoginCalls, ALackingUserNameIsEmptyInAListingAndNoNull) {
  ask("POST", "/api/v3/users.xml", "<user><email>a@b</email></user>");
  const xml::Element user = document(ask("GET", "/api/v3/users.xml")).children.at(0);
  EXPECT_FALSE(user.child("username")->nil());
  EXPECT_TRUE(user.child("firstname")->nil());
}

TEST_F(OneLoginCalls, ListingsFilterByStatusAndAddCustomAttributesOnRequest) {
  sandbox->tenant().custom_attributes = {{"skype", "Skype"}};
  create("ada");
  const auto bob = create("bob", "<custom_attribute_skype>b</custom_attribute_skype>");
  update(bob, "<status>2</status>");
  const auto listing = ask("GET", "/api/v3/users.xml?status=2&include_custom_attributes=true");
  EXPECT_THAT(ids(listing), ::testing::ElementsAre(std::to_string(bob)));
  EXPECT_EQ(document(listing).children[0].child("custom_attribute_skype")->text, "b");
}

TEST_F(OneLoginCalls, AWrongOrMissingKeyIs401) {
  HttpRequest wrong = request("GET", "/api/v3/users.xml"), missing = wrong;
  wrong.headers = {{"Authorization", "Basic " + crypto::base64("other:x")}};
  missing.headers.clear();
  for (const HttpRequest& bad : {wrong, missing}) {
    const auto response = handle(bad).response;
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(text(response, "title"), "Unauthorized Access");
  }
  HttpRequest other_password = request("GET", "/api/v3/users.xml");
  other_password.headers = {{"authorization", "basic " + crypto::base64("key:X")}};
  EXPECT_EQ(handle(other_password).response.status, 200);
}

TEST_F(OneLoginCalls, WritesNeedTheContentTypeOfXml) {
  HttpRequest post = request("POST", "/api/v3/users.xml", "<user><username>a</username></user>");
  post.headers[2].second = "application/json";
  EXPECT_EQ(handle(post).response.status, 415);
  post.headers.pop_back();
  EXPECT_EQ(handle(post).response.status, 415);
  post.headers.emplace_back("content-type", "Application/XML; charset=utf-8");
  EXPECT_EQ(handle(post).response.status, 201);
}

TEST_F(OneLoginCalls, UnknownPathsAndMethodsAre404) {
  for (const char* path :
       {"/", "/api/v3/users", "/api/v3/users/7", "/api/v3/users/7.xml/roles", "/api/v2/users.xml", "/api/v3/.xml",
        "/api/v3/users/.xml", "/api/v3/invites/get_invite_link", "/x/api/v3/users.xml"})
    EXPECT_EQ(ask("GET", path).status, 404) << path;
  EXPECT_EQ(ask("PATCH", "/api/v3/users/7.xml", "<user/>").status, 404);
}

TEST_F(OneLoginCalls, ABasePathStandsBeforeEverything) {
  furnish({{"base-path", "/tenant/a"}});
  EXPECT_EQ(ask("GET", "/tenant/a/api/v3/users.xml").status, 200);
  EXPECT_EQ(ask("GET", "/api/v3/users.xml").status, 404);
  EXPECT_EQ(ask("GET", "/tenant/ab/api/v3/users.xml").status, 404);
}

TEST_F(OneLoginCalls, AnInvitationLinkIsHandedOutAndCountedByEmail) {
  create("ada");
  const auto response = invite("\"email\":\"ada@example.com\"");
  EXPECT_EQ(response.status, 200);
  token_of(response);
  invite("\"email\":\"ada@example.com\"");
  EXPECT_EQ(*state().find("invitations-by-email")->find("ada@example.com"), json::Value(2));
}

TEST_F(OneLoginCalls, NobodyOfThatEmailIsA400OfJson) {
  create("ada");
  for (const char* email : {"\"email\":\"eve@example.com\"", "\"email\":\"ADA@example.com\"", "\"x\":1"}) {
    const auto response = invite(email);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(json::parse(response.body)->find("status")->text("message"), "No User exists for input email");
  }
}

TEST_F(OneLoginCalls, ABadKeyOnAnInvitationIsA400OfXml) {
  for (const char* body : {"{\"api_key\":\"other\",\"email\":\"a\"}", "{\"email\":\"a\"}", "{"}) {
    const auto response = ask("POST", "/api/v3/invites/get_invite_link", body);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(text(response, "code"), "invalid_or_missing_api_key");
  }
}

TEST_F(OneLoginCalls, TheVendorsOwnMailGoesToThePersonalAddressWhenOneIsGiven) {
  const auto id = create("ada");
  const auto response = ask("POST", "/api/v3/invites/send_invite_link",
                            R"({"api_key":"key","email":"ada@example.com","personal_email":"ada@home.example"})");
  const json::Value body = *json::parse(response.body);
  EXPECT_EQ(body.find("status")->text("message"), "Email sent successfully to ada@home.example");
  EXPECT_EQ(body.find("data"), nullptr);
  ASSERT_EQ(sandbox->tenant().mails().size(), 1u);
  EXPECT_EQ(sandbox->tenant().mails()[0].to, "ada@home.example");
  EXPECT_EQ(account(id).invited, now);
}

TEST_F(OneLoginCalls, OpeningTheLinkAcceptsOnce) {
  const auto id = create("ada");
  const std::string path = "/password/reset?" + token_of(invite("\"email\":\"ada@example.com\""));
  HttpRequest open = request("GET", path);
  open.headers.clear();  // a browser has no key
  now += std::chrono::hours(1);
  EXPECT_EQ(handle(open).response.status, 200);
  EXPECT_EQ(account(id).status, 1);
  EXPECT_EQ(account(id).activated, now);
  EXPECT_EQ(account(id).password_changed, now);
  EXPECT_EQ(handle(open).response.status, 410);
  EXPECT_EQ(ask("GET", "/password/reset?token=other").status, 404);
}

TEST_F(OneLoginCalls, ALinkLeadsPastNoSuspension) {
  const auto id = create("ada");
  const std::string path = "/password/reset?" + token_of(invite("\"email\":\"ada@example.com\""));
  update(id, "<status>2</status>");
  EXPECT_EQ(ask("GET", path).status, 403);
  EXPECT_EQ(account(id).status, 2);
}

}  // namespace
}  // namespace rollcall::sandbox
