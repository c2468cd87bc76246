// The sandbox's OneLogin /1 and /2: what the vendor refuses is refused, in the form of the version; one token for all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "sandbox/sandbox.hpp"

namespace rollcall::sandbox {
namespace {

using testing::HasSubstr;

class OneLoginSandbox : public ::testing::Test {
 protected:
  OneLoginSandbox() { furnish({}); }
  void furnish(VendorSettings extra) {
    const Vendor* vendor = find_vendor("onelogin-v2");
    VendorSettings settings = default_settings(*vendor);
    settings["api-key"] = "secret";
    settings["page-size"] = "2";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox = std::move(*Sandbox::make(*vendor, settings));
    sales = std::to_string(sandbox->tenant().add_role("Sales"));
    staff = std::to_string(sandbox->tenant().add_role("Staff"));
    token = generate();
  }
  HttpResponse ask(std::string method, std::string url, std::string body = {}, Headers headers = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers = headers.empty() ? Headers{{"Authorization", "bearer " + token}, {"Content-Type", "application/json"}} : std::move(headers);
    request.body = std::move(body);
    return sandbox->handle(request, now).response;
  }
  std::string generate(Headers headers = {{"Authorization", "Basic " + crypto::base64("me:secret")}, {"Content-Type", "application/json"}},
                       std::string body = R"({"grant_type":"client_credentials"})") {
    const auto answer = json::parse(ask("POST", "/auth/oauth2/v2/token", std::move(body), std::move(headers)).body);
    return answer ? answer->text("access_token") : "";
  }
  std::string create(const std::string& name, const char* version = "2") {
    const auto answer = json::parse(ask("POST", std::string("/api/") + version + "/users",
                                        "{\"username\":\"" + name + "\",\"email\":\"" + name + "@example.com\",\"firstname\":\"\xC3\x84\",\"lastname\":\"B\"}").body);
    return answer && answer->find("id") ? std::to_string(*answer->find("id")->as_int()) : "";
  }

