// What only Zitadel does: the requests it gets, and the answers that no other vendor gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollcall/provider.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/sandbox.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view base = "https://zitadel.test";
const Fields zoe = {{"userId", "key-1"}, {"username", "zo\xC3\xAB"}, {"email", "zoe@example.com"}, {"profile.givenName", "Zo\xC3\xAB"}, {"profile.familyName", "M\xC3\xBCller"}};

class ZitadelVerbs : public testing::Test {
 protected:
  ZitadelVerbs() { furnish({}); }
  // The vendor anew, with options beside its defaults.
  void furnish(sandbox::VendorSettings extra, bool with_project = true) {
    const sandbox::Vendor& vendor = *sandbox::find_vendor("zitadel");
    auto settings = sandbox::default_settings(vendor);
    settings["api-key"] = "pat";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox_ = sandbox::Sandbox::make(vendor, settings).value();
    for (const char* role : {"sales", "staff", "boss"}) sandbox_->tenant().add_role(role);
    std::map<std::string, std::string> options = {{"organization", "rehearsal-org"}};
    if (with_project) options["project"] = "rehearsal-project";
    std::map<std::string, Secret> secrets;
    secrets.emplace("token", Secret("pat"));
    provider_ = find_provider_type("zitadel")->make(std::string(base), std::chrono::seconds(7), options, secrets, http_);
  }
  Result<Account> create(Fields fields) {
    NewAccount account;
    account.fields = std::move(fields);
    return run(provider_->create(std::move(account)));
  }
  Result<void> set_roles(const std::string& id, std::set<std::string> add, std::set<std::string> remove = {}) {
    RoleChange change;
    change.add = std::move(add);
    change.remove = std::move(remove);
    return run(provider_->set_roles(id, std::move(change)));
  }
  std::set<std::string> roles_of(const std::string& id) {
    std::set<std::string> keys;
    for (const auto role : sandbox_->tenant().find_by("userId", id)->roles) keys.insert(sandbox_->tenant().roles().at(role));
    return keys;
  }
  void set(const std::string& id, const std::function<void(sandbox::Account&)>& change) {
    sandbox::Account account = *sandbox_->tenant().find_by("userId", id);
    change(account);
    ASSERT_TRUE(sandbox_->tenant().put(std::move(account)));
  }
  // "POST /v2/users" of each request since the last time.
  std::vector<std::string> asked() {
    std::vector<std::string> out;
    for (const auto& request : http_.requests) out.push_back(request.method + " " + request.url.substr(base.size()));
    http_.requests.clear();
    return out;
  }

  Instant now_ = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  ScriptedHttp http_{[this](HttpRequest request) {
    request.url = request.url.substr(base.size());
    return sandbox_->handle(request, now_).response;
  }};
  std::unique_ptr<Provider> provider_;
};

TEST_F(ZitadelVerbs, AJoinerIsThreeCalls) {
  ASSERT_TRUE(create(zoe));
  ASSERT_TRUE(set_roles("key-1", {"sales", "staff"}));
  InviteRequest invite;
  invite.account = "key-1";
  ASSERT_TRUE(run(provider_->invite(invite)));
  EXPECT_THAT(asked(), ElementsAre("POST /v2/users/human", "POST /management/v1/users/key-1/grants", "POST /v2/users/key-1/invite_code"));
}

TEST_F(ZitadelVerbs, RolesOfWhoWasListedNeedNoLookUpAndOthersStay) {
  ASSERT_TRUE(create(zoe));
  ASSERT_TRUE(set_roles("key-1", {"boss"}));
  ASSERT_TRUE(run(provider_->list("")));
  (void)asked();
  ASSERT_TRUE(set_roles("key-1", {"sales"}));
  ASSERT_TRUE(set_roles("key-1", {}, {"sales"}));
  EXPECT_EQ(roles_of("key-1"), (std::set<std::string>{"boss"}));
  ASSERT_TRUE(set_roles("key-1", {}, {"boss"}));
  const auto calls = asked();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_THAT(calls[2], testing::StartsWith("DELETE /management/v1/users/key-1/grants/"));
}

TEST_F(ZitadelVerbs, WhatWasRememberedOfGrantsMayBeStale) {
  ASSERT_TRUE(create(zoe));
  ASSERT_TRUE(run(provider_->list("")));  // holds nothing
  set("key-1", [&](auto& account) {       // somebody else grants a role
    account.fields["grant"] = "g-9";
    account.roles = {*sandbox_->tenant().role_id("boss")};
  });
  ASSERT_TRUE(set_roles("key-1", {"sales"}));
  EXPECT_EQ(roles_of("key-1"), (std::set<std::string>{"boss", "sales"}));
  set("key-1", [](auto& account) {        // and takes everything away
    account.fields.erase("grant");
    account.roles.clear();
  });
  ASSERT_TRUE(set_roles("key-1", {"staff"}));
  EXPECT_EQ(roles_of("key-1"), (std::set<std::string>{"staff"}));
}

