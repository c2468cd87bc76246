// What a person asks for: `rollcall invitations resend` and `cancel`, written into the ledger beside whoever reconciles (contract 4.7,
// 4.8).
#include <gtest/gtest.h>

#include "support/invited.hpp"
#include "support/zone.hpp"
#include "sync/ledger.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

class Wishes : public Invited {
 protected:
  explicit Wishes(Capabilities capabilities = like_onelogin()) : Invited(std::move(capabilities)) { e.person("ada"); }

  Result<sync::Asked> wish(bool resend, const std::string& id) {
    auto beside = store::State::open(e.url, store::Access::write).value();
    const auto& seat = e.house.providers[0];
    Result<sync::Asked> asked = sync::Asked{};
    const auto done = beside->transaction([&]() -> Result<void> {
      asked = resend ? sync::ask_to_resend(*beside, seat.rules, seat.capabilities, id, e.now)
                     : sync::ask_to_cancel(*beside, seat.rules, seat.capabilities, id);
      return {};
    });
    EXPECT_TRUE(done);
    return asked;
  }
  Result<sync::Asked> resend(const std::string& id = "ada") { return wish(true, id); }
  Result<sync::Asked> cancel(const std::string& id = "ada") { return wish(false, id); }
  std::string refusal(const Result<sync::Asked>& asked) {
    return asked ? "not refused" : std::string(to_string(asked.error().kind)) + ": " + asked.error().message;
  }
  std::string living() {                             // states of the invitations that live in the ledger
    std::string out;
    const auto rows = e.state->invitations("idp", "").value();
    for (const auto& r : rows)
      if (r.state == "pending" || r.state == "sent" || r.state == "in-doubt") out += r.state + " ";
    return out;
  }
  sync::Scope poll() const {
    sync::Scope scope;
    scope.full = scope.list_providers = false;
    return scope;
  }
};

class WishesRecalled : public Wishes {
 protected:
  WishesRecalled() : Wishes(recalling()) {}
};

// ---- resend ----

TEST_F(WishesRecalled, ResendOfASentOneRecallsItAndSendsAnotherByTheNextPoll) {
  e.apply();
  const std::string id = row().id;
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min, poll()).plan), (Lines{"cancel ada", "invite ada"}));
  ASSERT_EQ(e.provider.invitations.size(), 2u);
  EXPECT_TRUE(e.provider.invitations[0].cancelled);
  EXPECT_FALSE(e.provider.invitations[1].cancelled);
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
  EXPECT_EQ(living(), "sent ");
  EXPECT_NE(row().id, id);
  EXPECT_EQ(row().reminders, 0) << "reminders begin anew";
  EXPECT_EQ(lines(e.later(1min).plan), Lines{}) << "once";
}

TEST_F(Wishes, ResendWhereNoLinkCanBeRecalledSaysSo) {
  e.apply();
  ASSERT_TRUE(resend());
  const Turn turn = e.later(1min);
  EXPECT_EQ(lines(turn.plan), (Lines{"cancel ada", "invite ada"}));
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("cannot be recalled"), std::string::npos);
  EXPECT_EQ(living(), "sent ");
}

TEST_F(Wishes, OneInDoubtIsSentByAResendAlone) {
  e.mailbox.failures = {unavailable(true)};
  e.apply();
  ASSERT_EQ(state(), "in-doubt");
  EXPECT_EQ(lines(e.later(24h).plan), Lines{});
  ASSERT_TRUE(resend());
  e.later(1min);
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
  EXPECT_EQ(living(), "sent ");
}

TEST_F(Wishes, AnExpiredOneIsSentByAResend) {
  e.provider.expires = "2026-09-22T14:13:20Z";
  e.apply();
  e.later(24h);
  ASSERT_EQ(state(), "expired");
  e.provider.expires.clear();
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"invite ada"});
  EXPECT_EQ(living(), "sent ");
  EXPECT_EQ(count("expired"), 1u);
}

TEST_F(Wishes, AResendWaitsForTheEndOfTheQuietHoursAndTheOldLinkWorksUntilThen) {
  const Zone zone("UTC");
  e.apply();
  settings().quiet = "14:00-16:00";
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(state(), "sent");
  EXPECT_EQ(lines(e.later(2h, poll()).plan), (Lines{"cancel ada", "invite ada"}));
}

TEST_F(Wishes, AResendKeepsToTheWave) {
  settings().wave = Rate{1, 1h};
  e.apply();
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"cancel ada", "invite ada"}));
}

TEST_F(Wishes, AResendIsAPersonsDecisionWhichNoBrakeAndNoEarlierHoldStops) {
  settings().remind = 24h;
  settings().reminders = 1;
  e.apply();
  e.limit("invite", 0);
  EXPECT_EQ(lines(e.later(24h).plan), Lines{"invite ada held"});
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"cancel ada", "invite ada"}));
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
}

TEST_F(Wishes, AResendOfOneThatNeverWentOutChangesNothingAboutItsTurn) {
  const Zone zone("UTC");
  settings().quiet = "14:00-16:00";
  e.apply();
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(lines(e.later(2h).plan), Lines{"invite ada"});
  EXPECT_EQ(count(""), 1u);
}

