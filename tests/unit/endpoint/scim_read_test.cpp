#include "unit/endpoint/service.hpp"

namespace rollcall::endpoint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ScimReads : public ScimEndpoint {
 protected:
  void three() {
    ada_ = add_user("ada", R"("title":"b","externalId":"X1","emails":[{"type":"work","value":"Ada@x"}])");
    bob_ = add_user("bob", R"("title":"a")");
    eve_ = add_user("eve", R"("active":false)");
  }
  std::string filtered(const std::string& filter) {
    std::string out = "/Users?filter=";
    for (const char c : filter) out += c == ' ' ? std::string("+") : c == '"' ? "%22" : std::string(1, c);
    return out;
  }
  std::string ada_, bob_, eve_;
};

TEST_F(ScimReads, FiltersAreAnsweredByIndexAndByLooking) {
  three();
  EXPECT_THAT(found(filtered("USERNAME EQ \"ADA\"")), ElementsAre("ada"));
  EXPECT_THAT(found(filtered("externalId eq \"X1\"")), ElementsAre("ada"));
  EXPECT_THAT(found(filtered("externalId eq \"x1\"")), IsEmpty());
  EXPECT_THAT(found(filtered("emails[type eq \"work\"].value eq \"ada@X\"")), ElementsAre("ada"));
  EXPECT_THAT(found(filtered("emails.value eq \"nobody\"")), IsEmpty());
  EXPECT_THAT(found(filtered("id eq \"" + bob_ + "\"")), ElementsAre("bob"));
  EXPECT_THAT(found(filtered("active eq false")), ElementsAre("eve"));
  EXPECT_THAT(found(filtered("title pr and not (userName sw \"a\")")), ElementsAre("bob"));
  EXPECT_EQ(call("GET", filtered("userName eq")).error(), "invalidFilter");
  EXPECT_EQ(call("GET", filtered("noSuchAttr eq \"x\"")).status, 400);
}

TEST_F(ScimReads, AFilterForATextWithNulFindsNobody) {
  three();
  for (const char* path : {"userName", "id", "externalId", "emails.value", "title"})
    EXPECT_THAT(found(filtered(std::string(path) + " eq \"\\u0000\"")), IsEmpty()) << path;
  EXPECT_THAT(found("/Groups?filter=members.value+eq+%22%5Cu0000%22", "displayName"), IsEmpty());
  EXPECT_THAT(found(filtered("userName eq \"\\u0000\" or userName eq \"eve\"")), ElementsAre("eve"));
}

TEST_F(ScimReads, PagesByIndexHoldEverybodyOnce) {
  three();
  EXPECT_THAT(found("/Users?count=2"), ElementsAre("ada", "bob"));
  EXPECT_THAT(found("/Users?count=2&startIndex=3"), ElementsAre("eve"));
  EXPECT_THAT(found("/Users?startIndex=9"), IsEmpty());
  const Answered none = call("GET", "/Users?count=0");
  EXPECT_EQ(*none.body.find("totalResults"), json::Value(3));
  EXPECT_THAT(*none.body.find("Resources")->as_array(), IsEmpty());
  EXPECT_THAT(found("/Users?startIndex=-3&count=1"), ElementsAre("ada"));
  EXPECT_EQ(call("GET", "/Users?count=abc").status, 400);
  EXPECT_THAT(found("/Users?sortBy=userName&startIndex=9223372036854775807"), IsEmpty());
}

TEST_F(ScimReads, CursorsWalkOnceThroughEverybodyAndAreNotMadeUp) {
  three();
  for (const std::string what : {"", "&sortBy=userName&sortOrder=descending", "&filter=userName+pr"}) {
    std::vector<std::string> all;
    std::string cursor;
    for (int page = 0; page < 4; ++page) {
      const Answered got = call("GET", "/Users?count=1&cursor=" + cursor + what);
      ASSERT_EQ(got.status, 200) << got.text;
      for (const auto& name : texts(*got.body.find("Resources"), "userName")) all.push_back(name);
      cursor = got.body.text("nextCursor");
      if (cursor.empty()) break;
    }
    EXPECT_THAT(all, testing::UnorderedElementsAre("ada", "bob", "eve")) << what;
  }
  const std::string cursor = call("GET", "/Users?count=1&cursor=").body.text("nextCursor");
  EXPECT_EQ(call("GET", "/Users?count=1&cursor=" + cursor + "&sortBy=title").error(), "invalidCursor");
  EXPECT_EQ(call("GET", "/Users?count=1&cursor=1-abc").error(), "invalidCursor");
}

TEST_F(ScimReads, ListsAreSortedAndCut) {
  three();
  EXPECT_THAT(found("/Users?sortBy=title"), ElementsAre("bob", "ada", "eve"));
  EXPECT_THAT(found("/Users?sortBy=title&sortOrder=descending"), ElementsAre("eve", "ada", "bob"));
  const Answered one = call("GET", "/Users/" + ada_ + "?attributes=USERNAME");
  EXPECT_EQ(one.body.as_object()->size(), 3u) << one.text;
  EXPECT_EQ(call("GET", "/Users/" + ada_ + "?excludedAttributes=title").body.find("title"), nullptr);
}

