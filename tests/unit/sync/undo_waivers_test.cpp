// What `undo` took back stays so until something changes or a person says otherwise; and its brakes.
#include <gtest/gtest.h>

#include "support/undoing.hpp"

namespace rollcall::test {
namespace {

TEST(WaiverOfAnUndo, AChangedRecordEndsTheWaiver) {
  auto e = renamed();
  e->undo();
  expect_rest(*e, 1);
  e->set("ada", "sn", "King");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update ada"});
  EXPECT_EQ(title_of(*e, "ada"), "Boss");
  EXPECT_EQ(states(*e), "");
}

TEST(WaiverOfAnUndo, AChangedRecordEndsTheWaiverAlsoBeforeAnyRunMetIt) {
  auto e = renamed();
  e->undo();
  e->set("ada", "title", "Chief");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update ada"});
  EXPECT_EQ(title_of(*e, "ada"), "Chief");
  EXPECT_EQ(states(*e), "");
}

TEST(WaiverOfAnUndo, AChangedAccountEndsTheWaiver) {
  auto e = renamed();
  e->undo();
  expect_rest(*e, 1);
  for (auto& [_, a] : e->provider.accounts)
    if (a.fields["userName"] == "ada") a.fields["givenName"] = "Eve";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update ada"});
}

TEST(WaiverOfAnUndo, AnApprovalEndsTheWaiver) {
  auto e = renamed();
  e->undo();
  expect_rest(*e, 1);
  approve_waivers(*e);
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update ada"});
  EXPECT_EQ(title_of(*e, "ada"), "Boss");
}

TEST(WaiverOfAnUndo, TimeEndsTheWaiver) {
  auto e = renamed();
  e->undo();
  EXPECT_EQ(lines(e->later(24h * 29).plan), Lines{});
  EXPECT_EQ(lines(e->later(24h * 2).plan), Lines{"update ada"});
}

TEST(WaiverOfAnUndo, APollKeepsToTheWaiverToo) {
  auto e = renamed();
  e->undo();
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  for (int i = 0; i < 2; ++i) {
    const Turn turn = e->later(1min, poll);
    EXPECT_EQ(lines(turn.plan), Lines{});
    EXPECT_EQ(waived(turn.plan), 1);
  }
  expect_rest(*e, 1);
}

TEST(WaiverOfAnUndo, ASecondUndoOfTheSamePersonEndsNoEarlierWaiver) {
  auto e = renamed();                     // run2: title
  e->provider.add_role("Sales");
  e->role("Sales", "sales");
  e->group("sales", {"ada"});
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"assign ada Sales"});   // run3
  e->now += 1min;
  e->undo("run2");
  expect_rest(*e, 1);
  e->undo("run3");
  expect_rest(*e, 2);
  EXPECT_EQ(title_of(*e, "ada"), "Clerk");
  EXPECT_EQ(e->roles_of("ada"), "");
}

TEST(UndoAndBrakes, WhatExceedsALimitIsHeldForItselfAndGoesOnceItIsApproved) {
  Engine e;
  e.people(6);
  e.apply();                                   // run1
  e.limit("suspend", 2);
  e.now += 1min;
  const Turn held = e.undo("run1");
  EXPECT_EQ(held.at().summary.at("held"), 6);
  EXPECT_NE(held.at().actions[0].held->reason.find("; undo of run run1"), std::string::npos);
  EXPECT_EQ(held.report.carried_out, 0);
  e.set("p100", "locked", "yes");              // a leaver does not wait for what is held of an undo
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
  EXPECT_EQ(e.state->holds().value().size(), 6u) << "another run does not end them";
  e.approve_all();
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(sync::approved_undos(*e.state, "").value(), std::set<std::string>{"run1"});
  e.now += 1min;
  EXPECT_EQ(e.undo("run1").report.carried_out, 5);
  expect_rest(e, 5);
}

