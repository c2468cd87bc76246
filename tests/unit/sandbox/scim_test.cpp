// The sandbox's SCIM service: what it serves, and what it leaves out when it is told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/json.hpp"
#include "sandbox/sandbox.hpp"

namespace rollcall::sandbox {
namespace {

using testing::HasSubstr;
using testing::Not;

class ScimSandbox : public ::testing::Test {
 protected:
  ScimSandbox() { furnish({}); }
  void furnish(VendorSettings extra) {
    const Vendor* vendor = find_vendor("scim");
    VendorSettings settings = default_settings(*vendor);
    settings["api-key"] = "t0ken";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox = std::move(*Sandbox::make(*vendor, settings));
    sales = std::to_string(sandbox->tenant().add_role("Sales"));
  }
  HttpResponse ask(std::string method, std::string path, std::string body = {}, Headers more = {}, std::string token = "t0ken") {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(path);
    if (request.url.starts_with("/Users") || request.url.starts_with("/Groups") || request.url.starts_with("/S")) request.url = "/scim/v2" + request.url;
    request.headers = {{"Host", "127.0.0.1:4711"}, {"Authorization", "Bearer " + token}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/scim+json");
    for (auto& header : more) request.headers.push_back(std::move(header));
    request.body = std::move(body);
    return sandbox->handle(request, now).response;
  }
  std::string made(const std::string& name) {
    const auto response = ask("POST", "/Users", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name + "\"}");
    EXPECT_EQ(response.status, 201) << response.body;
    return json::parse(response.body)->text("id");
  }
  static std::string patch(const std::string& operation) {
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operation + "]}";
  }
  static std::string add_member(const std::string& id) { return patch(R"({"op":"add","path":"members","value":[{"value":")" + id + "\"}]}"); }
  static std::int64_t total(const HttpResponse& response) { return *json::parse(response.body)->find("totalResults")->as_int(); }
  static std::size_t shown(const HttpResponse& response) { return json::parse(response.body)->find("Resources")->as_array()->size(); }

  Instant now = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
  std::unique_ptr<Sandbox> sandbox;
  std::string sales;
};

TEST_F(ScimSandbox, OnlyTheTokenEntersAndElsewhereStandsNothing) {
  EXPECT_EQ(ask("GET", "/Users", "", {}, "other").status, 401);
  const auto elsewhere = ask("GET", "/v1/Users");
  EXPECT_EQ(elsewhere.status, 404);
  EXPECT_THAT(elsewhere.body, HasSubstr("<html>"));
  EXPECT_THAT(ask("GET", "/Users/7").body, HasSubstr("messages:2.0:Error"));
}

TEST_F(ScimSandbox, UsersAreMadeChangedAndDeleted) {
  const std::string id = made("zo\xC3\xAB");
  EXPECT_EQ(ask("POST", "/Users", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ZO\u00eb"})").status, 409);
  const auto changed = ask("PATCH", "/Users/" + id, patch(R"({"op":"replace","value":{"active":false,"password":"Hunter-22","nickName":"\u738b"}})"));
  EXPECT_EQ(changed.status, 200);
  EXPECT_THAT(changed.body, HasSubstr("\"active\":false"));
  EXPECT_THAT(changed.body, Not(HasSubstr("Hunter")));
  EXPECT_EQ(sandbox->tenant().find(std::stoll(id))->status, 0);
  EXPECT_EQ(total(ask("GET", "/Users?filter=nickName%20eq%20%22%E7%8E%8B%22")), 1);
  EXPECT_EQ(ask("GET", "/Users?filter=nonsense").status, 400);
  EXPECT_EQ(ask("DELETE", "/Users/" + id).status, 204);
  EXPECT_EQ(ask("DELETE", "/Users/" + id).status, 404);
}

TEST_F(ScimSandbox, GroupsHaveMembersWhoExist) {
  const std::string id = made("a");
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, add_member("4711")).status, 400);
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, add_member(id)).status, 200);
  EXPECT_THAT(ask("GET", "/Users/" + id).body, HasSubstr("\"display\":\"Sales\""));
  EXPECT_THAT(ask("GET", "/Groups?excludedAttributes=members").body, Not(HasSubstr("members")));
  EXPECT_EQ(total(ask("GET", "/Groups?filter=members.value%20eq%20%22" + id + "%22&excludedAttributes=members")), 1);
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, patch(R"({"op":"remove","path":"members[value eq \")" + id + R"(\"]"})")).status, 200);
  EXPECT_TRUE(sandbox->tenant().find(std::stoll(id))->roles.empty());
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, patch(R"({"op":"replace","path":"displayName","value":"x"})")).status, 403);
}