TEST_F(Wishes, AResendIsRefusedToWhoHasAcceptedWhoLeftWhoWasNeverInvitedAndWhoHasNoAddress) {
  e.person("bea");
  e.settings().adopt = true;
  e.provider.add({{"userName", "cyd"}, {"email", "cyd@example.org"}}, {}, AccountStatus::pending);
  e.person("cyd");
  e.apply();
  EXPECT_EQ(refusal(resend("cyd")), "refused: idp: cyd (cyd) was never invited here: rollcall invites whom it creates, once the roles are there");
  e.provider.accept("ada@example.org");
  e.later(1min);
  EXPECT_NE(refusal(resend()).find("ada (ada) has accepted the invitation already"), std::string::npos);
  EXPECT_NE(refusal(cancel()).find("ada (ada) has accepted the invitation already"), std::string::npos);
  e.set("bea", "mail", "");
  e.later(1min);
  EXPECT_NE(refusal(resend("bea")).find("has no address"), std::string::npos);
  e.set("bea", "locked", "yes");
  e.later(1min);
  EXPECT_NE(refusal(resend("bea")).find("has left or is out of scope"), std::string::npos);
  settings().present = false;
  EXPECT_NE(refusal(resend()).find("no [provider.idp.invite]"), std::string::npos);
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
}

TEST_F(Wishes, WhoCameBackAfterTheirAccountWasDeletedGetsANewOneByResendThoughTheyHadAcceptedTheOldOne) {
  e.settings().on_leave = "delete";
  e.people(2);
  e.apply();
  e.provider.accept("ada@example.org");
  e.later(1min);
  e.set("ada", "locked", "yes");
  e.later(1min);
  e.set("ada", "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"create ada"});
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"invite ada"});
  EXPECT_EQ(state(), "sent");
}

// ---- cancel ----

TEST_F(WishesRecalled, ACancelRecallsTheLinkByAPlannedActionAndOnlyAResendSendsAnother) {
  e.apply();
  const auto asked = cancel();
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->waits);
  EXPECT_EQ(lines(e.later(1min, poll()).plan), Lines{"cancel ada"});
  EXPECT_TRUE(e.provider.invitations[0].cancelled);
  EXPECT_EQ(state(), "cancelled");
  EXPECT_EQ(lines(e.later(24h).plan), Lines{});
  e.set("ada", "mail", "lovelace@example.org");
  EXPECT_EQ(lines(e.later(24h).plan), Lines{"update ada"});
  e.set("ada", "locked", "yes");
  e.later(1min);
  e.set("ada", "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"reactivate ada"}) << "not even who returns";
  ASSERT_TRUE(resend());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"invite ada"});
  EXPECT_EQ(e.mailbox.to("lovelace@example.org"), 1);
}

TEST_F(Wishes, ACancelWhereNoLinkCanBeRecalledEndsItInTheLedgerAtOnceAndWarns) {
  e.apply();
  const auto asked = cancel();
  ASSERT_TRUE(asked);
  EXPECT_NE(asked->warning.find("ada (ada) cannot be recalled"), std::string::npos) << asked->warning;
  EXPECT_EQ(state(), "cancelled");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(24h).plan), Lines{});
  EXPECT_TRUE(cancel()) << "twice is harmless";
}

TEST_F(Wishes, OneThatWaitsForItsTurnIsCancelledWithoutAWarning) {
  const Zone zone("UTC");
  settings().quiet = "14:00-16:00";
  e.apply();
  const auto asked = cancel();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->warning, "");
  EXPECT_EQ(lines(e.later(3h).plan), Lines{});
  EXPECT_TRUE(e.mailbox.mails.empty());
}

TEST_F(WishesRecalled, WhatIsCancelledWhileItsMailIsUnderWayIsRecalledByTheNextRun) {
  e.mailbox.told = [&](const std::string& moment) {
    if (moment != "before mail") return;
    EXPECT_TRUE(cancel());
  };
  e.apply();
  e.mailbox.told = nullptr;
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
  EXPECT_EQ(lines(e.later(1min, poll()).plan), Lines{"cancel ada"});
  EXPECT_TRUE(e.provider.invitations[0].cancelled);
  EXPECT_EQ(state(), "cancelled");
  EXPECT_EQ(lines(e.later(24h).plan), Lines{});
}

TEST_F(Wishes, WhatIsCancelledBetweenThePlanAndItsMailIsNotMailed) {
  const Zone zone("UTC");
  settings().quiet = "14:00-16:00";
  e.apply();
  e.now += 3h;
  e.set("ada", "title", "Boss");
  e.witness->told = [&](const std::string& moment) {
    if (moment != "after update") return;
    EXPECT_TRUE(cancel());
  };
  const Turn turn = e.apply();
  e.witness->told = nullptr;
  EXPECT_EQ(lines(turn.plan), (Lines{"update ada", "invite ada"}));
  EXPECT_TRUE(e.mailbox.mails.empty());
  EXPECT_EQ(state(), "cancelled");
}

}  // namespace
}  // namespace rollcall::test
