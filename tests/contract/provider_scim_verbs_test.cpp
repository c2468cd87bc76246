// What only a SCIM service does: the requests it gets, and the answers that services differ in.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/json.hpp"
#include "rollcall/provider.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/sandbox.hpp"
#include "support/later_http.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view base = "https://scim.test/scim/v2";
const Fields zoe = {{"userName", "zo\xC3\xAB"}, {"externalId", "key-1"}, {"emails[type eq \"work\"].value", "zoe@example.com"}, {"name.givenName", "Zo\xC3\xAB"}};

class ScimVerbs : public testing::Test {
 protected:
  ScimVerbs() { furnish({}); }
  void furnish(sandbox::VendorSettings extra) {
    const sandbox::Vendor& vendor = *sandbox::find_vendor("scim");
    auto settings = sandbox::default_settings(vendor);
    settings["api-key"] = "t0ken";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox_ = sandbox::Sandbox::make(vendor, settings).value();
    for (const char* role : {"Sales", "Staff", "Boss"}) roles_[role] = std::to_string(sandbox_->tenant().add_role(role));
    std::map<std::string, Secret> secrets;
    secrets.emplace("token", Secret("t0ken"));
    provider_ = find_provider_type("scim")->make(std::string(base), std::chrono::seconds(7), {}, secrets, later_);
  }
  Result<Account> create(Fields fields) {
    NewAccount account;
    account.fields = std::move(fields);
    return run(provider_->create(std::move(account)));
  }
  std::string made(const std::string& name) {
    const auto account = create({{"userName", name}});
    EXPECT_TRUE(account);
    return account ? account->id : "";
  }
  static RoleChange change(std::set<std::string> add, std::set<std::string> remove = {}) {
    RoleChange out;
    out.add = std::move(add);
    out.remove = std::move(remove);
    return out;
  }
  Result<void> set_roles(const std::string& id, std::set<std::string> add, std::set<std::string> remove = {}) {
    return run(provider_->set_roles(id, change(std::move(add), std::move(remove))));
  }
  std::set<std::string> roles_of(const std::string& id) {
    std::set<std::string> names;
    for (const auto role : sandbox_->tenant().find(std::stoll(id))->roles) names.insert(sandbox_->tenant().roles().at(role));
    return names;
  }
  void grant(const std::string& id, const std::string& role) {
    sandbox::Account account = *sandbox_->tenant().find(std::stoll(id));
    account.roles.insert(std::stoll(roles_[role]));
    ASSERT_TRUE(sandbox_->tenant().put(std::move(account)));
  }
  // "PATCH /Users/1" of each request since the last time; of a query only the path.
  std::vector<std::string> asked() {
    std::vector<std::string> out;
    for (const auto& request : http_.requests) out.push_back(request.method + " " + request.url.substr(base.size(), request.url.find('?') - base.size()));
    http_.requests.clear();
    return out;
  }
  Account by_id(const std::string& id) { return run(provider_->find(LookupBy::id, id)).value().value(); }
  HttpResponse served(HttpRequest request) {
    request.url = request.url.substr(request.url.find("/scim/v2"));
    return sandbox_->handle(request, now_).response;
  }

  Instant now_ = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::map<std::string, std::string> roles_;
  std::function<void(const HttpRequest&)> before_ = [](const HttpRequest&) {};
  ScriptedHttp http_{[this](const HttpRequest& request) {
    before_(request);
    return served(request);
  }};
  LaterHttp later_{http_};  // calls overlap
  std::unique_ptr<Provider> provider_;
};

// ---- calls ----

TEST_F(ScimVerbs, AJoinerIsOneCallAndOneForEachRole) {
  ASSERT_TRUE(run(provider_->roles()));
  EXPECT_THAT(asked(), ElementsAre("GET /ServiceProviderConfig", "GET /Schemas", "GET /Groups"));
  const std::string id = create(zoe).value().id;
  ASSERT_TRUE(set_roles(id, {roles_["Sales"], roles_["Staff"]}));
  EXPECT_THAT(asked(), ElementsAre("POST /Users", "PATCH /Groups/" + roles_["Sales"], "PATCH /Groups/" + roles_["Staff"]));
}

