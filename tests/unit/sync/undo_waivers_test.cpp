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
  EXPECT_NE(held.at().actions[0].held->reason.find("rollcall undo run1"), std::string::npos);
  EXPECT_EQ(held.report.carried_out, 0);
  e.set("p100", "locked", "yes");              // a leaver does not wait for what is held of an undo
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
  EXPECT_EQ(e.state->holds().value().size(), 6u) << "another run does not end them";
  e.approve_all();
  EXPECT_EQ(lines(e.later(1min).plan), Lines{}) << "and does not carry them out";
  e.now += 1min;
  EXPECT_EQ(e.undo("run1").report.carried_out, 5);
  expect_rest(e, 5);
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
