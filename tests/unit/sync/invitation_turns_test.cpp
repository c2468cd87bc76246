// Invitations that wait for their turn: quiet hours and waves (contract 4.5, 4.7).
#include <gtest/gtest.h>

#include "support/invited.hpp"
#include "support/zone.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

// ---- quiet hours ----

TEST_F(Invited, NoMailInTheQuietHoursAndTheFirstRunAfterThemSends) {
  const Zone zone("Europe/Berlin");                    // it is 16:13 there
  settings().quiet = "16:00-07:00";
  e.people(3);
  const Turn evening = e.apply();
  EXPECT_EQ(evening.report.waiting, 3);
  EXPECT_EQ(evening.report.done.count("invite"), 0u);
  EXPECT_EQ(evening.report.failed, 0);
  EXPECT_EQ(count("pending"), 3u);
  EXPECT_EQ(row("p100").detail, "quiet hours (16:00-07:00)");
  EXPECT_EQ(e.provider.count("invite"), 0u) << "a link that nobody sends would only grow old";
  EXPECT_EQ(lines(e.later(8h).plan), Lines{}) << "past midnight";
  EXPECT_EQ(e.plan().providers[0].summary.at("unchanged"), 3);
  const Turn morning = e.later(7h);                    // 07:13
  EXPECT_EQ(lines(morning.plan), (Lines{"invite p100", "invite p101", "invite p102"}));
  EXPECT_EQ(e.mailbox.mails.size(), 3u);
}

TEST_F(Invited, APollWithoutAnyChangeSendsWhatWaitedForTheEndOfTheQuietHours) {
  const Zone zone("UTC");
  settings().quiet = "14:00-16:00";
  e.person("ada");
  e.apply();
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  EXPECT_EQ(lines(e.later(1h, poll).plan), Lines{});
  EXPECT_EQ(lines(e.later(1h, poll).plan), Lines{"invite ada"});
}

TEST_F(Invited, WhatWaitsDoesNotUseUpTheBrakeAndIsNotHeldWhenItsTurnComes) {
  const Zone zone("UTC");
  settings().quiet = "14:00-20:00";
  e.limit("invite", 3);
  e.people(3);
  for (int i = 0; i < 4; ++i) e.later(10min);
  EXPECT_EQ(lines(e.later(6h).plan), (Lines{"invite p100", "invite p101", "invite p102"}));
}

TEST_F(Invited, AnApprovedOneThatHadToWaitIsNotHeldAgain) {
  const Zone zone("UTC");
  e.limit("invite", 1);
  e.people(3);
  e.apply();
  ASSERT_EQ(e.state->holds("idp").value().size(), 3u);
  e.approve_all();
  settings().quiet = "14:00-20:00";
  EXPECT_EQ(e.later(10min).report.waiting, 3);
  e.later(10min);
  EXPECT_EQ(lines(e.later(6h).plan), (Lines{"invite p100", "invite p101", "invite p102"}));
  EXPECT_EQ(e.mailbox.mails.size(), 3u);
}

// ---- waves ----

TEST_F(Invited, AWaveIsNeverExceededHoweverManyWorkSideBySide) {
  settings().wave = Rate{2, 1h};
  e.settings().concurrency = 8;
  e.people(5);
  const Turn first = e.apply();
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
  EXPECT_EQ(first.report.waiting, 3);
  EXPECT_EQ(count("pending"), 3u);
  EXPECT_TRUE(e.state->holds("idp").value().empty()) << "they wait for their turn, they are not held";
  EXPECT_EQ(lines(e.later(59min).plan), Lines{});
  EXPECT_EQ(lines(e.later(1min).plan).size(), 2u);
  EXPECT_EQ(e.mailbox.mails.size(), 4u);
  e.later(1h);
  EXPECT_EQ(e.mailbox.mails.size(), 5u);
  EXPECT_EQ(count("sent"), 5u);
}

TEST_F(Invited, ApprovedOnesKeepToTheWave) {
  settings().wave = Rate{2, 1h};
  e.limit("invite", 1);
  e.people(5);
  e.apply();
  EXPECT_TRUE(e.mailbox.mails.empty());
  e.approve_all();
  e.later(1min);
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
  EXPECT_EQ(count("pending"), 3u);
  e.later(1h), e.later(1h);
  EXPECT_EQ(e.mailbox.mails.size(), 5u);
  EXPECT_TRUE(e.state->holds("idp").value().empty());
}

TEST_F(Invited, AMailThatFailedTakesNoPlaceInTheWave) {
  settings().wave = Rate{1, 1h};
  e.settings().concurrency = 1;
  e.mailbox.failures = {unavailable()};
  e.people(2);
  e.apply();
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
}

}  // namespace
}  // namespace rollcall::test