TEST_F(ZitadelVerbs, AGrantThatItsSearchDoesNotShowYetIsForLaterAndNotInDoubt) {
  furnish({{"lag", "5s"}});
  ASSERT_TRUE(create(zoe));
  set("key-1", [](auto& account) { account.fields["grant"] = "g-9"; });
  const auto done = set_roles("key-1", {"sales"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(done.error().in_doubt);
}

TEST_F(ZitadelVerbs, WithoutAProjectRolesAreNeitherReadNorWritten) {
  furnish({}, false);
  EXPECT_FALSE(provider_->capabilities().shows_roles);
  ASSERT_TRUE(create(zoe));
  EXPECT_TRUE(run(provider_->roles())->empty());
  EXPECT_FALSE(run(provider_->list(""))->accounts.at(0).roles);
  EXPECT_EQ(set_roles("key-1", {"sales"}).error().kind, ErrorKind::unsupported);
  EXPECT_THAT(asked(), ElementsAre("POST /v2/users/human", "POST /v2/users"));
}

TEST_F(ZitadelVerbs, WhetherV1IsServedIsAskedOnce) {
  furnish({{"management", "absent"}});
  ASSERT_TRUE(create(zoe));
  ASSERT_TRUE(run(provider_->roles()));
  ASSERT_TRUE(set_roles("key-1", {"sales"}));
  EXPECT_THAT(asked(), ElementsAre("POST /v2/users/human", "POST /management/v1/projects/rehearsal-project/roles/_search",
                                   "POST /zitadel.project.v2.ProjectService/ListProjectRoles", "POST /zitadel.authorization.v2.AuthorizationService/CreateAuthorization"));
}

// ---- listing ----

TEST_F(ZitadelVerbs, ATotalAboveTheItemsEndsTheListingWithAnError) {
  http_.answer(200, "{}");
  http_.answer(200, R"({"details":{"totalResult":"3"},"result":[{"userId":"1","human":{}}]})");
  http_.answer(200, R"({"details":{"totalResult":"3"}})");
  const auto first = run(provider_->list(""));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->accounts.size(), 1u);
  const auto second = run(provider_->list(first->next));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::forbidden);
  EXPECT_THAT(second.error().message, HasSubstr("counts 3 users and shows 1"));
}

TEST_F(ZitadelVerbs, SomebodyShownTwiceHidesSomebodyElse) {
  http_.answer(200, "{}");
  http_.answer(200, R"({"details":{"totalResult":"2"},"result":[{"userId":"1","human":{}}]})");
  http_.answer(200, R"({"details":{"totalResult":"2"},"result":[{"userId":"1","human":{}}]})");
  const auto first = run(provider_->list(""));
  const auto second = run(provider_->list(first->next));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->accounts.empty());
  EXPECT_THAT(run(provider_->list(second->next)).error().message, HasSubstr("counts 2 users and shows 1"));
}

TEST_F(ZitadelVerbs, GrantsThatAreNotShownMakeTheListingIncompleteToo) {
  http_.answer(200, R"({"details":{"totalResult":"4"}})");
  EXPECT_THAT(run(provider_->list("")).error().message, HasSubstr("counts 4 role grants and shows 0"));
}

TEST_F(ZitadelVerbs, AnOldCursorIsRefused) {
  http_.answer(200, "{}");
  http_.answer(200, R"({"details":{"totalResult":"2"},"result":[{"userId":"1","human":{}}]})");
  const auto first = run(provider_->list(""));
  ASSERT_TRUE(run(provider_->list("")));
  EXPECT_EQ(run(provider_->list(first->next)).error().kind, ErrorKind::conflict);
}

// ---- ids, and searches that lag ----

