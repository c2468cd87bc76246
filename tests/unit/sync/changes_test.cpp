// What changed at a provider between two listings, taken by a poll (sync/changes.hpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

// Three people as they should be, listed a while ago.
class Changes : public testing::Test {
 protected:
  Changes() : e(MemoryProvider::everything()) {
    for (const char* role : {"Sales", "Staff"}) e.provider.add_role(role);
    e.role("Sales", "sales");
    e.people(3);
    e.group("sales", {"p100", "p101"});
    e.apply();
    EXPECT_EQ(lines(e.later(1h).plan), Lines{});
  }
  Turn poll(Duration after = 10min) {
    sync::Scope scope;
    scope.full = scope.list_providers = false;
    e.provider.calls.clear();
    return e.later(after, scope);
  }
  // Somebody changes an account at the provider, this long ago.
  void by_hand(const std::string& user_name, const std::function<void(Account&)>& change, Duration ago = 0min) {
    Account& account = e.provider.accounts.at(e.account(user_name)->id);
    change(account);
    e.provider.changed[account.id] = e.now - ago;
  }
  void retitled(const std::string& user_name, Duration ago = 0min) {
    by_hand(user_name, [](Account& account) { account.fields["title"] = "Emperor"; }, ago);
  }
  std::string title(const std::string& user_name) { return e.account(user_name)->fields.at("title"); }
  store::ProviderRow row() { return *e.state->provider("idp").value(); }

  Engine e;
};

TEST_F(Changes, AQuietPollAsksWhatChangedAndNothingElse) {
  EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(e.provider.calls, Lines{"list_changed "});
  EXPECT_FALSE(poll().trouble);
  EXPECT_EQ(e.provider.calls, Lines{"list_changed "});
}

TEST_F(Changes, WhoWasChangedByHandIsPutRightByThePoll) {
  retitled("p100");
  by_hand("p101", [](Account& account) { account.roles = {"r2"}; });
  EXPECT_EQ(lines(poll().plan), (Lines{"update p100", "assign p101 Sales"}));
  EXPECT_EQ(title("p100"), "Clerk");
  EXPECT_EQ(e.roles_of("p101"), "Sales Staff") << "no rule gives Staff: it is not ours to take";
  EXPECT_EQ(e.provider.count("list"), 0u);
}

TEST_F(Changes, WhatRollcallChangedItselfIsNoDrift) {
  e.set("p102", "title", "Boss");
  e.person("zoe");
  EXPECT_EQ(lines(poll().plan), (Lines{"create zoe", "update p102"}));
  EXPECT_EQ(lines(poll(3min).plan), Lines{});
  EXPECT_EQ(e.provider.calls, (Lines{"list_changed ", "roles"})) << "they show once more, as they should be";
  EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(e.provider.calls, Lines{"list_changed "});
}

TEST_F(Changes, AnUpdateThatWasAcceptedAndDoesNotShowIsReportedByThePoll) {
  e.witness->ignored_fields = {"title"};
  e.set("p102", "title", "Boss");
  poll();
  EXPECT_TRUE(poll(3min).trouble);
  store::State::ActionFilter failed;
  failed.failed = true;
  EXPECT_EQ(e.state->actions(failed, 10).value().at(0).detail, "the provider accepted title = \"Boss\" for account 3 and shows \"Clerk\"");
}

TEST_F(Changes, AClockThatIsLateByMinutesHidesNothing) {
  retitled("p100", 4min);
  retitled("p101", 6min);
  EXPECT_EQ(lines(poll().plan), Lines{"update p100"});
  EXPECT_EQ(lines(e.later(1h).plan), Lines{"update p101"}) << "the full run looks at everybody";
}

TEST_F(Changes, NothingIsConcludedFromAbsence) {
  const auto before = row();
  const std::string id = e.account("p100")->id;
  e.provider.accounts.erase(id);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(e.provider.count("find"), 0u);
  EXPECT_EQ(e.state->account("idp", id).value()->missing_runs, 0);
  EXPECT_EQ(row().last_complete, before.last_complete);
  EXPECT_EQ(row().accounts, before.accounts);
  EXPECT_TRUE(row().complete);
}