TEST_F(ScimVerbs, AMoverIsOneCallAndTwoForWhatStandsInAList) {
  const std::string id = create(zoe).value().id;
  (void)asked();
  ASSERT_TRUE(run(provider_->update(id, Fields{{"name.givenName", "Zo\xC3\xA9"}, {"title", "\xE7\x8E\x8B"}})));
  EXPECT_THAT(asked(), ElementsAre("PATCH /Users/" + id));
  ASSERT_TRUE(run(provider_->update(id, Fields{{"emails[type eq \"work\"].value", "n@example.com"}, {"title", ""}})));
  EXPECT_THAT(asked(), ElementsAre("GET /Users/" + id, "PATCH /Users/" + id));
  ASSERT_TRUE(run(provider_->update(id, Fields{{"emails[type eq \"work\"].value", "n@example.com"}})));
  EXPECT_THAT(asked(), ElementsAre("GET /Users/" + id));  // it is so already
  ASSERT_TRUE(run(provider_->suspend(id)));
  ASSERT_TRUE(run(provider_->reactivate(id, "active")));
  ASSERT_TRUE(run(provider_->remove(id)));
  EXPECT_THAT(asked(), ElementsAre("PATCH /Users/" + id, "PATCH /Users/" + id, "DELETE /Users/" + id));
}

TEST_F(ScimVerbs, AListingReadsNoMembersWhereUsersShowTheirGroups) {
  grant(made("a"), "Sales");
  (void)asked();
  const auto page = run(provider_->list(""));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->accounts.at(0).roles, std::set<std::string>{roles_["Sales"]});
  EXPECT_THAT(asked(), ElementsAre("GET /Users"));
  ASSERT_TRUE(run(provider_->roles()));
  EXPECT_THAT(http_.requests.at(0).url, HasSubstr("excludedAttributes=members"));
}

TEST_F(ScimVerbs, WhetherUsersShowTheirGroupsIsLearntFromOneMembership) {
  furnish({{"user-groups", "hidden"}});
  const std::string a = made("a"), b = made("b");
  (void)asked();
  EXPECT_EQ(run(provider_->list(""))->accounts.at(0).roles, std::set<std::string>());  // nobody is in a group
  EXPECT_THAT(asked(), ElementsAre("GET /Users", "GET /Groups"));
  grant(b, "Boss");
  for (int twice = 0; twice < 2; ++twice) {
    const auto page = run(provider_->list(""));
    EXPECT_EQ(page->accounts.at(0).roles, std::set<std::string>());
    EXPECT_EQ(page->accounts.at(1).roles, std::set<std::string>{roles_["Boss"]});
  }
  EXPECT_THAT(asked(), ElementsAre("GET /Users", "GET /Groups", "GET /Groups", "GET /Users"));
  EXPECT_EQ(by_id(b).roles, std::set<std::string>{roles_["Boss"]});
}

TEST_F(ScimVerbs, AMemberWhoIsNotOnTheFirstPageIsLookedAt) {
  furnish({{"page-size", "1"}});
  made("a");
  grant(made("b"), "Boss");
  (void)asked();
  const auto first = run(provider_->list(""));
  EXPECT_EQ(first->accounts.at(0).roles, std::set<std::string>());
  const auto second = run(provider_->list(first->next));
  EXPECT_EQ(second->accounts.at(0).roles, std::set<std::string>{roles_["Boss"]});
  ASSERT_TRUE(run(provider_->list("")));
  const auto calls = asked();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "GET /Groups"), 4);  // once, page by page, with members; never again
}

// ---- groups ----

