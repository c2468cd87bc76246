// What real clients send, at the level of this room: each transcript is a series of bodies and what they leave behind (the vendors'
// documentation as of 2026; E1 is Microsoft's, K1 to K3 Okta's, O1 OneLogin's, J1 JumpCloud's, S1 SailPoint's).
#include "scim/filter.hpp"
#include "scim/query.hpp"
#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

const std::string ext(enterprise_urn);

// A resource in the hands of a client that sends one request after the other.
class Client : public testing::Test {
 protected:
  void post(const ResourceType& type, const char* body) {
    type_ = &type;
    resource_ = must(create(type, from(body)));
    set_id(type, resource_, "id-1");
    set_meta(type, resource_, {type.name, {}, {}, "https://x" + type.endpoint + "/id-1", "1"});
  }
  void patch(const std::string& body) {
    const auto parsed = parse_patch(from(body), {});
    ASSERT_TRUE(parsed) << body << said(parsed);
    auto done = apply(*parsed, *type_, resource_);
    ASSERT_TRUE(done) << body << said(done);
    take(done->resource, "password");
    resource_ = std::move(done->resource);
  }
  void put(const Value& body) { resource_ = must(replace(*type_, body, resource_)); }
  std::string shown(std::string_view name) const {
    const Value* const value = resource_.find(name);
    return value ? json::write(*value) : "absent";
  }
  bool found_by(const std::string& query_string) const {
    const auto parameters = parse_parameters(query_string);
    const auto query = parameters ? parse_query(*parameters, {}) : Answer<Query>(tl::unexpected(parameters.error()));
    EXPECT_TRUE(query) << query_string << said(query);
    const auto filter = query ? Filter::parse(query->filter.value_or("id pr"), *type_) : Answer<Filter>(Filter());
    EXPECT_TRUE(filter) << query_string << said(filter);
    return filter && filter->matches(resource_);
  }

  const ResourceType* type_ = nullptr;
  Value resource_;
};

constexpr const char* entra_user = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
  "externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"Test_User_ab6490ee@example.org","active":true,"displayName":"lennay",
  "emails":[{"primary":true,"type":"work","value":"Test_User_fd0ea19b@example.org"}],"meta":{"resourceType":"User"},
  "name":{"formatted":"givenName familyName","familyName":"familyName","givenName":"givenName"},"roles":[]})";

TEST_F(Client, EntraIdCreatesAndMatchesAUser) {
  post(user_type(), entra_user);
  EXPECT_EQ(shown("schemas"), R"(["urn:ietf:params:scim:schemas:core:2.0:User"])") << "without extension data";
  EXPECT_TRUE(found_by("filter=userName+eq+%22test_user_AB6490ee%40example.org%22"));
  EXPECT_TRUE(found_by("filter=externalId eq \"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef\""));
  EXPECT_TRUE(found_by("filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22Test_User_fd0ea19b@example.org%22"));
  EXPECT_FALSE(found_by("filter=userName eq \"e1b6ee1a-5d5a-4f6e-9fae-6a4fd0b2a9c1\"")) << "the test of the connection";
}

TEST_F(Client, EntraIdWithoutItsFlagUpdatesAUser) {
  post(user_type(), entra_user);
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]})");
  EXPECT_EQ(shown("active"), "false");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
    {"op":"Replace","path":"emails[type eq \"work\"].value","value":"new@example.org"},{"op":"Replace","path":"name.familyName","value":"Later"},
    {"op":"Add","path":"displayName","value":[{"value":"Old style"}]},{"op":"Add","path":"addresses[type eq \"work\"].locality","value":"Oslo"},
    {"op":"Add","path":"addresses[type eq \"work\"].country","value":"Norway"},{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 (555) 01"},
    {"op":"Add","path":"roles[primary eq \"True\"].value","value":"admin"},
    {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"boss-id"}]})");
  EXPECT_EQ(shown("emails"), R"([{"value":"new@example.org","type":"work","primary":true}])");
  EXPECT_EQ(shown("displayName"), R"("Old style")");
  EXPECT_EQ(shown("addresses"), R"([{"locality":"Oslo","country":"Norway","type":"work"}])");
  EXPECT_EQ(shown("phoneNumbers"), R"([{"value":"+1 (555) 01","type":"mobile"}])");
  EXPECT_EQ(shown("roles"), R"([{"value":"admin","primary":true}])");
  EXPECT_EQ(shown(ext), R"({"manager":{"value":"boss-id"}})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
    {"op":"Remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"},{"op":"Remove","path":"phoneNumbers[type eq \"mobile\"].value"}]})");
  EXPECT_EQ(shown(ext) + shown("schemas"), R"(absent["urn:ietf:params:scim:schemas:core:2.0:User"])");
}

TEST_F(Client, EntraIdWithItsFlagSendsPathsAsNames) {
  post(user_type(), entra_user);
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"displayName":"Bj","name.givenName":"B",
    "emails[type eq \"work\"].value":"bj@example.org","phoneNumbers[type eq \"work\"].value":"7","active":false,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"D","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager":"m"}}]})");
  EXPECT_EQ(shown("name"), R"({"formatted":"givenName familyName","familyName":"familyName","givenName":"B"})");
  EXPECT_EQ(shown("emails"), R"([{"value":"bj@example.org","type":"work","primary":true}])");
  EXPECT_EQ(shown("phoneNumbers"), R"([{"value":"7","type":"work"}])");
  EXPECT_EQ(shown("active"), "false");
  EXPECT_EQ(shown(ext), R"({"department":"D","manager":{"value":"m"}})");
}