TEST_F(ScimReads, SearchesMayNameAllTypes) {
  three();
  add_group("ada");
  const std::string body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"ada\" or displayName eq \"ada\""})";
  EXPECT_EQ(*call("POST", "/.search", body).body.find("totalResults"), json::Value(2));
  EXPECT_EQ(*call("POST", "/Users/.search", R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":1})").body.find("totalResults"), json::Value(3));
  EXPECT_EQ(*call("GET", "").body.find("totalResults"), json::Value(4));
}

TEST_F(ScimReads, GroupsAreFoundByTheirMembersWithoutShowingThem) {
  three();
  const std::string team = add_group("team", R"("members":[{"value":")" + ada_ + "\"}]");
  add_group("empty");
  const std::string path = "/Groups?excludedAttributes=members&filter=";
  EXPECT_THAT(found(path + "members.value+eq+%22" + ada_ + "%22", "displayName"), ElementsAre("team"));
  EXPECT_THAT(found(path + "id+eq+%22" + team + "%22+and+members+eq+%22" + eve_ + "%22", "displayName"), IsEmpty());
  EXPECT_THAT(found(path + "id+eq+%22" + team + "%22+and+members+eq+%22" + ada_ + "%22", "displayName"), ElementsAre("team"));
  const Answered got = call("GET", path + "displayName+eq+%22TEAM%22");
  EXPECT_EQ(got.body.find("Resources")->as_array()->front().find("members"), nullptr);
}

TEST_F(ScimReads, SourcesDoNotSeeEachOther) {
  three();
  token_ = give_token("other");
  EXPECT_EQ(call("GET", "/Users/" + ada_).status, 404);
  EXPECT_THAT(found("/Users"), IsEmpty());
  EXPECT_THAT(found(filtered("userName eq \"ada\"")), IsEmpty());
  EXPECT_NE(add_user("ada"), ada_);
}

TEST_F(ScimReads, TokensDecide) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    const Answered bare = call(method, "/Users/1?access_token=" + token_, "", {{"Authorization", "Basic x"}});
    EXPECT_EQ(bare.status, 401) << method;
    EXPECT_THAT(bare.header("WWW-Authenticate"), HasSubstr("Bearer"));
  }
  EXPECT_EQ(call("GET", "/Users", "", {{"Authorization", "bearer " + token_}}).status, 200);
  EXPECT_EQ(call("GET", "/Users", "", {{"Authorization", "Bearer " + token_ + "x"}}).status, 401);
  token_ = give_token("hr", {}, now_ + std::chrono::minutes{5});
  EXPECT_EQ(call("GET", "/Users").status, 200);
  now_ += std::chrono::minutes{5};
  EXPECT_EQ(call("GET", "/Users").status, 401);
  token_ = give_token("hr", {"10.0.0.0/8", "2001:db8::/32"});
  EXPECT_EQ(call("GET", "/Users").status, 403);
  for (const char* address : {"10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"}) {
    peer_ = address;
    EXPECT_EQ(call("GET", "/Users").status, 200) << address;
  }
  ASSERT_TRUE(state_->erase_token(last_token_id_).value());
  EXPECT_EQ(call("GET", "/Users").status, 401);
  token_ = give_token("nowhere");
  EXPECT_EQ(call("GET", "/Users").status, 403);
}

TEST_F(ScimReads, ATokenHasItsRate) {
  ScimSettings settings;
  settings.rate = {2, std::chrono::seconds{1}};
  open(settings);
  EXPECT_EQ(call("GET", "/Users").status, 200);
  EXPECT_EQ(call("GET", "/Users").status, 200);
  const Answered third = call("GET", "/Users");
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.header("Retry-After"), "1");
  EXPECT_THAT(metrics_.text(), HasSubstr("rollcall_scim_limits_total{limit=\"rate\"} 1"));
  token_ = give_token("hr");                     // another one has its own
  EXPECT_EQ(call("GET", "/Users").status, 200);
  now_ += std::chrono::seconds{1};
  EXPECT_EQ(call("GET", "/Users").status, 200);
}

TEST_F(ScimReads, DiscoveryIsReadOnly) {
  EXPECT_EQ(call("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").body.text("name"), "User");
  EXPECT_EQ(call("GET", "/ResourceTypes/Group").body.text("endpoint"), "/Groups");
  EXPECT_EQ(call("GET", "/Schemas?count=1&startIndex=2").status, 200);
  EXPECT_EQ(call("GET", "/Schemas?filter=id+eq+%22x%22").status, 403);
  EXPECT_EQ(call("GET", "/Schemas/urn:nope:1").status, 404);
  const Answered posted = call("POST", "/ServiceProviderConfig", "{}");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.header("Allow"), "GET");
}