TEST_F(Changes, WhereTheyCannotBeListedTheRestIsDoneAndTheNextPollAsksForTheSame) {
  const auto before = row().changes_since;
  retitled("p100");
  e.set("p102", "title", "Boss");
  e.faulty.on_cue({"list_changed", unavailable(), false, 0, 1});
  const Turn turn = poll();
  EXPECT_EQ(lines(turn.plan), Lines{"update p102"});
  EXPECT_EQ(turn.report.failed, 0);
  EXPECT_TRUE(turn.trouble);
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_THAT(turn.plan.warnings[0].detail, testing::HasSubstr("the connection was closed"));
  EXPECT_TRUE(turn.at().complete) << "the last listing stands";
  EXPECT_EQ(row().changes_since, before);
  EXPECT_EQ(lines(poll(1h).plan), Lines{"update p100"});
}

TEST_F(Changes, WithoutTheCatalogueOfRolesNobodyLooksChanged) {
  by_hand("p100", [](Account& account) { account.roles->clear(); });
  e.faulty.on_cue({"roles", unavailable(), false, 0, 1});
  EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(lines(poll().plan), Lines{"assign p100 Sales"});
}

TEST_F(Changes, BeforeTheFirstCompleteListingNobodyIsAsked) {
  auto old = row();
  old.changes_since = {};
  ASSERT_TRUE(e.state->put_provider(old));
  retitled("p100");
  EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(e.provider.count("list_changed"), 0u);
  EXPECT_EQ(lines(e.later(1h).plan), Lines{"update p100"});
  poll();
  EXPECT_EQ(e.provider.count("list_changed"), 1u);
}

TEST_F(Changes, AfterAnIncompleteListingEverybodyIsListed) {
  e.faulty.on_cue({"list", unavailable(), false, 0, 1});
  EXPECT_FALSE(e.later(1h).at().complete);
  poll();
  EXPECT_EQ(e.provider.count("list"), 1u);
  EXPECT_EQ(e.provider.count("list_changed"), 0u);
}

TEST_F(Changes, ManyRunsInARowAskOnceAPoll) {
  poll();
  for (int i = 0; i < 3; ++i) {                        // pushes wake them
    e.set("p102", "title", "Boss " + std::to_string(i));
    EXPECT_EQ(lines(poll(10s).plan), Lines{"update p102"});
    EXPECT_EQ(e.provider.count("list_changed"), 0u);
  }
  poll(5min);
  EXPECT_EQ(e.provider.count("list_changed"), 1u);
}

TEST_F(Changes, AnAccountThatSomebodyMadeIsAdoptedAndNotMadeTwice) {
  e.settings().adopt = true;
  const std::string id = e.provider.add({{"userName", "zoe"}, {"email", "zoe@example.org"}}, {"r2"});
  e.provider.changed[id] = e.now;
  EXPECT_EQ(lines(poll().plan), Lines{});
  e.person("zoe");
  EXPECT_EQ(lines(poll().plan).at(0), "adopt zoe");
  EXPECT_EQ(e.provider.count("create"), 0u);
}

TEST_F(Changes, AnAccountThatIsProtectedNowIsLeftAlone) {
  e.protect("title eq \"Emperor\"");
  e.later(1h);
  retitled("p100");
  EXPECT_EQ(lines(poll().plan), Lines{});
  EXPECT_EQ(title("p100"), "Emperor");
}

TEST_F(Changes, ALeaverWhomSomebodyReactivatedIsSuspendedAgain) {
  e.set("p100", "locked", "yes");
  EXPECT_EQ(lines(poll().plan), Lines{"suspend p100"});
  poll();
  by_hand("p100", [](Account& account) { account.status = AccountStatus::active; });
  EXPECT_EQ(lines(poll().plan), Lines{"suspend p100"});
}

}  // namespace
}  // namespace rollcall::test
