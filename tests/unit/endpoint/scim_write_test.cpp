#include "unit/endpoint/service.hpp"

namespace rollcall::endpoint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

TEST_F(ScimEndpoint, APushedUserComesBackAndIsARecordOfTheEngine) {
  const Answered made = call("POST", "/Users", user("Ada", R"("name":{"givenName":"Ada","familyName":"Test"},"externalId":"7","id":"mine","meta":{"x":1})"));
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string id = made.body.text("id");
  EXPECT_NE(id, "mine");
  EXPECT_EQ(made.header("Location"), "http://scim.test/scim/v2/Users/" + id);
  EXPECT_EQ(made.header("ETag"), "W/\"1\"");
  EXPECT_EQ(made.header("Content-Type"), "application/scim+json");
  const json::Value& meta = *made.body.find("meta");
  EXPECT_EQ(meta.text("location"), made.header("Location"));
  EXPECT_EQ(meta.text("created"), meta.text("lastModified"));
  EXPECT_EQ(call("GET", "/Users/" + id).text, made.text);
  EXPECT_EQ(writes_, 1);

  const auto record = state_->record("hr", RecordKind::person, id).value();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->user_ref, "ada");
  EXPECT_THAT(record->body, HasSubstr(R"("name.familyName":["Test"])"));
  EXPECT_TRUE(state_->standing(record->id).value().dirty);
}

// RFC 9562 section 5.7: what is given later sorts later.
TEST_F(ScimEndpoint, IdsSortByTheirTime) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i, now_ += Duration{1}) ids.push_back(add_user("user" + std::to_string(i)));
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_THAT(ids, testing::Each(testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
}

TEST_F(ScimEndpoint, UserNamesAreUniqueWithoutCaseAndFreeAgainAfterADeletion) {
  const std::string id = add_user("ada");
  const Answered second = call("POST", "/Users", user("ADA"));
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.error(), "uniqueness");
  EXPECT_EQ(second.body.text("status"), "409");
  const std::string other = add_user("eve");
  EXPECT_EQ(call("PUT", "/Users/" + other, user("Ada")).status, 409);
  EXPECT_EQ(call("PATCH", "/Users/" + other, patch(R"({"op":"replace","path":"userName","value":"ada"})")).status, 409);
  EXPECT_EQ(call("GET", "/Users/" + other).body.text("userName"), "eve");
  EXPECT_EQ(call("DELETE", "/Users/" + id).status, 204);
  EXPECT_NE(add_user("ada"), id);
}

TEST_F(ScimEndpoint, OfManyPostsOfOneNameOneSucceeds) {
  std::vector<net::ServerRequest> all;
  for (int i = 0; i < 20; ++i) all.push_back(request("POST", "/Users", user("ada"), {}));
  std::map<int, int> count;
  for (const auto& each : call_all(std::move(all))) ++count[each.status];
  EXPECT_EQ(count, (std::map<int, int>{{201, 1}, {409, 19}}));
}

TEST_F(ScimEndpoint, ADeletedUserIsGoneForClientsAndAStatementForTheEngine) {
  const std::string id = add_user("ada");
  const std::string team = add_group("team", R"("members":[{"value":")" + id + "\"}]");
  EXPECT_EQ(call("GET", "/Groups/" + team).header("ETag"), "W/\"1\"");
  const Answered deleted = call("DELETE", "/Users/" + id);
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.text, "");
  for (const char* method : {"GET", "DELETE"}) EXPECT_EQ(call(method, "/Users/" + id).status, 404);
  EXPECT_EQ(call("PUT", "/Users/" + id, user("ada")).status, 404);
  EXPECT_THAT(found("/Users"), IsEmpty());
  EXPECT_THAT(members(team), IsEmpty());
  EXPECT_EQ(call("GET", "/Groups/" + team).header("ETag"), "W/\"2\"");
  const auto record = state_->record("hr", RecordKind::person, id).value();
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->gone);
  EXPECT_EQ(record->absent_reads, 0);
}

TEST_F(ScimEndpoint, APutReplacesAndLeavesWhatItMayNotChange) {
  const std::string id = add_user("ada", R"("title":"x","nickName":"y")");
  now_ += std::chrono::seconds{5};
  const Answered put = call("PUT", "/Users/" + id, user("ada", R"("nickName":"z","id":"other")"));
  EXPECT_EQ(put.status, 200) << put.text;
  EXPECT_EQ(put.body.text("id"), id);
  EXPECT_EQ(put.body.find("title"), nullptr);
  EXPECT_NE(put.body.find("meta")->text("created"), put.body.find("meta")->text("lastModified"));
  EXPECT_EQ(call("PUT", "/Users/" + id, user("")).status, 400);
  EXPECT_EQ(call("PUT", "/Users/none", user("none")).status, 404);
  EXPECT_EQ(call("GET", "/Users/" + id).body.text("nickName"), "z");
}

