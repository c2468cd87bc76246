// `undo`: what a run did is taken back, kind by kind, and can be done again.
#include <gtest/gtest.h>

#include <random>

#include "support/undoing.hpp"

namespace rollcall::test {
namespace {

TEST(UndoOfAnUpdate, GoesBackAndIsNotDoneAgain) {
  auto e = renamed();
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), Lines{"update ada"});
  EXPECT_EQ(turn.plan.providers[0].actions[0].reason, "undo of run run2: back to what it was");
  EXPECT_EQ(title_of(*e, "ada"), "Clerk");
  EXPECT_EQ(states(*e), "waived update ada");
  expect_rest(*e, 1);
  EXPECT_EQ(title_of(*e, "ada"), "Clerk");
}

TEST(UndoOfAnUpdate, WhatSomebodyChangedSinceIsLeftAndNamed) {
  auto e = renamed();
  for (auto& [_, a] : e->provider.accounts)
    if (a.fields["userName"] == "ada") a.fields["title"] = "Queen";
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), Lines{});
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_EQ(turn.plan.warnings[0].source, "idp");
  EXPECT_EQ(turn.plan.warnings[0].record, "ada");
  EXPECT_NE(turn.plan.warnings[0].detail.find("to \"Queen\""), std::string::npos);
  EXPECT_EQ(title_of(*e, "ada"), "Queen");
  EXPECT_EQ(states(*e), "");
}

TEST(UndoOfAnUpdate, APreviewWritesNothing) {
  auto e = renamed();
  const auto calls = e->provider.count("update");
  EXPECT_EQ(lines(e->plan(Engine::undoing("run2"))), Lines{"update ada"});
  EXPECT_EQ(e->provider.count("update"), calls);
  EXPECT_EQ(states(*e), "");
}

TEST(UndoOfAnUpdate, AProtectedAccountIsNotTouched) {
  auto e = renamed();
  e->protect("userName eq \"ada\"");
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), Lines{});
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("protected"), std::string::npos);
}

TEST(UndoOfAnUpdate, WhatFailedIsNotWaivedAndCanBeUndoneAgain) {
  auto e = renamed();
  e->faulty.on_cue({"update", unavailable(), false, 0, 1});
  EXPECT_EQ(e->undo("run2").report.failed, 1);
  EXPECT_EQ(states(*e), "");
  e->now += 1min;
  EXPECT_EQ(e->undo("run2").report.carried_out, 1);
  EXPECT_EQ(title_of(*e, "ada"), "Clerk");
  EXPECT_EQ(states(*e), "waived update ada");
  EXPECT_EQ(lines(e->undo("run2").plan), Lines{}) << "twice is harmless";
  expect_rest(*e, 1);
}

TEST(UndoOfAnUndo, DoesItAgainAndLeavesNoWaiver) {
  auto e = renamed();
  e->undo();                              // run3
  expect_rest(*e, 1);
  e->undo("run3");
  EXPECT_EQ(title_of(*e, "ada"), "Boss");
  EXPECT_EQ(states(*e), "");
  expect_rest(*e, 0);
}

TEST(UndoOfAMove, RolesGoBackBothWays) {
  Engine e;
  for (const char* role : {"Sales", "Crm"}) e.provider.add_role(role);
  e.role("Sales", "sales");
  e.role("Crm", "crm");
  for (const char* id : {"ada", "bea"}) e.person(id);
  e.group("sales", {"ada", "bea"});
  e.group("crm", {"bea"});
  e.apply();
  e.group("sales", {"bea"});
  e.group("crm", {"ada", "bea"});
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"revoke ada Sales", "assign ada Crm"}));
  const Turn turn = e.undo();
  EXPECT_EQ(lines(turn.plan), (Lines{"revoke ada Crm", "assign ada Sales"}));
  EXPECT_EQ(e.roles_of("ada"), "Sales");
  expect_rest(e, 2);
  EXPECT_EQ(e.roles_of("ada"), "Sales");
}

std::unique_ptr<Engine> joined(Capabilities c) {
  auto e = std::make_unique<Engine>(std::move(c));
  e->provider.add_role("Sales");
  e->role("Sales", "sales");
  e->invites();
  e->person("ada");
  e->group("sales", {"ada"});
  e->apply();
  return e;
}

