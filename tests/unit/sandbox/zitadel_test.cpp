// The sandbox's Zitadel: what the vendor refuses is refused, with the vendor's code and id; commands see at once what searches see later.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/json.hpp"
#include "sandbox/sandbox.hpp"

namespace rollcall::sandbox {
namespace {

using testing::HasSubstr;

class ZitadelSandbox : public ::testing::Test {
 protected:
  ZitadelSandbox() { furnish({}); }
  void furnish(VendorSettings extra) {
    const Vendor* vendor = find_vendor("zitadel");
    VendorSettings settings = default_settings(*vendor);
    settings["api-key"] = "pat";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox = std::move(*Sandbox::make(*vendor, settings));
    sandbox->tenant().add_role("sales");
    sandbox->tenant().add_role("staff");
  }
  HttpResponse ask(std::string method, std::string url, std::string body = {}, std::string token = "pat") {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers = {{"Host", "127.0.0.1:4711"}, {"Authorization", "Bearer " + token}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    return sandbox->handle(request, now).response;
  }
  HttpResponse create(const std::string& name, const std::string& more = {}) {
    return ask("POST", "/v2/users/human",
               "{\"userId\":\"id-" + name + "\",\"username\":\"" + name + "\",\"profile\":{\"givenName\":\"G\",\"familyName\":\"F\"},\"email\":{\"email\":\"" + name +
                   "@example.com\",\"isVerified\":true}" + more + "}");
  }
  static std::string code(const HttpResponse& response) {
    const auto body = json::parse(response.body);
    const json::Value* code = body ? body->find("code") : nullptr;
    if (!code) return std::to_string(response.status);
    return std::to_string(response.status) + " " + (code->as_int() ? std::to_string(*code->as_int()) : *code->as_string()) + " " + id_of(*body);
  }
  static std::string id_of(const json::Value& body) {
    const std::string message = body.text("message");
    return message.ends_with(')') ? message.substr(message.rfind('(') + 1, message.size() - message.rfind('(') - 2) : "";
  }
  std::string total(const std::string& queries = "[]") {
    const auto body = json::parse(ask("POST", "/v2/users", "{\"query\":{\"limit\":10},\"queries\":" + queries + "}").body).value();
    return body.find("details")->text("totalResult") + "/" + std::to_string(body.find("result") ? body.find("result")->as_array()->size() : 0);
  }

  std::unique_ptr<Sandbox> sandbox;
  Instant now = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
};

TEST_F(ZitadelSandbox, WhatTheVendorRefusesHasItsCodeAndId) {
  EXPECT_EQ(code(create("ada")), "200");
  EXPECT_EQ(code(create("ada")), "400 9 COMMAND-7yiox1isql");
  EXPECT_EQ(code(ask("POST", "/v2/users/human", R"({"username":"ADA","profile":{"givenName":"G","familyName":"F"},"email":{"email":"x@example.com"}})")), "409 6 V3-DKcYh");
  EXPECT_EQ(code(create("bob", ",\"nickname\":\"x\"")), "400 3 ");
  EXPECT_EQ(code(ask("POST", "/v2/users/human", R"({"profile":{"givenName":"","familyName":"F"},"email":{"email":"x@example.com"}})")), "400 3 ");
  EXPECT_EQ(code(ask("GET", "/v2/users/nobody")), "404 5 QUERY-Dfbg2");
  EXPECT_EQ(code(ask("GET", "/v2/users/id-ada", "", "wrong")), "401 16 AUTH-7fs1e");
  EXPECT_EQ(code(ask("GET", "/v2/nothing")), "404 5 ");
}

TEST_F(ZitadelSandbox, StatesPassAsInTheVendorsSource) {
  (void)create("ada");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/reactivate")), "400 9 COMMAND-s5qqcz97hf");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/lock")), "200");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/lock")), "400 9 COMMAND-lgws8wtsqf");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/deactivate")), "200");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/deactivate")), "400 9 COMMAND-5gunjw0cd7");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/reactivate")), "200");
}

TEST_F(ZitadelSandbox, ACreateMailsOnlyWhereItIsNotToldOtherwise) {
  (void)create("ada");
  EXPECT_TRUE(sandbox->tenant().mails().empty());
  (void)ask("POST", "/v2/users/human", R"({"profile":{"givenName":"G","familyName":"F"},"email":{"email":"x@example.com"}})");
  EXPECT_EQ(sandbox->tenant().mails().size(), 1u);
}