TEST_F(ScimEndpoint, APatchIsAtomicAndOneThatChangesNothingMovesNoVersion) {
  const std::string id = add_user("ada", R"("title":"x")");
  const auto bad = patch(R"({"op":"replace","path":"title","value":"y"},{"op":"remove","path":"userName"})");
  EXPECT_EQ(call("PATCH", "/Users/" + id, bad).status, 400);
  EXPECT_EQ(call("GET", "/Users/" + id).body.text("title"), "x");
  const int before = writes_;
  const Answered same = call("PATCH", "/Users/" + id, patch(R"({"op":"Replace","path":"title","value":"x"})"));
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.header("ETag"), "W/\"1\"");
  EXPECT_EQ(writes_, before);
  const Answered off = call("PATCH", "/Users/" + id, patch(R"({"op":"replace","value":{"active":false}})"));
  EXPECT_EQ(off.status, 200);
  EXPECT_EQ(*off.body.find("active"), json::Value(false));
}

TEST_F(ScimEndpoint, AVersionThatIsNotTheLastIsRefusedAndOnlyOneOfManyWins) {
  const std::string id = add_user("ada");
  std::vector<net::ServerRequest> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(request("PATCH", "/Users/" + id, patch(R"({"op":"replace","path":"title","value":"t)" + std::to_string(i) + "\"}"), {{"If-Match", "W/\"1\""}}));
  std::map<int, int> count;
  for (const auto& each : call_all(std::move(all))) ++count[each.status];
  EXPECT_EQ(count, (std::map<int, int>{{200, 1}, {412, 9}}));
  EXPECT_EQ(call("DELETE", "/Users/" + id, "", {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(call("GET", "/Users/" + id, "", {{"If-None-Match", "W/\"2\""}}).status, 304);
  EXPECT_EQ(call("DELETE", "/Users/" + id, "", {{"If-Match", "*"}}).status, 204);
}

// RFC 9110 sections 13.1.1 and 13.1.2.
TEST_F(ScimEndpoint, ConditionsHoldForEveryMethod) {
  const std::string id = add_user("ada");
  EXPECT_EQ(call("PUT", "/Users/" + id, user("ada", R"("title":"x")"), {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(call("PATCH", "/Users/" + id, patch(R"({"op":"add","path":"title","value":"x"})"), {{"If-None-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(call("GET", "/Users/" + id, "", {{"If-Match", "W/\"7\""}}).status, 412);
  EXPECT_EQ(call("GET", "/Users/" + id, "", {{"If-Match", "W/\"7\", W/\"1\""}}).status, 200);
  EXPECT_EQ(call("PUT", "/Users/" + id, user("ada", R"("title":"x")"), {{"If-None-Match", "W/\"7\""}}).status, 200);
}

TEST_F(ScimEndpoint, AUserNameOfBlanksIsRefused) {
  EXPECT_EQ(call("POST", "/Users", user("  ")).error(), "invalidValue");
  const std::string id = add_user("ada");
  EXPECT_EQ(call("PATCH", "/Users/" + id, patch(R"({"op":"replace","path":"userName","value":"\u00a0"})")).error(), "invalidValue");
}

TEST_F(ScimEndpoint, WithoutAKeyAPasswordIsDropped) {
  const std::string id = add_user("ada", R"("password":"hunter22222")");
  const Answered patched = call("PATCH", "/Users/" + id, patch(R"({"op":"replace","path":"password","value":"hunter22222"})"));
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(patched.header("ETag"), "W/\"1\"");
  EXPECT_THAT(call("GET", "/Users?attributes=password").text, Not(HasSubstr("hunter")));
  EXPECT_THAT(state_->resource("hr", id).value()->body, Not(HasSubstr("hunter")));
  EXPECT_EQ(*call("GET", "/ServiceProviderConfig").body.find("changePassword")->find("supported"), json::Value(false));
}

class PushedPasswords : public ScimEndpoint {
 protected:
  void SetUp() override {
    ScimEndpoint::SetUp();
    keep_passwords();
  }
  store::RecordRow record(const std::string& id) { return state_->record("hr", RecordKind::person, id).value().value(); }
  // What waits for onelogin, in the clear; "" where nothing does.
  std::string waiting(const std::string& id) {
    store::IdentityRow person;
    person.person = id;
    person.records = {record(id).id};
    EXPECT_TRUE(state_->put_identity(person));
    const auto row = state_->sealed("onelogin", id).value();
    EXPECT_FALSE(state_->sealed("zitadel", id).value());
    if (!row) return "";
    EXPECT_THAT(row->body, Not(HasSubstr("hunter")));
    return std::string(seal.open(row->body, row->about()).value().reveal());
  }
};

TEST_F(PushedPasswords, WaitSealedAndAreNeverShown) {
  EXPECT_EQ(*call("GET", "/ServiceProviderConfig").body.find("changePassword")->find("supported"), json::Value(true));
  const Answered made = call("POST", "/Users", user("ada", R"("password":"hunter2 hunter2")"));
  EXPECT_THAT(made.text, Not(HasSubstr("hunter")));
  const std::string id = made.body.text("id");
  EXPECT_EQ(waiting(id), "hunter2 hunter2");
  for (const char* path : {"/Users?attributes=password", "/Users?filter=password%20sw%20%22h%22"}) EXPECT_THAT(call("GET", path).text, Not(HasSubstr("hunter")));
  EXPECT_THAT(state_->resource("hr", id).value()->body, Not(HasSubstr("assword")));
  EXPECT_THAT(record(id).body, Not(HasSubstr("assword")));
}

TEST_F(PushedPasswords, ANewOneIsAChangeThatThePersonIsLookedAtFor) {
  const std::string id = add_user("ada", R"("password":"hunter2 hunter2")");
  ASSERT_TRUE(state_->clear_dirty({record(id).id}));
  const int before = writes_;
  EXPECT_EQ(call("PATCH", "/Users/" + id, patch(R"({"op":"replace","path":"password","value":"hunter3 hunter3"})")).header("ETag"), "W/\"2\"");
  EXPECT_EQ(waiting(id), "hunter3 hunter3");
  EXPECT_EQ(writes_, before + 1);
  EXPECT_TRUE(state_->standing(record(id).id).value().dirty);
  EXPECT_EQ(call("PUT", "/Users/" + id, user("ada")).header("ETag"), "W/\"2\"") << "a PUT without one leaves it as it is";
  EXPECT_EQ(waiting(id), "hunter3 hunter3");
  EXPECT_EQ(call("PUT", "/Users/" + id, user("ada", R"("password":"hunter3 hunter3")")).header("ETag"), "W/\"3\"") << "the same is sent once more";
  EXPECT_EQ(call("DELETE", "/Users/" + id).status, 204);
  EXPECT_EQ(waiting(id), "");
}

TEST_F(PushedPasswords, AreComparedAsTheStandardSaysAndWhatIsNoneIsRefused) {
  EXPECT_EQ(waiting(add_user("ada", R"("password":"e\u0301\u00a0x")")), "\xC3\xA9 x");
  EXPECT_EQ(waiting(add_user("eve", R"("password":"")")), "");
  EXPECT_EQ(waiting(add_user("joe", R"("password":null)")), "");
  const Answered refused = call("POST", "/Users", user("bob", R"("password":"a\tb")"));
  EXPECT_EQ(std::make_pair(refused.status, refused.error()), std::make_pair(400, std::string("invalidValue")));
  EXPECT_THAT(refused.text, HasSubstr("password"));
  EXPECT_THAT(found("/Users"), ElementsAre("ada", "eve", "joe"));
}

TEST_F(ScimEndpoint, MembersAreChangedAsASetAndTheirPeopleAreLookedAtAgain) {
  const std::string ada = add_user("ada"), eve = add_user("eve");
  const std::string team = add_group("team");
  ASSERT_TRUE(state_->clear_dirty({1, 2, 3}));
  EXPECT_EQ(call("PATCH", "/Groups/" + team, patch(R"({"op":"Add","path":"members","value":[{"$ref":null,"value":")" + ada + "\"}]}")).status, 204);
  EXPECT_THAT(members(team), ElementsAre(ada));
  const auto record = state_->record("hr", RecordKind::person, ada).value();
  EXPECT_TRUE(state_->standing(record->id).value().dirty);
  EXPECT_EQ(state_->dirty().value().size(), 1u);
  EXPECT_EQ(call("PATCH", "/Groups/" + team, patch(R"({"op":"Remove","path":"members","value":[{"value":")" + eve + "\"}]}")).status, 204);
  EXPECT_THAT(members(team), ElementsAre(ada));
  const Answered shown = call("GET", "/Users/" + ada);
  EXPECT_THAT(texts(*shown.body.find("groups"), "display"), ElementsAre("team"));
  EXPECT_EQ(call("PATCH", "/Groups/" + team, patch(R"({"op":"replace","path":"members","value":[{"value":")" + eve + "\"}]}")).status, 204);
  EXPECT_THAT(members(team), ElementsAre(eve));
  EXPECT_EQ(call("PATCH", "/Groups/" + team, patch(R"({"op":"remove","path":"members[type eq \"User\"]"})")).status, 204);
  EXPECT_THAT(members(team), IsEmpty());
}

TEST_F(ScimEndpoint, ManySingleMemberPatchesAtOnceLoseNothing) {
  const std::string team = add_group("team");
  std::vector<net::ServerRequest> all;
  std::vector<std::string> ids;
  for (int i = 0; i < 30; ++i) {
    ids.push_back(add_user("user" + std::to_string(i)));
    all.push_back(request("PATCH", "/Groups/" + team, patch(R"({"op":"add","path":"members","value":[{"value":")" + ids.back() + "\"}]}"), {}));
  }
  for (const auto& each : call_all(std::move(all))) EXPECT_EQ(each.status, 204) << each.text;
  EXPECT_THAT(members(team), testing::UnorderedElementsAreArray(ids));
}

TEST_F(ScimEndpoint, AGroupInAGroupIsShownAsOne) {
  const std::string inner = add_group("inner");
  const std::string outer = add_group("outer", R"("members":[{"value":")" + inner + "\"}]");
  const Answered got = call("GET", "/Groups/" + outer);
  const json::Value& member = got.body.find("members")->as_array()->front();
  EXPECT_EQ(member.text("type"), "Group");
  EXPECT_EQ(member.text("$ref"), "http://scim.test/scim/v2/Groups/" + inner);
}

TEST_F(ScimEndpoint, ARenamedGroupConcernsItsMembers) {
  const std::string ada = add_user("ada");
  const std::string team = add_group("team", R"("members":[{"value":")" + ada + "\"}]");
  ASSERT_TRUE(state_->clear_dirty({1, 2}));
  EXPECT_EQ(call("PATCH", "/Groups/" + team, patch(R"({"op":"replace","value":{"id":")" + team + R"(","displayName":"crew"}})")).status, 204);
  EXPECT_THAT(members(team), ElementsAre(ada));
  EXPECT_EQ(state_->record("hr", RecordKind::group, team).value()->name, "crew");
  EXPECT_TRUE(state_->standing(state_->record("hr", RecordKind::person, ada).value()->id).value().dirty);
}

TEST_F(ScimEndpoint, BulkResolvesReferencesAndKeepsFailuresApart) {
  const std::string request = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
    {"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"team","members":[{"value":"bulkId:u"}]}},
    {"method":"POST","path":"/Users","bulkId":"u","data":)" + user("ada") + R"(},
    {"method":"POST","path":"/Users","bulkId":"v","data":)" + user("ADA") + R"(},
    {"method":"PATCH","path":"/Users/bulkId:u","data":)" + patch(R"({"op":"add","path":"title","value":"boss"})") + R"(}]})";
  const Answered done = call("POST", "/Bulk", request);
  ASSERT_EQ(done.status, 200) << done.text;
  EXPECT_THAT(texts(*done.body.find("Operations"), "status"), ElementsAre("201", "201", "409", "200"));
  EXPECT_THAT(found("/Users", "title"), ElementsAre("boss"));
  EXPECT_EQ(members(found("/Groups", "id").front()), found("/Users", "id"));
}

TEST_F(ScimEndpoint, AFailedOperationOfABulkRequestSaysWhereItWas) {
  const Answered done = call("POST", "/Bulk", R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
    {"method":"PATCH","path":"/Users/7"},{"method":"DELETE","path":"/Users/8"},{"method":"POST","path":"/Users","bulkId":"u","data":{}}]})");
  EXPECT_THAT(texts(*done.body.find("Operations"), "status"), ElementsAre("400", "404", "400"));
  EXPECT_THAT(texts(*done.body.find("Operations"), "location"), ElementsAre("http://scim.test/scim/v2/Users/7", "http://scim.test/scim/v2/Users/8", ""));
}

TEST_F(ScimEndpoint, NothingAcknowledgedIsLostWhenTheServiceOpensAnew) {
  const std::string id = add_user("ada");
  open({});
  EXPECT_EQ(call("GET", "/Users/" + id).status, 200);
}

}  // namespace
}  // namespace rollcall::endpoint