TEST(UndoOfAJoin, SuspendsTakesTheRolesAndTheInvitationAndDeletesNothing) {
  auto e = joined(MemoryProvider::everything());
  EXPECT_EQ(e->mailbox.mails.size(), 1u);
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), (Lines{"cancel ada", "revoke ada Sales", "suspend ada"}));
  EXPECT_EQ(e->status_of("ada"), "suspended");
  EXPECT_EQ(e->roles_of("ada"), "");
  EXPECT_TRUE(e->provider.invitations[0].cancelled);
  EXPECT_EQ(turn.plan.warnings.size(), 0u);
  expect_rest(*e, 3);
  EXPECT_EQ(e->mailbox.mails.size(), 1u);
}

TEST(UndoOfAJoin, SaysThatAMailCannotBeUnsentWhereTheLinkCannotBeRecalled) {
  auto e = joined(like_onelogin());
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), (Lines{"cancel ada", "revoke ada Sales", "suspend ada"}));
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("cannot be unsent"), std::string::npos);
  expect_rest(*e, 3);
}

TEST(UndoOfAJoin, TakesTheRolesOnlyWhereTheProviderCannotSuspend) {
  Capabilities c = MemoryProvider::everything();
  c.suspends = false;
  auto e = joined(c);
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), (Lines{"cancel ada", "revoke ada Sales"}));
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("cannot suspend"), std::string::npos);
  EXPECT_EQ(e->roles_of("ada"), "");
  expect_rest(*e, 2);
}

TEST(UndoOfAJoin, IsDoneAgainByItsOwnUndoButForTheMail) {
  auto e = joined(MemoryProvider::everything());
  e->undo();                                   // run2
  expect_rest(*e, 3);
  const Turn again = e->undo("run2");
  EXPECT_EQ(lines(again.plan), (Lines{"reactivate ada", "assign ada Sales"}));
  ASSERT_EQ(again.plan.warnings.size(), 1u);
  EXPECT_NE(again.plan.warnings[0].detail.find("rollcall invitations resend ada"), std::string::npos);
  EXPECT_EQ(e->roles_of("ada"), "Sales");
  expect_rest(*e, 1);                          // the invitation stays cancelled
}

TEST(UndoOfALeave, GivesTheAccountBackUntilThereIsANewerStatement) {
  Engine e;
  e.person("ada");
  e.person("bea");
  e.apply();
  e.set("ada", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend ada"});
  EXPECT_EQ(lines(e.undo().plan), Lines{"reactivate ada"});
  EXPECT_EQ(e.status_of("ada"), "pending");
  expect_rest(e, 1);
  e.set("ada", "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(states(e), "");
  e.set("ada", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend ada"});
}

TEST(UndoOfALeave, AStatementAfterAnAbsenceIsNewer) {
  Engine e;
  e.person("bea");
  const auto ada = e.person("ada");
  e.apply();
  e.corp->people.erase("ada");
  e.later(20min);
  EXPECT_EQ(lines(e.later(20min).plan), Lines{"suspend ada"});
  const std::string leave = "run" + std::to_string(e.runs);
  e.undo(leave);
  expect_rest(e, 1);
  e.corp->people["ada"] = ada;
  e.set("ada", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend ada"});
}

TEST(UndoOfALeave, WhoLeftAfterTheRunIsNamedAndNotTouched) {
  auto e = renamed();
  e->set("ada", "locked", "yes");
  e->now += 1min;
  const Turn turn = e->undo();
  EXPECT_EQ(lines(turn.plan), Lines{});
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("has left since the run (inactive in corp)"), std::string::npos);
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"suspend ada"});
}

TEST(UndoOfADeletion, IsNamed) {
  Engine e;
  e.settings().on_leave = "delete";
  e.person("ada");
  e.person("bea");
  e.apply();
  e.set("ada", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"delete ada"});
  const Turn turn = e.undo();
  EXPECT_EQ(lines(turn.plan), Lines{});
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("was deleted and cannot be brought back"), std::string::npos);
}

TEST(UndoOfAnAdoption, GivesTheAccountBackAndAnotherUndoTakesItAgain) {
  Engine e;
  e.settings().adopt = true;
  e.person("ada");
  const auto id = e.provider.add({{"userName", "ada"}, {"email", "ada@example.org"}});
  EXPECT_EQ(lines(e.apply().plan), Lines{"adopt ada"});
  EXPECT_EQ(lines(e.undo("run1").plan), Lines{"unlink ada"});
  EXPECT_FALSE(e.state->account_of("idp", "ada").value());
  expect_rest(e, 1);
  EXPECT_EQ(lines(e.undo("run2").plan), Lines{"adopt ada"});
  EXPECT_EQ(e.state->account_of("idp", "ada").value()->id, id);
  EXPECT_EQ(states(e), "");
}