TEST_F(ScimReads, WhatIsNotThereIsSaidInScim) {
  EXPECT_EQ(call("GET", "/NoSuchThings").status, 404);
  EXPECT_EQ(call("GET", "/x").status, 404);
  EXPECT_EQ(call("GET", "/v2/Users").status, 200);
  EXPECT_EQ(call("PUT", "/Users", user("a")).status, 405);
  EXPECT_EQ(call("POST", "/Users/1", user("a")).status, 405);
  EXPECT_EQ(call("GET", "/Me").status, 501);
  for (const char* id : {"%2e%2e%2f", "%00", "%ff%fe", "a%"}) EXPECT_EQ(call("GET", std::string("/Users/") + id).status, 404) << id;
  EXPECT_EQ(call("GET", "/Users/" + std::string(4000, 'a')).status, 404);
  const Answered unknown = call("GET", "/Users/none");
  EXPECT_EQ(unknown.header("Content-Type"), "application/scim+json");
  EXPECT_EQ(unknown.body.text("status"), "404");
}

TEST_F(ScimReads, BadBodiesAreRefused) {
  for (const char* body : {"{", "[]", "\"x\"", "null", R"({"a":1,"a":2})", "\xff"}) EXPECT_EQ(call("POST", "/Users", body).status, 400) << body;
  EXPECT_EQ(call("POST", "/Users", user("a"), {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(call("POST", "/Users", user("a"), {{"Content-Encoding", "gzip"}}).status, 415);
  EXPECT_EQ(call("POST", "/Users", user("a"), {{"Content-Type", "application/json; charset=utf-8"}}).status, 201);
  EXPECT_EQ(call("POST", "/Users", user("b\\u0000c")).status, 400);
  EXPECT_EQ(call("POST", "/Users", user("b\\\\u0000c")).status, 201);    // a backslash and a word
  EXPECT_THAT(found("/Users"), SizeIs(2));
}

TEST_F(ScimReads, TheTruthAboutEveryProviderIsShown) {
  three();
  const auto truth = [&](const std::string& id) {
    const Answered got = call("GET", "/Users/" + id);
    const json::Value* extension = got.body.find("urn:rollcall:params:scim:schemas:1.0:Provisioning");
    return extension ? *extension->find("accounts") : json::Value();
  };
  EXPECT_THAT(texts(truth(ada_), "state"), ElementsAre("pending"));     // nobody has looked yet
  const auto record = state_->record("hr", RecordKind::person, ada_).value()->id;
  store::IdentityRow identity;
  identity.person = ada_;
  identity.records = {record};
  identity.body = "{}";
  ASSERT_TRUE(state_->put_identity(identity));
  ASSERT_TRUE(state_->clear_dirty({record}));
  store::DesiredRow desired;
  desired.provider = "onelogin";
  desired.person = ada_;
  desired.in_scope = true;
  desired.hash = desired.body = "{}";
  ASSERT_TRUE(state_->put_desired(desired, {}));
  store::AccountRow account;
  account.provider = "onelogin";
  account.id = "42";
  account.person = ada_;
  account.link = store::Link::made;
  account.status = "active";
  account.body = "{}";
  account.written = R"({"fields":{},"roles":["Sales"]})";
  ASSERT_TRUE(state_->put_account(account, {}));
  EXPECT_THAT(texts(truth(ada_), "state"), ElementsAre("provisioned"));
  EXPECT_THAT(texts(truth(ada_), "accountId"), ElementsAre("42"));
  EXPECT_EQ(*truth(ada_).as_array()->front().find("roles"), json::Value(json::Array{"Sales"}));
  store::HoldRow hold;
  hold.id = "h1";
  hold.provider = "onelogin";
  hold.person = ada_;
  hold.kind = "suspend";
  hold.state = "held";
  ASSERT_TRUE(state_->put_hold(hold));
  EXPECT_THAT(texts(truth(ada_), "state"), ElementsAre("held"));
  // What the client has changed since is not the provider's yet.
  EXPECT_EQ(call("PATCH", "/Users/" + ada_, patch(R"({"op":"add","path":"title","value":"new"})")).status, 200);
  EXPECT_THAT(texts(truth(ada_), "state"), ElementsAre("pending"));
}

TEST_F(ScimReads, DiscoveryIsOpenWhereTheConfigurationSaysSo) {
  const std::string known = std::exchange(token_, "");
  EXPECT_EQ(call("GET", "/ServiceProviderConfig").status, 401);
  ScimSettings open_to_all;
  open_to_all.open_discovery = true;
  open(open_to_all);
  for (const char* path : {"/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"}) EXPECT_EQ(call("GET", path).status, 200) << path;
  for (const char* path : {"/Users", "/Schemasx", "/", "/Me"}) EXPECT_EQ(call("GET", path).status, 401) << path;
  EXPECT_EQ(call("GET", "/ServiceProviderConfig", "", {{"Authorization", "Bearer wrong"}}).status, 401) << "a wrong token is told so";
  token_ = known;
  EXPECT_EQ(call("GET", "/Schemas").status, 200);
}

TEST_F(ScimReads, OfTwoTokensNoneCounts) {
  EXPECT_EQ(call("GET", "/Users", "", {{"Authorization", "Bearer " + token_}, {"authorization", "Bearer other"}}).status, 401);
}

}  // namespace
}  // namespace rollcall::endpoint