TEST_F(ScimSandbox, VersionsStopWhoIsLate) {
  const std::string id = made("a");
  const std::string version(header_value(ask("GET", "/Groups/" + sales).headers, "ETag"));
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, add_member(id), {{"If-Match", version}}).status, 200);
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, add_member(id), {{"If-Match", version}}).status, 412);
  furnish({{"etags", "off"}});
  EXPECT_EQ(header_value(ask("GET", "/Groups/" + sales).headers, "ETag"), "");
  EXPECT_EQ(ask("PATCH", "/Groups/" + sales, add_member(made("a")), {{"If-Match", version}}).status, 200);
}

TEST_F(ScimSandbox, PagesGoByIndexOrByCursor) {
  furnish({{"pagination", "both"}, {"page-size", "2"}});
  for (const char* name : {"a", "b", "c"}) made(name);
  EXPECT_EQ(shown(ask("GET", "/Users?startIndex=3&count=100")), 1u);
  const auto first = ask("GET", "/Users?cursor=&count=100");
  const std::string next = json::parse(first.body)->text("nextCursor");
  const auto second = ask("GET", "/Users?cursor=" + next);
  EXPECT_EQ(shown(first), 2u);
  EXPECT_EQ(shown(second), 1u);
  EXPECT_EQ(json::parse(second.body)->text("nextCursor"), "");
  EXPECT_THAT(ask("GET", "/Users?cursor=forged").body, HasSubstr("invalidCursor"));
}

TEST_F(ScimSandbox, LeavesOutWhatItIsToldTo) {
  furnish({{"patch", "off"}, {"filter", "off"}, {"user-groups", "hidden"}, {"pagination", "cursor"}});
  const std::string id = made("a");
  EXPECT_EQ(ask("PATCH", "/Users/" + id, patch(R"({"op":"remove","path":"title"})")).status, 501);
  EXPECT_EQ(ask("GET", "/Users?filter=userName%20pr").status, 501);
  EXPECT_EQ(ask("PUT", "/Groups/" + sales, R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Sales","members":[{"value":")" + id + "\"}]}").status, 200);
  EXPECT_THAT(ask("GET", "/Users/" + id).body, Not(HasSubstr("groups")));
  const auto config = json::parse(ask("GET", "/ServiceProviderConfig").body).value();
  EXPECT_EQ(*config.find("patch")->find("supported")->as_bool(), false);
  EXPECT_EQ(*config.find("pagination")->find("index")->as_bool(), false);
  furnish({{"filter", "ignored"}, {"discovery", "absent"}});
  made("a");
  EXPECT_EQ(total(ask("GET", "/Users?filter=userName%20eq%20%22nobody%22")), 1);
  EXPECT_EQ(ask("GET", "/Schemas").status, 404);
}

TEST_F(ScimSandbox, HiddenUsersAreCountedAndNotShown) {
  for (const char* name : {"a", "b", "c"}) made(name);
  ask("POST", "/_sandbox/faults", R"([{"match":{"path":"Users"},"kind":"hide","share":1.0}])");
  const auto listing = ask("GET", "/Users");
  EXPECT_EQ(total(listing), 3);
  EXPECT_EQ(shown(listing), 0u);
}

TEST_F(ScimSandbox, WhoWasMadeBehindItsBackIsAUserToo) {
  ask("POST", "/_sandbox/accounts", R"({"create":[{"userName":"behind","status":0,"roles":["Sales"]}]})");
  EXPECT_THAT(ask("GET", "/Users?filter=userName%20eq%20%22behind%22").body, HasSubstr("\"active\":false"));
}

}  // namespace
}  // namespace rollcall::sandbox
