// The sandbox's LoginRadius: what the vendor refuses is refused with the vendor's code, and an account comes to be by acceptance.
#include <gtest/gtest.h>

#include "json/json.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox {
namespace {

class LoginRadiusSandbox : public ::testing::Test {
 protected:
  LoginRadiusSandbox() {
    const Vendor* vendor = find_vendor("loginradius");
    VendorSettings settings = default_settings(*vendor);
    settings["api-key"] = "key";
    settings["api-secret"] = "secret";
    sandbox = std::move(*Sandbox::make(*vendor, settings));
    sandbox->tenant().add_role("role_a");
    sandbox->tenant().add_role("role_b");
  }
  HttpResponse ask(std::string method, std::string url, std::string body = {}, std::string secret = "secret") {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers = {{"Host", "127.0.0.1:4711"}, {"x-loginradius-apikey", "key"}, {"X-LoginRadius-ApiSecret", secret}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    return sandbox->handle(request, now).response;
  }
  static std::string code(const HttpResponse& response) {
    const auto body = json::parse(response.body);
    const json::Value* code = body ? body->find("ErrorCode") : nullptr;
    return std::to_string(response.status) + (code && code->as_int() ? " " + std::to_string(*code->as_int()) : "");
  }
  HttpResponse invite(const std::string& email, const std::string& roles = R"(["role_a"])") {
    return ask("POST", "/v2/manage/invitations?invitation_url=https%3A%2F%2Fp.example",
               "{\"email\":\"" + email + "\",\"roleIds\":" + roles + ",\"orgId\":\"rehearsal-org\",\"inviterUid\":\"u\"}");
  }
  HttpResponse follow(const std::string& email) {
    std::string token;
    for (const auto& invitation : sandbox->tenant().invitations())
      if (invitation.email == email) token = invitation.token;
    return ask("GET", "/invitation/accept?token=" + token, "", "");
  }
  static std::string text(const HttpResponse& response, const char* name) { return json::parse(response.body)->text(name); }

  std::unique_ptr<Sandbox> sandbox;
  Instant now = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
};

TEST_F(LoginRadiusSandbox, BadCredentialsHaveTheCodesOfTheirFamily) {
  EXPECT_EQ(code(ask("GET", "/v2/manage/organizations", "", "wrong")), "401 6002");
  EXPECT_EQ(code(ask("GET", "/identity/v2/manage/account/x", "", "wrong")), "401 902");
  EXPECT_EQ(code(ask("GET", "/v2/manage/organizations")), "200");
  HttpRequest query{"GET", "/v2/manage/organizations?apiKey=key&apisecret=secret", {}, "", {}};
  EXPECT_EQ(sandbox->handle(query, now).response.status, 200);
  EXPECT_EQ(ask("GET", "/v2/manage/nothing").status, 404);
}

TEST_F(LoginRadiusSandbox, AnInvitationIsShownResentAndDeletedOnce) {
  const HttpResponse made = invite("zo\xC3\xAB@example.com");
  EXPECT_EQ(text(made, "Status"), "invited");
  EXPECT_EQ(text(made, "EmailId"), "zo\xC3\xAB@example.com");
  const std::string path = "/v2/manage/invitations/" + text(made, "Id");
  EXPECT_EQ(text(ask("GET", path), "OrgId"), "rehearsal-org");
  EXPECT_EQ(ask("POST", path + "/resend").body, R"({"Resent":true})");
  EXPECT_EQ(sandbox->tenant().mails().size(), 2u);
  EXPECT_EQ(text(ask("DELETE", path), "Status"), "invited");
  for (const char* method : {"GET", "DELETE"}) EXPECT_EQ(code(ask(method, path)), "404 8169");
  EXPECT_EQ(follow("zo\xC3\xAB@example.com").status, 404);
  EXPECT_TRUE(sandbox->tenant().accounts().empty());
}

TEST_F(LoginRadiusSandbox, WhatAnInvitationCannotBe) {
  EXPECT_EQ(code(ask("POST", "/v2/manage/invitations", "{\"email\":\"a@b.c\",\"orgId\":\"rehearsal-org\"")), "400 7914");
  EXPECT_EQ(code(ask("POST", "/v2/manage/invitations", R"({"Email":"a@b.c","orgId":"rehearsal-org"})")), "400 7914");
  EXPECT_EQ(code(ask("POST", "/v2/manage/invitations", R"({"email":"a@b.c","orgId":"other"})")), "404 8118");
  EXPECT_EQ(code(ask("POST", "/v2/manage/invitations?invitation_url=nowhere", R"({"email":"a@b.c","orgId":"rehearsal-org"})")), "400 908");
  EXPECT_EQ(code(invite("a@b.c", R"(["role_x"])")), "400 8143");
}

TEST_F(LoginRadiusSandbox, WhoeverAcceptsHasAnAccountWithTheRolesAndIsInTheOrganisation) {
  invite("a@example.com", R"(["role_a","role_b"])");
  EXPECT_EQ(follow("a@example.com").status, 200);
  EXPECT_EQ(follow("a@example.com").status, 400);
  const Account* account = sandbox->tenant().find_by("Email", "A@example.com");
  ASSERT_TRUE(account);
  EXPECT_EQ(account->roles.size(), 2u);
  EXPECT_EQ(code(invite("a@example.com")), "409 8170");
  const auto found = ask("GET", "/identity/v2/manage/account/identities?email=a%40example.com");
  EXPECT_EQ(json::parse(found.body)->find("Data")->as_array()->size(), 1u);
}

TEST_F(LoginRadiusSandbox, AnInvitationEndsAndAResentOneBeginsAnew) {
  const std::string id = text(invite("a@example.com"), "Id");
  now += std::chrono::hours(20);
  (void)ask("POST", "/v2/manage/invitations/" + id + "/resend");
  now += std::chrono::hours(20);
  EXPECT_EQ(text(ask("GET", "/v2/manage/invitations/" + id), "Status"), "invited");
  now += std::chrono::hours(20);
  EXPECT_EQ(follow("a@example.com").status, 400);
}

TEST_F(LoginRadiusSandbox, AccountsSay403ForWhatIsNotThereOrTaken) {
  const std::string account = "/identity/v2/manage/account";
  const std::string uid = text(ask("POST", account, R"({"Email":[{"Type":"Primary","Value":"a@example.com"}],"FirstName":"Ä"})"), "Uid");
  EXPECT_EQ(code(ask("POST", account, R"({"Email":[{"Type":"Primary","Value":"A@example.com"}]})")), "403 936");
  EXPECT_EQ(code(ask("GET", account + "?email=nobody%40example.com")), "403 938");
  EXPECT_EQ(code(ask("PUT", account + "/nobody", "{}")), "403 938");
  EXPECT_EQ(code(ask("PUT", account + "/" + uid, "{\"FirstName\":\"cut")), "400 965");
  EXPECT_EQ(code(ask("PUT", account + "/" + uid, R"({"Nonsense":"x"})")), "403 1134");
  EXPECT_EQ(text(ask("PUT", account + "/" + uid, R"({"FirstName":null})"), "FirstName"), "Ä");
  EXPECT_EQ(text(ask("PUT", account + "/" + uid + "?nullsupport=true", R"({"FirstName":null})"), "FirstName"), "");
  EXPECT_EQ(*json::parse(ask("PUT", account + "/" + uid, R"({"IsActive":false})").body)->find("IsActive")->as_bool(), false);
  EXPECT_EQ(ask("DELETE", account + "/" + uid).body, R"({"IsDeleted":true})");
  EXPECT_EQ(code(ask("DELETE", account + "/" + uid)), "403 938");
}

TEST_F(LoginRadiusSandbox, ARoleIsAssignedOnce) {
  invite("a@example.com", "[]");
  (void)follow("a@example.com");
  const std::string uid = *sandbox->tenant().find_by("Email", "a@example.com")->field("Uid");
  const std::string roles = "/v2/manage/account/" + uid + "/orgcontext/rehearsal-org/roles";
  EXPECT_EQ(code(ask("PUT", roles, R"({"RoleIds":["role_a"]})")), "200");
  EXPECT_EQ(code(ask("PUT", "/v2/manage/account/" + uid + "/orgcontext/roles", R"({"RoleIds":["role_a","role_b"]})")), "409 8130");
  EXPECT_EQ(code(ask("PUT", roles, R"({"RoleIds":["role_x"]})")), "400 8143");
  EXPECT_EQ(code(ask("PUT", "/v2/manage/account/nobody/orgcontext/roles", R"({"RoleIds":[]})")), "404 8132");
  EXPECT_EQ(code(ask("GET", "/v2/manage/account/" + uid + "/orgcontext/other/roles")), "404 8118");
  EXPECT_EQ(code(ask("DELETE", roles, R"({"RoleIds":["role_a"]})")), "200");
  EXPECT_EQ(json::parse(ask("GET", roles).body)->find("Data")->as_array()->size(), 0u);
}

TEST_F(LoginRadiusSandbox, AStateThatWasWrittenDownIsTheSame) {
  const std::string id = text(invite("a@example.com"), "Id");
  const std::string before = ask("GET", "/_sandbox/state").body;
  Tenant again(find_vendor("loginradius")->unique_fields);
  ASSERT_TRUE(read_state(before, again));
  ASSERT_EQ(again.invitations().size(), 1u);
  EXPECT_EQ(again.invitations()[0].id, id);
  EXPECT_EQ(again.invitations()[0].roles, (std::set<std::string>{"role_a"}));
  EXPECT_EQ(again.invitations()[0].expires, now + std::chrono::hours(24));
}

}  // namespace
}  // namespace rollcall::sandbox