TEST_F(ZitadelVerbs, ALookThatLagsIsNotTakenForNobody) {
  furnish({{"lag", "5s"}});
  ASSERT_TRUE(create(zoe));
  const auto found = run(provider_->find(LookupBy::external_id, "key-1"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unavailable);
  now_ += std::chrono::seconds(5);
  EXPECT_TRUE(run(provider_->find(LookupBy::external_id, "key-1"))->has_value());
  EXPECT_FALSE(run(provider_->find(LookupBy::external_id, "key-2"))->has_value());
}

TEST_F(ZitadelVerbs, ACreateWhoseAnswerWasLostIsTakenUpWhenItIsShownAndInDoubtBefore) {
  furnish({{"lag", "5s"}});
  http_.lose_answer();
  EXPECT_TRUE(create(zoe).error().in_doubt);
  EXPECT_TRUE(create(zoe).error().in_doubt);
  now_ += std::chrono::seconds(5);
  EXPECT_EQ(create(zoe)->id, "key-1");
  EXPECT_EQ(sandbox_->tenant().accounts().size(), 1u);
}

TEST_F(ZitadelVerbs, AnIdThatIsTakenElsewhereLeavesTheChoiceToZitadel) {
  const std::string taken = R"j({"code":9,"message":"x (COMMAND-7yiox1isql)"})j";
  http_.answer(400, taken);
  http_.answer(200, R"({"user":{"userId":"key-1","details":{"resourceOwner":"another-org"},"human":{}}})");
  const auto made = create(zoe);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_NE(made->id, "key-1");
  EXPECT_EQ(made->fields.at("userId"), made->id);
}

// ---- changing ----

TEST_F(ZitadelVerbs, OneNameOfTwoIsReadBeforeItIsWritten) {
  ASSERT_TRUE(create(zoe));
  (void)asked();
  ASSERT_TRUE(run(provider_->update("key-1", {{"profile.familyName", "\xD0\x9D"}})));
  EXPECT_THAT(asked(), ElementsAre("GET /v2/users/key-1", "PUT /v2/users/human/key-1"));
  ASSERT_TRUE(run(provider_->update("key-1", {{"profile.familyName", "B"}, {"profile.givenName", "A"}, {"email", "b@example.com"}})));
  EXPECT_THAT(asked(), ElementsAre("PUT /v2/users/human/key-1"));
  EXPECT_EQ(*sandbox_->tenant().find_by("userId", "key-1")->field("displayName"), "Zo\xC3\xAB M\xC3\xBCller");
}

TEST_F(ZitadelVerbs, WhoWasNeverInitialisedIsLockedFirst) {
  ASSERT_TRUE(create(zoe));
  set("key-1", [](auto& account) { account.status = 5; });
  ASSERT_TRUE(run(provider_->suspend("key-1")));
  EXPECT_EQ(run(provider_->find(LookupBy::id, "key-1")).value()->status, AccountStatus::suspended);
}

TEST_F(ZitadelVerbs, WhoWasLockedBeforeIsLockedAgain) {
  ASSERT_TRUE(create(zoe));
  set("key-1", [](auto& account) { account.status = 4; });
  ASSERT_TRUE(run(provider_->suspend("key-1")));
  ASSERT_TRUE(run(provider_->reactivate("key-1", "USER_STATE_LOCKED")));
  EXPECT_EQ(run(provider_->find(LookupBy::id, "key-1")).value()->status, AccountStatus::locked);
}

TEST_F(ZitadelVerbs, MetadataAndAPhoneComeAndGo) {
  Fields fields = zoe;
  fields.insert({{"metadata.a b", "1"}, {"metadata.c", "2"}, {"phone", "+41791234567"}});
  ASSERT_TRUE(create(fields));
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(run(provider_->update("key-1", {{"metadata.a b", ""}, {"metadata.c", "3"}, {"phone", ""}})));
  const auto found = run(provider_->find(LookupBy::id, "key-1")).value();
  EXPECT_FALSE(found->fields.contains("metadata.a b"));
  EXPECT_EQ(found->fields.at("metadata.c"), "3");
  EXPECT_EQ(found->fields.at("phone"), "");
}

TEST_F(ZitadelVerbs, AMailToAnotherAddressIsRefusedWithoutACall) {
  InviteRequest invite;
  invite.account = "key-1";
  invite.email = "zoe@example.com";
  invite.to = "private@example.net";
  EXPECT_EQ(run(provider_->send_invitation(invite)).error().kind, ErrorKind::refused);
  EXPECT_TRUE(asked().empty());
}

TEST_F(ZitadelVerbs, SeveralWithOneAddressAreAConflict) {
  ASSERT_TRUE(create(zoe));
  Fields twin = zoe;
  twin["userId"] = "key-2";
  twin["username"] = "other";
  ASSERT_TRUE(create(twin));  // an address is not unique there
  EXPECT_EQ(run(provider_->find(LookupBy::email, "ZOE@example.com")).error().kind, ErrorKind::conflict);
}

}  // namespace
}  // namespace rollcall::test