TEST_F(ScimVerbs, ChangesOfOneGroupThatComeTogetherGoTogether) {
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(made("p" + std::to_string(i)));
  (void)asked();
  boost::asio::io_context context(1);
  int succeeded = 0;
  for (const auto& id : ids)
    boost::asio::co_spawn(context, provider_->set_roles(id, change({roles_["Sales"]})), [&](std::exception_ptr, Result<void> done) { succeeded += done ? 1 : 0; });
  context.run();
  EXPECT_EQ(succeeded, 6);
  for (const auto& id : ids) EXPECT_EQ(roles_of(id), std::set<std::string>{"Sales"});
  EXPECT_THAT(asked(), ElementsAre("PATCH /Groups/" + roles_["Sales"], "PATCH /Groups/" + roles_["Sales"]));
}

TEST_F(ScimVerbs, OneWhoIsGoneSpoilsItForNobodyElse) {
  const std::string id = made("a");
  boost::asio::io_context context(1);
  std::vector<Result<void>> results(2);
  boost::asio::co_spawn(context, provider_->set_roles(made("first"), change({roles_["Sales"]})), boost::asio::detached);
  boost::asio::co_spawn(context, provider_->set_roles("987654", change({roles_["Sales"]})), [&](std::exception_ptr, Result<void> done) { results[0] = done; });
  boost::asio::co_spawn(context, provider_->set_roles(id, change({roles_["Sales"]})), [&](std::exception_ptr, Result<void> done) { results[1] = done; });
  context.run();
  ASSERT_FALSE(results[0]);
  EXPECT_EQ(results[0].error().kind, ErrorKind::not_found);
  EXPECT_TRUE(results[1]);
  EXPECT_EQ(roles_of(id), std::set<std::string>{"Sales"});
}

TEST_F(ScimVerbs, WhereAGroupIsReplacedNobodysChangeIsLost) {
  furnish({{"patch", "off"}});
  const std::string a = made("a"), b = made("b"), c = made("c");
  grant(c, "Sales");
  int puts = 0;
  before_ = [&](const HttpRequest& request) {
    if (request.method == "PUT" && puts++ == 0) grant(b, "Sales");  // somebody else, between our look and our write
  };
  ASSERT_TRUE(set_roles(a, {roles_["Sales"]}));
  EXPECT_EQ(puts, 2);
  for (const auto& id : {a, b, c}) EXPECT_EQ(roles_of(id), std::set<std::string>{"Sales"}) << id;
}

TEST_F(ScimVerbs, AUserThatOthersChangeMeanwhileIsReadAgain) {
  furnish({{"patch", "off"}});
  const std::string id = create(zoe).value().id;
  int puts = 0;
  before_ = [&](const HttpRequest& request) {
    if (request.method != "PUT" || puts++ > 0) return;
    sandbox::Account account = *sandbox_->tenant().find(std::stoll(id));
    json::Value resource = json::parse(account.fields["resource"]).value();
    resource.set("nickName", "theirs");
    account.fields["resource"] = json::write(resource);
    ASSERT_TRUE(sandbox_->tenant().put(std::move(account)));
  };
  ASSERT_TRUE(run(provider_->update(id, Fields{{"title", "ours"}})));
  EXPECT_EQ(by_id(id).fields["nickName"], "theirs");
  EXPECT_EQ(by_id(id).fields["title"], "ours");
  before_ = [&](const HttpRequest& request) {
    if (request.method == "PUT") sandbox_->tenant().remove(std::stoll(id));
  };
  EXPECT_EQ(run(provider_->suspend(id)).error().kind, ErrorKind::not_found);
}

TEST_F(ScimVerbs, APatchThatIsNotServedAfterAllIsAPut) {
  furnish({{"patch", "off"}, {"discovery", "absent"}});
  const std::string id = made("a");
  ASSERT_TRUE(run(provider_->suspend(id)));
  (void)asked();
  ASSERT_TRUE(run(provider_->reactivate(id, "")));
  EXPECT_THAT(asked(), ElementsAre("GET /Users/" + id, "PUT /Users/" + id));
}