TEST_F(ZitadelSandbox, ANewCodeEndsTheOneBeforeAndWhoCanSignInGetsNone) {
  (void)create("ada");
  const auto invite = [&] { return json::parse(ask("POST", "/v2/users/id-ada/invite_code", R"({"returnCode":{}})").body)->text("inviteCode"); };
  const std::string first = invite(), second = invite();
  const auto verify = [&](const std::string& c) { return code(ask("POST", "/v2/users/id-ada/invite_code/verify", "{\"verificationCode\":\"" + c + "\"}")); };
  EXPECT_EQ(verify(first), "400 3 COMMAND-Wgn4q");
  EXPECT_EQ(verify(second), "200");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/password", R"({"newPassword":{"password":"Correct-Horse-1"}})")), "200");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/invite_code", R"({"returnCode":{}})")), "400 9 COMMAND-EF34g");
  EXPECT_EQ(code(ask("POST", "/v2/users/nobody/invite_code", R"({"returnCode":{}})")), "400 9 COMMAND-Wgvn4");
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/invite_code", R"({"returnCode":{},"sendCode":{}})")), "400 3 ");
}

TEST_F(ZitadelSandbox, CodesEnd) {
  furnish({{"code-life", "1h"}});
  (void)create("ada");
  const std::string given = json::parse(ask("POST", "/v2/users/id-ada/invite_code", R"({"returnCode":{}})").body)->text("inviteCode");
  now += std::chrono::hours(1);
  EXPECT_EQ(code(ask("POST", "/v2/users/id-ada/invite_code/verify", "{\"verificationCode\":\"" + given + "\"}")), "400 3 COMMAND-Wgn4q");
}

TEST_F(ZitadelSandbox, GrantsAreOneAUserAndAnEqualListIsNoChange) {
  (void)create("ada");
  const std::string grants = "/management/v1/users/id-ada/grants";
  EXPECT_EQ(code(ask("POST", grants, R"({"projectId":"rehearsal-project","roleKeys":["boss"]})")), "400 9 COMMAND-mm9F4");
  const auto made = ask("POST", grants, R"({"projectId":"rehearsal-project","roleKeys":["sales"]})");
  const std::string id = json::parse(made.body)->text("userGrantId");
  EXPECT_EQ(code(ask("POST", grants, R"({"projectId":"rehearsal-project","roleKeys":["staff"]})")), "409 6 V3-DKcYh");
  EXPECT_EQ(code(ask("PUT", grants + "/" + id, R"({"roleKeys":["sales"]})")), "400 9 COMMAND-Rs8fy");
  EXPECT_EQ(code(ask("PUT", grants + "/" + id, R"({"roleKeys":["sales","staff"]})")), "200");
  EXPECT_EQ(code(ask("DELETE", grants + "/" + id)), "200");
  EXPECT_EQ(code(ask("DELETE", grants + "/" + id)), "404 5 COMMAND-1My0t");
  EXPECT_EQ(code(ask("POST", "/management/v1/users/nobody/grants", R"({"projectId":"rehearsal-project","roleKeys":[]})")), "400 9 COMMAND-4f8sg");
}

TEST_F(ZitadelSandbox, ConnectSaysWordsAndHasTheIdInTheBody) {
  (void)create("ada");
  const std::string users = "/zitadel.user.v2.UserService/";
  EXPECT_EQ(code(ask("POST", users + "DeactivateUser", R"({"userId":"id-ada"})")), "200");
  EXPECT_EQ(code(ask("POST", users + "DeactivateUser", R"({"userId":"id-ada"})")), "400 failed_precondition COMMAND-5gunjw0cd7");
  EXPECT_EQ(code(ask("POST", "/zitadel.authorization.v2.AuthorizationService/DeleteAuthorization", R"({"id":"none"})")), "200");
}

TEST_F(ZitadelSandbox, CommandsSeeAtOnceWhatSearchesSeeLater) {
  furnish({{"lag", "2s"}});
  (void)create("ada");
  EXPECT_EQ(total(), "/0");
  EXPECT_EQ(code(ask("GET", "/v2/users/id-ada")), "404 5 QUERY-Dfbg2");
  EXPECT_EQ(code(ask("PUT", "/v2/users/human/id-ada", "{}")), "200");
  EXPECT_EQ(code(create("ada")), "400 9 COMMAND-7yiox1isql");
  now += std::chrono::seconds(2);
  EXPECT_EQ(total(), "1/1");
  (void)ask("DELETE", "/v2/users/id-ada");
  EXPECT_EQ(total(), "1/1");
  EXPECT_EQ(code(ask("PUT", "/v2/users/human/id-ada", "{}")).substr(0, 5), "404 5");
  now += std::chrono::seconds(2);
  EXPECT_EQ(total(), "/0");
}

TEST_F(ZitadelSandbox, WhoIsHiddenIsCountedAllTheSame) {
  for (int i = 0; i < 8; ++i) (void)create("u" + std::to_string(i));
  sandbox->set_faults(parse_faults("hide=0.5 POST /v2/users").value());
  const std::string seen = total();
  EXPECT_TRUE(seen.starts_with("8/"));
  EXPECT_NE(seen, "8/8");
}

TEST_F(ZitadelSandbox, WithoutTheManagementApiItsPathsAreUnknown) {
  furnish({{"management", "absent"}});
  EXPECT_EQ(code(ask("POST", "/management/v1/users/grants/_search", "{}")), "404 5 ");
}

}  // namespace
}  // namespace rollcall::sandbox