  std::unique_ptr<Sandbox> sandbox;
  std::string sales, staff, token;
  Instant now = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
};

TEST_F(OneLoginSandbox, AllWhoHoldTheCredentialsGetOneTokenInAnyFormOfAsking) {
  EXPECT_FALSE(token.empty());
  EXPECT_EQ(generate({{"Authorization", "client_id:me, client_secret:secret"}, {"Content-Type", "application/json"}}), token);
  EXPECT_EQ(generate({{"Content-Type", "application/x-www-form-urlencoded"}}, "grant_type=client_credentials&client_id=me&client_secret=secret"), token);
  EXPECT_EQ(generate({{"Authorization", "Basic " + crypto::base64("me:wrong")}, {"Content-Type", "application/json"}}), "");
  now += std::chrono::hours(11);
  EXPECT_EQ(ask("GET", "/api/1/roles").status, 401);
  EXPECT_NE(generate(), token);
}

TEST_F(OneLoginSandbox, BothVersionsRefuseInTheirForm) {
  EXPECT_THAT(ask("GET", "/api/1/users", "", {{"Authorization", "bearer x"}}).body, HasSubstr(R"("type":"Unauthorized","message":"Authentication Failure")"));
  EXPECT_THAT(ask("GET", "/api/2/users", "", {{"Authorization", "bearer x"}}).body, HasSubstr(R"("name":"UnauthorizedError")"));
  EXPECT_THAT(ask("GET", "/api/1/users", "", {{"X", "y"}}).body, HasSubstr("Authorization Information is incorrect"));
  EXPECT_EQ(ask("GET", "/api/1/users", "", {{"Authorization", "bearer:" + token}}).status, 200);
  EXPECT_THAT(ask("GET", "/api/2/users?shoe=7").body, HasSubstr("query parameter(s) not allowed: shoe"));
  EXPECT_THAT(ask("GET", "/api/1/nothing").body, HasSubstr("No Route Exists"));
}

TEST_F(OneLoginSandbox, PagesGoByCursorInTheBodyAndInHeaders) {
  for (const char* name : {"a", "b", "c"}) create(name);
  const HttpResponse first = ask("GET", "/api/1/users");
  const auto pagination = *json::parse(first.body)->find("pagination");
  EXPECT_FALSE(pagination.text("after_cursor").empty());
  const auto rest = json::parse(ask("GET", "/api/1/users?after_cursor=" + pagination.text("after_cursor")).body);
  EXPECT_EQ(rest->find("data")->as_array()->size(), 1u);
  EXPECT_TRUE(rest->find("pagination")->find("after_cursor")->is_null());
  const HttpResponse bare = ask("GET", "/api/2/users?limit=2");
  EXPECT_EQ(header_value(bare.headers, "Total-Count"), "3");
  EXPECT_FALSE(header_value(bare.headers, "After-Cursor").empty());
  EXPECT_EQ(json::parse(ask("GET", "/api/2/users?page=2").body)->as_array()->size(), 1u);
}

TEST_F(OneLoginSandbox, SearchesKnowStarsAndNegation) {
  for (const char* name : {"ada", "adam", "bob"}) create(name);
  const auto count = [&](const char* query) { return json::parse(ask("GET", std::string("/api/1/users?fields=username&") + query).body)->find("data")->as_array()->size(); };
  EXPECT_EQ(count("username=ADA"), 1u);
  EXPECT_EQ(count("username=ada*"), 2u);
  EXPECT_EQ(count("username=!ada*"), 1u);
}

TEST_F(OneLoginSandbox, SearchesOfV2KnowIdsLoginsAndCustomAttributes) {
  sandbox->tenant().custom_attributes["branch"] = "Branch";
  const std::string ada = create("ada"), bob = create("bob"), eve = create("eve");
  ask("PUT", "/api/2/users/" + ada, R"({"custom_attributes":{"branch":"Plzen"}})");
  for (const auto& [id, day] : {std::pair(ada, "02"), std::pair(bob, "04")}) {
    Account account = *sandbox->tenant().find(std::stoll(id));
    account.fields["last_login"] = std::string("2026-05-") + day + "T10:00:00Z";
    ASSERT_TRUE(sandbox->tenant().put(account));
  }
  const auto names = [&](const std::string& query) {
    std::string out;
    const auto list = json::parse(ask("GET", "/api/2/users?limit=9&" + query).body);
    for (const auto& each : *list->as_array()) out += each.text("username") + " ";
    return out;
  };
  EXPECT_EQ(names("user_ids=" + bob + "," + eve + ",7"), "bob eve ");
  EXPECT_EQ(names("last_login_since=2026-05-03T00:00:00Z"), "bob ");
  EXPECT_EQ(names("last_login_until=2026-05-04T10:00:00Z"), "ada ");
  EXPECT_EQ(names("custom_attributes.branch=plz*"), "ada ");
  EXPECT_THAT(ask("GET", "/api/2/users?custom_attributes.shoe=7").body, HasSubstr("not allowed: custom_attributes.shoe"));
  for (const char* query : {"user_ids=1", "last_login_since=2026-05-03T00:00:00Z", "custom_attributes.branch=x"})
    EXPECT_EQ(ask("GET", std::string("/api/1/users?") + query).status, 400) << query;
}

TEST_F(OneLoginSandbox, ThePolicyOfPasswordsIsNotAskedWhereTheQueryOfV2SaysSo) {
  const std::string password = R"("password":"short","password_confirmation":"short")", ada = create("ada");
  for (const auto& [query, status] : {std::pair("", 400), std::pair("?validate_policy=true", 400), std::pair("?validate_policy=false", 200), std::pair("?validate_policy=False", 200)})
    EXPECT_EQ(ask("PUT", "/api/2/users/" + ada + query, "{" + password + "}").status, status) << query;
  EXPECT_EQ(ask("POST", "/api/2/users", R"({"username":"b","email":"b@x",)" + password + "}").status, 400);
  EXPECT_EQ(ask("POST", "/api/2/users?validate_policy=false&mappings=sync", R"({"username":"b","email":"b@x",)" + password + "}").status, 201);
}

TEST_F(OneLoginSandbox, AnEventIsFoundByItsId) {
  const std::string ada = create("ada");
  Account account = *sandbox->tenant().find(std::stoll(ada));
  account.fields["last_login"] = "2026-05-02T10:00:00Z";
  ASSERT_TRUE(sandbox->tenant().put(account));
  const auto listed = json::parse(ask("GET", "/api/1/events?user_id=" + ada).body);
  const auto& event = listed->find("data")->as_array()->at(0);
  const auto one = json::parse(ask("GET", "/api/1/events/" + std::to_string(*event.find("id")->as_int())).body);
  EXPECT_EQ(*one->find("data"), json::Value(json::Array{event}));
  EXPECT_EQ(ask("GET", "/api/1/events/3").status, 404);
  EXPECT_EQ(json::parse(ask("GET", "/api/1/events?until=2026-05-02T10:00:00Z").body)->find("data")->as_array()->size(), 0u);
}

TEST_F(OneLoginSandbox, RoleErrorsHaveTheVendorsWords) {
  const std::string path = "/api/1/users/" + create("ada") + "/add_roles";
  EXPECT_THAT(ask("PUT", path, R"({"role_id_array":[7]})").body, HasSubstr("should be a subset of -> [" + sales + ", " + staff + "]"));
  EXPECT_THAT(ask("PUT", path, R"({"role_id_array":[]})").body, HasSubstr("role_id_array is empty"));
  EXPECT_THAT(ask("PUT", path, R"({"role_id_array":7})").body, HasSubstr(R"("attribute":"role_id_array")"));
  EXPECT_EQ(ask("PUT", path, "{\"role_id_array\":[" + sales + "]}").status, 200);
  EXPECT_THAT(ask("PUT", path, "{\"role_id_array\":[" + sales + "," + staff + "]}").body, HasSubstr("already included as user roles"));
  EXPECT_EQ(ask("PUT", path, R"({"role_id_array":["x"]})").status, 400);
}

TEST_F(OneLoginSandbox, ManyUsersGoToARoleInOneCallOrNone) {
  const std::string ada = create("ada"), bob = create("bob"), path = "/api/2/roles/" + sales + "/users";
  EXPECT_EQ(ask("POST", path, "[" + ada + ",999]").status, 422);
  EXPECT_TRUE(sandbox->tenant().find(std::stoll(ada))->roles.empty());
  EXPECT_EQ(ask("POST", path, "[" + ada + "," + bob + "]").status, 200);
  EXPECT_EQ(json::parse(ask("GET", path).body)->as_array()->size(), 2u);
  EXPECT_EQ(ask("DELETE", path, "[" + ada + "]").status, 204);
  EXPECT_EQ(json::parse(ask("GET", path).body)->as_array()->size(), 1u);
}

TEST_F(OneLoginSandbox, ACreateOfV1TakesNeitherStatusNorPassword) {
  for (const char* more : {R"("status":1)", R"("password":"x")", R"("shoe":7)"})
    EXPECT_EQ(ask("POST", "/api/1/users", std::string(R"({"username":"a","firstname":"A","lastname":"B",)") + more + "}").status, 400) << more;
  EXPECT_EQ(ask("POST", "/api/2/users", R"({"username":"a"})").status, 422);
  create("ada");
  EXPECT_THAT(ask("POST", "/api/1/users", R"({"username":"ADA","firstname":"A","lastname":"B"})").body, HasSubstr("Username must be unique"));
}

TEST_F(OneLoginSandbox, TheLimitIsToldWithEveryAnswerAndByItsOwnCall) {
  const HttpResponse answer = ask("GET", "/api/2/roles");
  EXPECT_EQ(header_value(answer.headers, "X-RateLimit-Limit"), "5000");
  EXPECT_EQ(header_value(answer.headers, "X-RateLimit-Remaining"), "4998");
  EXPECT_THAT(ask("GET", "/auth/rate_limit").body, HasSubstr(R"("X-RateLimit-Remaining":4997)"));
}

}  // namespace
}  // namespace rollcall::sandbox