TEST_F(ScimVerbs, TakingAwayWhoIsGoneAlreadyIsDoneEvenWhereTheServiceRefuses) {
  const std::string a = made("a");
  grant(a, "Sales");
  const std::string b = made("b");
  http_.answer(400, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"noTarget"})");
  ASSERT_TRUE(set_roles(b, {}, {roles_["Boss"]}));
  http_.answer(404, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"})");
  EXPECT_TRUE(set_roles(a, {}, {"4711"}));  // nobody is in a group that is not there
}

TEST_F(ScimVerbs, AGroupThatIsGoneIsNotTakenForTheUser) {
  const auto done = set_roles(made("a"), {"4711"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::invalid);
  EXPECT_THAT(done.error().message, HasSubstr("group 4711 is not there any more"));
}

TEST_F(ScimVerbs, OfTwoGroupsWithOneNameNeitherIsARole) {
  (void)run(provider_->roles());
  http_.answer(200, R"({"totalResults":3,"Resources":[{"id":"1","displayName":"Twin"},{"id":"2","displayName":"Twin"},{"id":"3","displayName":"Z\u00fcrich"}]})");
  const auto roles = run(provider_->roles());
  ASSERT_EQ(roles->size(), 1u);
  EXPECT_EQ(roles->at(0).name, "Z\xC3\xBCrich");
}

// ---- listings and look-ups ----

TEST_F(ScimVerbs, AListingThatShowsFewerThanItCountsEndsWithAnError) {
  grant(made("a"), "Sales");
  (void)run(provider_->roles());
  http_.answer(200, R"({"totalResults":3,"Resources":[{"id":"1","userName":"x","groups":[{"value":"9"}]}]})");
  http_.answer(200, R"({"totalResults":3,"Resources":[]})");
  const auto first = run(provider_->list(""));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->accounts.size(), 1u);
  const auto second = run(provider_->list(first->next));
  ASSERT_TRUE(second);
  const auto third = run(provider_->list(second->next));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(third.error().message, HasSubstr("counts 3 users and shows 1"));
}