TEST_F(Client, EntraIdManagesAGroup) {
  post(group_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
    "externalId":"8aa1a0c0","displayName":"displayName","meta":{"resourceType":"Group"}})");
  EXPECT_EQ(shown("schemas"), R"(["urn:ietf:params:scim:schemas:core:2.0:Group"])");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"members","value":[{"$ref":null,"value":"u1"},{"$ref":null,"value":"u2"}]}]})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"members","value":[{"$ref":null,"value":"u2"},{"value":"u3"}]}]})");
  EXPECT_EQ(shown("members"), R"([{"value":"u1"},{"value":"u2"},{"value":"u3"}])");
  EXPECT_TRUE(found_by("excludedAttributes=members&filter=displayName eq \"DisplayName\""));
  EXPECT_TRUE(found_by("filter=id eq \"id-1\" and members eq \"u1\"&attributes=id"));
  EXPECT_FALSE(found_by("filter=id eq \"id-1\" and members eq \"u9\"&attributes=id"));
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]}]})");
  EXPECT_EQ(shown("members"), R"([{"value":"u2"},{"value":"u3"}])") << "without the flag: these members, never all";
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"u2\"]"}]})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"displayName","value":"1879db59"}]})");
  EXPECT_EQ(shown("members") + shown("displayName"), R"([{"value":"u3"}]"1879db59")");
}

TEST_F(Client, OktaPutsBackWhatItRead) {
  post(user_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test.user@okta.local","name":{"givenName":"Test","familyName":"User"},
    "emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],"displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7",
    "groups":[],"password":"1mz050nq","active":true})");
  EXPECT_EQ(take(resource_, "password"), Value("1mz050nq"));
  EXPECT_TRUE(found_by("filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100"));
  Value body = resource_;
  body.set("active", false);
  body.set("groups", Array{Object{{"value", "g"}}});
  body.set("meta", Object{{"resourceType", "User"}, {"version", "stale"}});
  const std::string meta = shown("meta");
  put(body);
  EXPECT_EQ(shown("active") + shown("groups") + shown("id"), R"(falseabsent"id-1")");
  EXPECT_EQ(shown("meta"), meta);
}

TEST_F(Client, OktaDeactivatesAndActivatesWithoutAPath) {
  post(user_type(), entra_user);
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]})");
  EXPECT_EQ(shown("active") + shown("displayName"), R"(false"lennay")");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":true,"password":"n3w"}}]})");
  EXPECT_EQ(shown("active") + shown("password"), "trueabsent");
}

TEST_F(Client, OktaManagesAGroup) {
  post(group_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[{"value":"u1","display":"a@okta.local"}]})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"id":"id-1","displayName":"Renamed"}}]})");
  EXPECT_EQ(shown("displayName") + shown("members"), R"("Renamed"[{"value":"u1"}])");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"u1\"]"},
    {"op":"add","path":"members","value":[{"value":"u2","display":"b@okta.local"}]}]})");
  EXPECT_EQ(shown("members"), R"([{"value":"u2"}])");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"members","value":[{"value":"u3"},{"value":"u4"}]}]})");
  EXPECT_EQ(shown("members"), R"([{"value":"u3"},{"value":"u4"}])") << "a full push replaces, so that access ends";
  put(group_body(R"("id":"id-1","displayName":"Renamed","members":[{"value":"u4","display":"d"}])"));
  EXPECT_EQ(shown("members"), R"([{"value":"u4"}])");
}

TEST_F(Client, OneLoginSendsAttributesThatNobodyKnows) {
  post(user_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:custom:2.0:User"],"userName":"o@x",
    "name":{"givenName":"O","familyName":"L"},"emails":[{"value":"o@x","type":"work","primary":true}],"department":"not here",
    "urn:ietf:params:scim:schemas:extension:custom:2.0:User":{"shoe":"44"}})");
  EXPECT_EQ(shown("department"), "absent");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false,"urn:ietf:params:scim:schemas:extension:custom:2.0:User":{"shoe":"45"}}}]})");
  EXPECT_EQ(shown("active"), "false");
}

TEST_F(Client, JumpCloudTestsWithAGroupOfItsOwn) {
  post(group_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"jc-test","externalId":"5f","members":[]})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"u1"},{"value":"u2"}]}]})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members","value":[{"value":"u1"}]}]})");
  EXPECT_EQ(shown("members"), R"([{"value":"u2"}])");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members","value":[{"value":"u1"}]}]})");
  EXPECT_EQ(shown("members"), R"([{"value":"u2"}])") << "repeated removes succeed";
}

TEST_F(Client, SailPointAddsAndRemovesEntitlements) {
  post(user_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"s@x","entitlements":[{"value":"e1","type":"app"}]})");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"entitlements","value":[{"value":"e2","type":"app"}]},
    {"op":"remove","path":"entitlements[value eq \"e1\"]"},{"op":"replace","path":"active","value":false}]})");
  EXPECT_EQ(shown("entitlements") + shown("active"), R"([{"value":"e2","type":"app"}]false)");
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"entitlements","value":[{"value":"e2"}]}]})");
  EXPECT_EQ(shown("entitlements"), "absent");
}

TEST_F(Client, AConnectorOfWorkdaySendsAManagerBeforeTheManagerExists) {
  post(user_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"w@x",
    "name":{"familyName":"W"},"active":"true","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"21001","manager":{"value":"not-yet-here"},"costCenter":null}})");
  EXPECT_EQ(shown(ext), R"({"employeeNumber":"21001","manager":{"value":"not-yet-here"}})");
  EXPECT_TRUE(found_by("filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq \"21001\""));
  patch(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"userName","value":"married@x"}]})");
  EXPECT_EQ(shown("userName"), R"("married@x")");
}

}  // namespace
}  // namespace rollcall::scim
