// Promise 6: what is held, approved and rejected, over several runs (contract 4.5).
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Engine> leaving(int leavers, int limit) {
  auto e = std::make_unique<Engine>();
  e->people(12);
  e->apply();
  e->limit("suspend", limit);
  for (int i = 0; i < leavers; ++i) e->set("p" + std::to_string(100 + i), "locked", "yes");
  return e;
}

std::string states(Engine& e) {
  std::string out;
  for (const auto holds = e.state->holds().value(); const auto& h : holds) out += (out.empty() ? "" : " ") + h.kind + ":" + h.person + ":" + h.state;
  return out;
}

TEST(Holds, WhatExceedsIsHeldAndWrittenDownAndTheRestFlows) {
  auto e = leaving(3, 2);
  e->set("p110", "title", "Boss");
  const Turn turn = e->later(1min);
  EXPECT_EQ(lines(turn.plan), (Lines{"suspend p100 held", "suspend p101 held", "suspend p102 held", "update p110"}));
  EXPECT_EQ(turn.report.carried_out, 1);
  EXPECT_EQ(turn.at().summary.at("held"), 3);
  EXPECT_EQ(turn.at().summary.at("suspend"), 3) << "held actions are counted in their kind too";
  EXPECT_EQ(states(*e), "suspend:p100:held suspend:p101:held suspend:p102:held");
  EXPECT_EQ(e->status_of("p100"), "pending");
}

TEST(Holds, ARestartClearsNone) {
  auto e = leaving(3, 2);
  e->later(1min);
  const auto before = states(*e);
  const auto since = e->state->holds().value()[0].since;
  for (int i = 0; i < 3; ++i) {
    e->reopen();
    EXPECT_EQ(lines(e->later(24h).plan).size(), 3u);
  }
  EXPECT_EQ(states(*e), before);
  EXPECT_EQ(e->state->holds().value()[0].since, since);
}

TEST(Holds, OneBadBatchNeverStopsTheNextPerson) {
  auto e = leaving(3, 2);
  e->later(1min);
  e->set("p111", "locked", "yes");
  e->later(1min);
  EXPECT_EQ(e->status_of("p111"), "suspended");
  EXPECT_EQ(e->status_of("p100"), "pending");
}

TEST(Holds, WhatIsApprovedIsCarriedOutOnceAndNotCountedAgainstTheNext) {
  auto e = leaving(3, 2);
  e->later(1min);
  e->approve_all();
  EXPECT_EQ(e->later(1min).report.carried_out, 3);
  EXPECT_EQ(states(*e), "");
  for (const char* id : {"p103", "p104"}) e->set(id, "locked", "yes");
  EXPECT_EQ(lines(e->later(1min).plan), (Lines{"suspend p103", "suspend p104"}));
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
}

TEST(Holds, WhatWasCarriedOutWithinADayCounts) {
  auto e = leaving(2, 2);
  e->later(1min);
  e->set("p103", "locked", "yes");
  EXPECT_EQ(lines(e->later(23h).plan), Lines{"suspend p103 held"});
  e->set("p103", "locked", "");
  e->later(1min);
  EXPECT_EQ(states(*e), "") << "what is no longer planned holds nothing";
  e->set("p104", "locked", "yes");
  EXPECT_EQ(lines(e->later(2h).plan), Lines{"suspend p104"});
}

TEST(Holds, AnApprovalThatFailedIsStillOne) {
  auto e = leaving(3, 2);
  e->later(1min);
  e->approve_all();
  e->faulty.on_cue({"suspend", unavailable(), false, 0, 3});
  EXPECT_EQ(e->later(1min).report.failed, 3);
  EXPECT_EQ(e->later(1min).report.carried_out, 3);
}

TEST(Holds, WhatIsRejectedIsWaivedCountedAndNotDone) {
  auto e = leaving(3, 2);
  e->later(1min);
  e->reject_all();
  const Turn turn = e->later(1min);
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_EQ(turn.at().summary.at("waived"), 3);
  EXPECT_EQ(states(*e), "suspend:p100:waived suspend:p101:waived suspend:p102:waived");
}

TEST(Holds, AWaiverEndsWithItsTime) {
  auto e = leaving(1, 0);
  e->later(1min);
  e->reject_all();
  EXPECT_EQ(lines(e->later(24h * 29).plan), Lines{});
  EXPECT_EQ(lines(e->later(24h * 2).plan), Lines{"suspend p100 held"});
  EXPECT_EQ(states(*e), "suspend:p100:held");
}

TEST(Holds, AWaiverThatIsOverWithNothingPlannedIsForgotten) {
  auto e = leaving(1, 0);
  e->later(1min);
  e->reject_all();
  e->set("p100", "locked", "");
  e->later(24h * 31);
  EXPECT_EQ(states(*e), "");
}

TEST(Holds, AWaiverOfAnAbsentLeaverCoversNoNewerStatement) {
  auto e = leaving(0, 0);
  const auto p100 = e->corp->people.at("p100");
  e->corp->people.erase("p100");
  e->later(1min);
  EXPECT_EQ(lines(e->later(1h).plan), Lines{"suspend p100 held"});
  e->reject_all();
  EXPECT_EQ(lines(e->later(1h).plan), Lines{});
  e->corp->people["p100"] = p100;
  e->set("p100", "locked", "yes");
  EXPECT_EQ(lines(e->later(1h).plan), Lines{"suspend p100 held"});
}

TEST(Holds, WhatDependsOnAHeldActionWaitsAndHasNoHoldOfItsOwn) {
  Engine e;
  e.invites();
  e.limit("create", 0);
  e.person("ada");
  EXPECT_EQ(lines(e.apply().plan), (Lines{"create ada held", "invite ada held"}));
  EXPECT_EQ(states(e), "create:ada:held");
  e.approve_all();
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"create ada", "invite ada"}));
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
}

TEST(Holds, CreatesAreHeldAtAProviderWhereHardlyAnyoneMatches) {
  Engine e;
  e.people(20);
  for (int i = 0; i < 20; ++i) e.provider.add({{"userName", "x" + std::to_string(i)}, {"email", "x" + std::to_string(i) + "@other.org"}});
  const Turn turn = e.apply();
  EXPECT_EQ(turn.at().summary.at("held"), 20);
  EXPECT_NE(turn.at().actions[0].held->reason.find("hardly anyone matched"), std::string::npos);
  e.approve_all();
  EXPECT_EQ(e.later(1min).report.carried_out, 20);
}

TEST(Holds, TheFirstRolesOfAnAdoptedAccountThatCannotShowThemAreHeld) {
  Engine e;
  e.settings().adopt = true;
  e.person("ada");
  e.provider.add_role("Sales");
  e.provider.add_role("Admin");
  e.role("Sales", "sales");
  e.group("sales", {"ada"});
  e.provider.add({{"userName", "ada"}, {"email", "ada@example.org"}}, {"r2"});
  e.apply();
  e.later(1min);
  EXPECT_EQ(states(e), "assign:ada:held");
  EXPECT_EQ(e.roles_of("ada"), "Admin");
  e.approve_all();
  e.later(1min);
  EXPECT_EQ(e.roles_of("ada"), "Sales");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

}  // namespace
}  // namespace rollcall::test