TEST_F(ScimVerbs, APageThatFailsIsAskedForAgainUnderTheSameCursor) {
  furnish({{"page-size", "1"}});
  for (const char* name : {"a", "b", "c"}) grant(made(name), "Sales");
  const auto first = run(provider_->list(""));
  http_.answer(503, "");
  EXPECT_EQ(run(provider_->list(first->next)).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(run(provider_->list(first->next))->accounts.at(0).fields.at("userName"), "b");
  ASSERT_TRUE(run(provider_->list("")));
  EXPECT_EQ(run(provider_->list(first->next)).error().kind, ErrorKind::conflict);  // another listing was begun
}

TEST_F(ScimVerbs, SomebodyWhoCannotBeUnderstoodIsNamed) {
  (void)run(provider_->roles());
  http_.answer(200, R"({"totalResults":2,"Resources":[{"id":"7"},{"id":"8","userName":"x","groups":[{"value":"9"}]}]})");
  const auto page = run(provider_->list(""));
  ASSERT_EQ(page->unusable.size(), 1u);
  EXPECT_EQ(page->unusable[0].account, "7");
}

TEST_F(ScimVerbs, TheMarkIsFoundExactlyAndNamesWithoutCase) {
  const std::string id = create(zoe).value().id;
  EXPECT_EQ(run(provider_->find(LookupBy::external_id, "key-1")).value()->id, id);
  EXPECT_FALSE(run(provider_->find(LookupBy::external_id, "KEY-1")).value());
  EXPECT_EQ(run(provider_->find(LookupBy::user_name, "ZO\xC3\x8B")).value()->id, id);
  EXPECT_EQ(run(provider_->find(LookupBy::email, "Zoe@Example.com")).value()->id, id);
}

TEST_F(ScimVerbs, SeveralUsersWithOneMarkAreAConflict) {
  for (const char* name : {"a", "b"}) ASSERT_TRUE(create({{"userName", name}, {"externalId", "key"}}));
  EXPECT_EQ(run(provider_->find(LookupBy::external_id, "key")).error().kind, ErrorKind::conflict);
}

TEST_F(ScimVerbs, WhereFiltersAreRefusedEverybodyIsLookedAt) {
  for (const char* way : {"off", "ignored"}) {
    furnish({{"filter", way}, {"page-size", "2"}, {"discovery", "absent"}});
    for (const char* name : {"a", "b", "c", "d", "e"}) made(name);
    EXPECT_TRUE(run(provider_->find(LookupBy::user_name, "e")).value()) << way;
    EXPECT_FALSE(run(provider_->find(LookupBy::user_name, "f")).value()) << way;
  }
}

TEST_F(ScimVerbs, APageOfAProxyProvesNobodyGone) {
  const std::string id = made("a");
  for (const char* body : {"<html>404</html>", "{}", ""}) {
    http_.answer(404, body);
    EXPECT_EQ(run(provider_->find(LookupBy::id, id)).error().kind, ErrorKind::invalid) << body;
    http_.answer(404, body);
    EXPECT_FALSE(run(provider_->remove(id))) << body;
  }
}

// ---- other answers ----

TEST_F(ScimVerbs, WithoutDiscoveryAServiceIsTakenForAUsualOne) {
  furnish({{"discovery", "absent"}});
  const std::string id = create(zoe).value().id;
  ASSERT_TRUE(run(provider_->update(id, Fields{{"title", "x"}})));
  EXPECT_THAT(asked(), ElementsAre("GET /ServiceProviderConfig", "GET /Schemas", "POST /Users", "PATCH /Users/" + id));
}

TEST_F(ScimVerbs, DiscoveryThatCannotBeHadNowIsNoAbsence) {
  http_.answer(503, "");
  EXPECT_EQ(create(zoe).error().kind, ErrorKind::unavailable);
  http_.answer(401, "");
  EXPECT_EQ(create(zoe).error().kind, ErrorKind::unauthenticated);
  EXPECT_TRUE(create(zoe));
}

TEST_F(ScimVerbs, AnyConflictOfACreateIsANameThatIsTaken) {
  (void)run(provider_->roles());
  http_.answer(409, "");
  EXPECT_EQ(create(zoe).error().kind, ErrorKind::already_exists);
}

TEST_F(ScimVerbs, ACreateWhoseAnswerIsLostOrUnreadableIsInDoubtAndFoundByItsMark) {
  (void)run(provider_->roles());
  http_.lose_answer();
  EXPECT_TRUE(create(zoe).error().in_doubt);
  EXPECT_TRUE(run(provider_->find(LookupBy::external_id, "key-1")).value());
  http_.answer(201, "{}");
  const auto unreadable = create({{"userName", "b"}});
  EXPECT_EQ(unreadable.error().kind, ErrorKind::corrupt);
  EXPECT_TRUE(unreadable.error().in_doubt);
}

TEST_F(ScimVerbs, ATokenOrAPasswordIsInNoError) {
  (void)run(provider_->roles());
  http_.answer(400, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"t0ken and Hunter-22 are bad"})");
  Fields fields = zoe;
  fields["password"] = "Hunter-22";
  const auto refused = create(fields);
  EXPECT_THAT(refused.error().message, HasSubstr("*** and *** are bad"));
}

TEST_F(ScimVerbs, WhatIsEnforcedIsShownWhenItIsEmpty) {
  provider_->enforces({"title", "name.middleName", "urn:example:2.0:User:badge"});
  const Fields shown = by_id(create(zoe).value().id).fields;
  EXPECT_EQ(shown.at("title"), "");
  EXPECT_EQ(shown.at("name.middleName"), "");
  EXPECT_FALSE(shown.contains("nickName"));
  EXPECT_FALSE(shown.contains("urn:example:2.0:User:badge"));  // the service's schemas have no such attribute
}

TEST_F(ScimVerbs, CredentialsAreProvenWithALineForPeople) {
  made("a");
  EXPECT_EQ(run(provider_->authenticate()).value(), "the SCIM service accepts the token and shows 1 users and 3 groups");
  http_.answer(401, "");
  EXPECT_THAT(run(provider_->authenticate()).error().message, HasSubstr("does not accept the token"));
}

}  // namespace
}  // namespace rollcall::test