TEST(UndoAndBrakes, OnlyWhatIsApprovedGoesOnAndWhatHasNothingLeftToDoIsForgotten) {
  Engine e;
  e.people(3);
  e.apply();                                   // run1
  e.limit("suspend", 0);
  e.now += 1min;
  e.undo("run1");
  auto rows = e.state->holds().value();
  ASSERT_EQ(rows.size(), 3u);
  for (auto* row : {&rows[0], &rows[1]}) {
    row->state = "approved";
    ASSERT_TRUE(e.state->put_hold(*row));
  }
  e.provider.accounts.begin()->second.status = AccountStatus::suspended;   // p100: somebody was faster
  e.now += 1min;
  auto made = sync::reconcile(*e.state, e.house, e.io, e.now, Engine::undoing("run1")).value();
  ASSERT_TRUE(sync::keep_approved(*e.state, e.house, made.plan));
  EXPECT_EQ(lines(made.plan), Lines{"suspend p101"});
  EXPECT_EQ(made.plan.providers[0].summary.at("suspend"), 1);
  EXPECT_EQ(states(e), "approved suspend p101, held suspend p102");
}

TEST(UndoAndBrakes, ARejectionOfAnUndoIsKept) {
  Engine e;
  e.people(3);
  e.apply();
  e.limit("suspend", 0);
  e.undo("run1");
  e.reject_all();
  e.later(1min);
  const Turn turn = e.undo("run1");
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_EQ(waived(turn.plan), 3);
}

// Ada, Bea and Carl, of whom run2 changed titles, roles and a status.
void live(Engine& e, bool first) {
  e.provider.add_role("Sales");
  e.role("Sales", "sales");
  e.settings().concurrency = 1;
  for (const char* id : {"ada", "bea", "carl"}) e.person(id);
  e.group("sales", {"ada", "bea"});
  if (first) e.apply();
  e.set("ada", "title", "Boss");
  e.set("carl", "locked", "yes");
  e.group("sales", {"bea", "carl"});
  e.now += 1min;
  if (first) e.apply();
}
std::string picture(const Engine& e) {
  std::string out;
  for (const char* id : {"ada", "bea", "carl"}) out += e.status_of(id) + " " + e.account(id)->fields.at("title") + " " + e.roles_of(id) + "; ";
  return out;
}

TEST(UndoAfterAKill, WhatWasUndoneStaysSoAndTheSameUndoDoesTheRest) {
  struct Instant_ {
    Folder folder;
    std::map<std::string, Account> accounts;
  };
  std::vector<std::unique_ptr<Instant_>> instants;
  Engine first;
  live(first, true);
  first.witness->told = [&](const std::string&) {
    auto i = std::make_unique<Instant_>();
    for (const char* name : {"/state.db", "/state.db-wal"})
      if (std::filesystem::exists(first.folder.path() + name)) std::filesystem::copy(first.folder.path() + name, i->folder.path() + name);
    i->accounts = first.provider.accounts;
    instants.push_back(std::move(i));
  };
  first.now += 1min;
  first.undo("run2");
  const std::string undone = picture(first);
  ASSERT_EQ(undone, "pending Clerk Sales; pending Clerk Sales; pending Clerk ; ");
  ASSERT_GE(instants.size(), 6u);
  for (const auto& i : instants) {
    Engine e;
    live(e, false);
    e.state.reset();
    for (const char* name : {"/state.db", "/state.db-wal", "/state.db-shm"}) {
      std::filesystem::remove(e.folder.path() + name);
      if (std::filesystem::exists(i->folder.path() + name)) std::filesystem::copy(i->folder.path() + name, e.folder.path() + name);
    }
    e.provider.accounts = i->accounts;
    e.runs = 100;
    e.reopen();
    const std::string at = picture(e);
    for (int n = 0; n < 2; ++n) EXPECT_EQ(lines(e.later(20min).plan), Lines{}) << at;
    EXPECT_EQ(picture(e), at);
    e.undo("run2");
    EXPECT_EQ(picture(e), undone) << at;
    for (int n = 0; n < 2; ++n) EXPECT_EQ(lines(e.later(20min).plan), Lines{}) << at;
    EXPECT_EQ(picture(e), undone) << at;
  }
}

TEST(UndoAfterAKill, TheWaiversAreThereBeforeTheFirstRequest) {
  auto e = renamed();
  std::string seen;
  e->witness->told = [&](const std::string& moment) {
    if (moment == "before update") seen = states(*e);
  };
  e->undo();
  EXPECT_EQ(seen, "waived update ada");
}

}  // namespace
}  // namespace rollcall::test