TEST(UndoOfNothing, IsEmptyAndAnUnknownRunIsAnError) {
  Engine e;
  e.person("ada");
  e.apply();
  e.later(1min);                               // run2 did nothing
  EXPECT_TRUE(e.undo("run2").plan.providers.empty());
  auto scope = Engine::undoing("nope");
  const auto made = sync::reconcile(*e.state, e.house, e.io, e.now, scope);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::not_found);
}

TEST(UndoNames, ARunByTheBeginningOfItsId) {
  Engine e;
  for (const char* id : {"0195-aa", "0195-ab", "0196-a"}) {
    store::RunRow row;
    row.id = id;
    row.started = e.now;
    ASSERT_TRUE(e.state->put_run(row));
  }
  EXPECT_EQ(sync::run_named(*e.state, "0196")->id, "0196-a");
  EXPECT_EQ(sync::run_named(*e.state, "0195-aa")->id, "0195-aa");
  const auto several = sync::run_named(*e.state, "0195");
  ASSERT_FALSE(several);
  EXPECT_NE(several.error().message.find("0195-aa"), std::string::npos);
  EXPECT_NE(several.error().message.find("0195-ab"), std::string::npos);
  for (const char* none : {"", "7"}) {
    const auto unknown = sync::run_named(*e.state, none);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("rollcall history"), std::string::npos);
  }
}

// Over random changes: a run that is undone leaves the provider as it was before it, the next runs change nothing, and undoing the undo
// leaves it as after the run. Accounts that the run made are suspended instead.
std::string picture(const Engine& e, const std::set<std::string>& only) {
  std::string out;
  for (const auto& [id, a] : e.provider.accounts) {
    if (!only.contains(id)) continue;
    out += id + " " + std::string(to_string(a.status));
    for (const auto& [field, value] : a.fields)
      if (!value.empty()) out += " " + field + "=" + value;
    for (const auto& role : *a.roles) out += " +" + role;
    out += "\n";
  }
  return out;
}

class Undone : public testing::TestWithParam<bool> {};

TEST_P(Undone, ARunIsAsIfItHadNotBeenAndTheUndoneUndoAsIfItHad) {
  for (unsigned seed = 1; seed <= last_seed(1, 6) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::minstd_rand dice(seed);
    Engine e(GetParam() ? MemoryProvider::everything() : like_onelogin());
    for (const char* role : {"Sales", "Staff"}) e.provider.add_role(role);
    e.role("Sales", "sales");
    e.role("Staff", "", "title ne \"Guest\"");
    e.people(8);
    const auto shake = [&] {
      std::vector<std::string> members{"p107"};   // a group that is empty all at once is only believed later
      for (int i = 0; i < 8; ++i) {
        const std::string id = "p" + std::to_string(100 + i);
        if (i < 7 && dice() % 3 == 0) members.push_back(id);
        if (dice() % 3 == 0) e.set(id, "title", dice() % 2 ? "Guest" : "Clerk " + std::to_string(dice() % 9));
        if (dice() % 4 == 0) e.set(id, "locked", dice() % 2 ? "yes" : "");
        if (dice() % 5 == 0) e.set(id, "sn", dice() % 2 ? "" : "Name" + std::to_string(dice() % 9));
      }
      e.group("sales", members);
    };
    shake();
    e.apply();
    e.later(20min);
    std::set<std::string> ids;
    for (const auto& [id, _] : e.provider.accounts) ids.insert(id);
    const std::string before = picture(e, ids);
    e.now += 20min;
    shake();
    if (dice() % 2) e.person("new");
    const std::string changed = lines(e.apply().plan).empty() ? "" : "run" + std::to_string(e.runs);
    if (changed.empty()) continue;
    const std::string after = picture(e, ids);
    e.now += 1min;
    const Turn back = e.undo(changed);
    for (const auto& t : back.report.troubles) ADD_FAILURE() << to_string(t.kind) << " " << t.user << ": " << t.detail;
    EXPECT_EQ(picture(e, ids), before);
    if (e.account("new")) {
      EXPECT_EQ(e.status_of("new"), "suspended");
    }
    const std::string undo = "run" + std::to_string(e.runs);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(20min).plan), Lines{});
    EXPECT_EQ(picture(e, ids), before);
    e.undo(undo);
    EXPECT_EQ(picture(e, ids), after);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(20min).plan), Lines{});
    EXPECT_EQ(states(e), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, Undone, testing::Bool(), [](const auto& info) { return std::string(info.param ? "All" : "LikeOneLogin"); });

}  // namespace
}  // namespace rollcall::test
