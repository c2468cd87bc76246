// Providers without an account before acceptance and without a listing: the invitation stands for the account, whoever accepted is found
// by a look-up, and never do two invitations of one person live (contract 4.7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/invited.hpp"
#include "sync/ledger.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Capabilities by_invitation() {
  Capabilities c = MemoryProvider::everything();
  c.account_before_acceptance = false;
  c.lists_accounts = false;
  c.lists_roles = false;
  c.resends_invitations = true;
  c.roles_at_create = false;
  c.external_id_field = "";
  c.invite = InviteWay::mail;
  c.finds = {LookupBy::id, LookupBy::user_name, LookupBy::email};
  return c;
}

class ByInvitation : public Invited {
 protected:
  ByInvitation() : Invited(by_invitation()) {
    settings().deliver = "provider";
    for (const char* role : {"Sales", "Staff"}) e.provider.add_role(role);   // r1, r2
    e.role("r2", "", "active eq true");
    e.role("r1", "sales");
    e.group("sales", {"ada"});
    e.person("ada");
    e.person("bob");
  }
  static sync::Scope poll() {
    sync::Scope scope;
    scope.full = scope.list_providers = scope.audit = false;
    return scope;
  }
  static sync::Scope audit() {
    sync::Scope scope;
    scope.audit = true;
    return scope;
  }
  std::size_t living(const std::string& id) { return e.provider.living(id + "@example.org"); }
  std::size_t sent(const std::string& id) { return e.provider.invited(id + "@example.org"); }
  void accept(const std::string& id) { e.provider.accept(id + "@example.org"); }
  const Account* by_email(const std::string& id) {
    for (const auto& [_, a] : e.provider.accounts)
      if (a.fields.at("email") == id + "@example.org") return &a;
    return nullptr;
  }
  void leave(const std::string& id) { e.set(id, "locked", "yes"); }
  std::string warnings(const Plan& plan) {
    std::string out;
    for (const auto& w : plan.warnings) out += w.detail + "\n";
    return out;
  }
};

TEST_F(ByInvitation, ThePersonsFirstActionIsOneInviteThatNamesAddressAndRoles) {
  const Turn first = e.apply();
  EXPECT_EQ(lines(first.plan), (Lines{"invite ada r1 r2", "invite bob r2"}));
  const auto& changes = first.at().actions[0].changes;
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0], (Change{"invitation", std::nullopt, "ada@example.org"}));
  EXPECT_EQ(e.provider.count("create"), 0u);
  EXPECT_EQ(e.provider.invitations[0].role_ids, (std::set<std::string>{"r1", "r2"}));
  EXPECT_EQ(state(), "sent");
}

TEST_F(ByInvitation, WhileTheInvitationIsPendingNothingIsPlannedAndThePersonIsUnchanged) {
  e.apply();
  for (const auto& scope : {sync::Scope(), poll()}) {
    const Turn again = e.later(1h, scope);
    EXPECT_EQ(lines(again.plan), Lines{});
    EXPECT_FALSE(again.trouble);
  }
  EXPECT_EQ(e.apply().at().summary.at("unchanged"), 2);
  EXPECT_EQ(sent("ada") + sent("bob"), 2u);
}

TEST_F(ByInvitation, WhoAcceptedIsLinkedThenUpdatedAndNeitherInvitedNorGivenTheRolesAgain) {
  e.apply();
  accept("ada");
  EXPECT_EQ(lines(e.later(1h, poll()).plan), (Lines{"update ada"}));
  EXPECT_EQ(state(), "accepted");
  EXPECT_EQ(state("bob"), "sent");
  EXPECT_EQ(e.roles_of("ada"), "Sales Staff");
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
  EXPECT_EQ(sent("ada"), 1u);
}

TEST_F(ByInvitation, RolesThatChangeAfterAcceptanceAreAssignedAndRevoked) {
  e.apply();
  accept("ada");
  accept("bob");
  e.later(1h);
  e.group("sales", {"bob"});
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"revoke ada r1", "assign bob r1"}));
  EXPECT_EQ(e.roles_of("ada") + ", " + e.roles_of("bob"), "Staff, Sales Staff");
}

TEST_F(ByInvitation, RolesThatChangeWhileItIsPendingCancelTheInvitationAndSendAnother) {
  e.apply();
  e.group("sales", {"ada", "bob"});
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"cancel bob", "invite bob r1 r2"}));
  EXPECT_EQ(living("bob"), 1u);
  EXPECT_EQ(sent("bob"), 2u);
  accept("bob");
  e.later(1h);
  EXPECT_EQ(e.roles_of("bob"), "Sales Staff");
}

TEST_F(ByInvitation, AChangedAddressCancelsTheOldInvitationAndOneLives) {
  e.apply();
  e.set("ada", "mail", "ada.new@example.org");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"cancel ada", "invite ada r1 r2"}));
  EXPECT_EQ(living("ada"), 0u);
  EXPECT_EQ(living("ada.new"), 1u);
}

TEST_F(ByInvitation, ALeaverWhoseInvitationIsPendingHasItCancelledAndNoAccountIsMade) {
  e.apply();
  leave("ada");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"cancel ada"}));
  EXPECT_EQ(living("ada"), 0u);
  accept("ada");
  EXPECT_TRUE(e.provider.accounts.empty());
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
}

TEST_F(ByInvitation, ALeaverWhoHasAcceptedUnnoticedIsSuspendedInTheSameRun) {
  e.apply();
  accept("ada");
  leave("ada");
  EXPECT_EQ(lines(e.later(1h, poll()).plan), (Lines{"suspend ada"}));
  EXPECT_EQ(by_email("ada")->status, AccountStatus::suspended);
}

TEST_F(ByInvitation, WhoAcceptsBetweenTheLookAndTheCancelIsFoundAllTheSame) {
  e.apply();
  leave("ada");
  e.witness->told = [&](const std::string& what) {
    if (what.starts_with("before cancel_invitation")) accept("ada");
  };
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"cancel ada"}));
  e.witness->told = nullptr;
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"suspend ada"}));
  EXPECT_EQ(by_email("ada")->status, AccountStatus::suspended);
}

TEST_F(ByInvitation, AReturnerWhoNeverAcceptedIsInvitedAnew) {
  e.apply();
  leave("ada");
  e.later(1h);
  e.set("ada", "locked", "");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"invite ada r1 r2"}));
  EXPECT_EQ(living("ada"), 1u);
}

TEST_F(ByInvitation, AReturnerWithAnAccountIsReactivatedAndNotInvited) {
  e.apply();
  accept("ada");
  e.later(1h);
  leave("ada");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"suspend ada"}));
  e.set("ada", "locked", "");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"reactivate ada"}));
  EXPECT_EQ(sent("ada"), 1u);
}

TEST_F(ByInvitation, AReturnerWhoseAccountWasDeletedIsInvitedForWantOfAnotherWay) {
  e.settings().on_leave = "delete";
  e.apply();
  accept("ada");
  e.later(1h);
  leave("ada");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"delete ada"}));
  e.set("ada", "locked", "");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"invite ada r1 r2"}));
}

TEST_F(ByInvitation, WhoHasAnAccountAlreadyIsAdoptedByALookUpAndNotInvited) {
  e.provider.add({{"email", "ADA@example.org"}}, {"r2"});
  e.settings().adopt = true;
  EXPECT_EQ(lines(e.apply().plan), (Lines{"adopt ada", "invite bob r2"}));
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"update ada", "assign ada r1"}));
  EXPECT_EQ(sent("ada"), 0u);
}

TEST_F(ByInvitation, WithoutAdoptionSuchAnAccountIsAConflictUntilItIsGone) {
  const std::string id = e.provider.add({{"email", "ada@example.org"}});
  const Turn turn = e.apply();
  EXPECT_EQ(conflicts(turn.plan), (Lines{"not-adopted ada"}));
  EXPECT_EQ(lines(turn.plan), (Lines{"invite bob r2"}));
  e.provider.accounts.erase(id);
  EXPECT_EQ(lines(e.later(1h, poll()).plan), (Lines{"invite ada r1 r2"}));
}

TEST_F(ByInvitation, WhoseNewAddressHasAnAccountIsNotInvitedThereAndTheOldInvitationIsCancelled) {
  e.apply();
  e.provider.add({{"email", "ada.new@example.org"}});
  e.set("ada", "mail", "ada.new@example.org");
  const Turn turn = e.later(1h);
  EXPECT_EQ(lines(turn.plan), (Lines{"cancel ada"}));
  EXPECT_EQ(conflicts(turn.plan), (Lines{"not-adopted ada"}));
  EXPECT_EQ(living("ada") + living("ada.new"), 0u);
}

TEST_F(ByInvitation, SeveralAccountsOfOneAddressConcernThatPersonAlone) {
  e.provider.add({{"email", "ada@example.org"}});
  e.provider.add({{"email", "ada@example.org"}});
  const Turn turn = e.apply();
  EXPECT_EQ(lines(turn.plan), (Lines{"invite bob r2"}));
  EXPECT_EQ(conflicts(turn.plan), (Lines{"invalid ada"}));
  EXPECT_TRUE(turn.plan.complete);
}

TEST_F(ByInvitation, ALookUpThatFailsInvitesNobody) {
  e.faulty.on_cue({"find", Error{ErrorKind::unauthenticated, "the key is refused", "", std::nullopt, false}, false, 0, 1});
  const Turn turn = e.apply();
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_FALSE(turn.plan.complete);
  EXPECT_EQ(turn.at().detail, "the key is refused");
  EXPECT_EQ(lines(e.later(1h).plan).size(), 2u);
}

// ---- what nobody knows ----

TEST_F(ByInvitation, AnInvitationInDoubtIsNotSentAgainByItselfAndItsAcceptanceIsFound) {
  e.faulty.on_cue(lost_answer("send_invitation"));
  e.settings().concurrency = 1;
  e.apply();
  EXPECT_EQ(state() + " " + state("bob"), "in-doubt sent");
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
  EXPECT_EQ(sent("ada"), 1u);
  accept("ada");
  e.later(1h);
  EXPECT_EQ(state(), "accepted");
  EXPECT_EQ(e.roles_of("ada"), "Sales Staff");
}

TEST_F(ByInvitation, OneInDoubtIsNotReplacedBecauseOfOtherRoles) {
  e.faulty.on_cue(lost_answer("send_invitation"));
  e.settings().concurrency = 1;
  e.apply();
  e.group("sales", {"bob"});
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"cancel bob", "invite bob r1 r2"}));
  accept("ada");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"revoke ada r1", "update ada"}));
}

TEST_F(ByInvitation, ALeaverInDoubtIsNamedAndFoundShouldTheyAcceptAfterAll) {
  e.faulty.on_cue(lost_answer("send_invitation"));
  e.settings().concurrency = 1;
  e.apply();
  leave("ada");
  const Turn left = e.later(1h);
  EXPECT_EQ(lines(left.plan), (Lines{"cancel ada"}));
  EXPECT_THAT(warnings(left.plan), HasSubstr("cannot be recalled: the provider's answer with its id never came"));
  accept("ada");
  EXPECT_EQ(lines(e.later(1h).plan), (Lines{"suspend ada"}));
}

// ---- looks ----

TEST_F(ByInvitation, APollLooksUpNewcomersAndSomeInviteesAndNoAccount) {
  e.apply();
  accept("ada");
  e.later(1h);
  e.person("cid");
  e.provider.calls.clear();
  e.later(1h, poll());
  EXPECT_EQ(e.provider.count("find"), 3u);                // bob, and cid by both of his names
  EXPECT_EQ(sent("cid"), 1u);
}

TEST_F(ByInvitation, AFullRunLooksAtAShareOfTheAccountsTheLongestUnseenFirst) {
  e.house.settings.schedule.full = std::chrono::hours{1};
  e.settings().options["audit"] = "50%";
  e.people(3);
  e.apply();
  for (const char* id : {"ada", "bob", "p100", "p101", "p102"}) accept(id);
  e.later(1h);
  std::set<std::string> seen;
  for (int run = 0; run < 3; ++run) {
    e.provider.calls.clear();
    e.later(1h, audit());
    EXPECT_EQ(e.provider.count("find"), 2u);
    for (const auto& call : e.provider.calls) seen.insert(call);
  }
  EXPECT_EQ(seen.size(), 5u);
}

TEST_F(ByInvitation, WhatSomebodyElseChangedIsFoundByTheShareAndPutRight) {
  e.house.settings.schedule.full = std::chrono::hours{1};
  e.settings().options["audit"] = "100%";
  e.apply();
  accept("ada");
  e.later(1h);
  const std::string id = by_email("ada")->id;
  e.provider.accounts[id].fields["title"] = "Boss";
  e.provider.accounts[id].roles = std::set<std::string>{"r2"};
  EXPECT_EQ(lines(e.later(1h, poll()).plan), Lines{});
  EXPECT_EQ(lines(e.later(1h, audit()).plan), (Lines{"update ada", "assign ada r1"}));
}

TEST_F(ByInvitation, AnAccountThatIsGoneInTwoRunsIsAWarningAndInvitesNobodyByItself) {
  e.house.settings.schedule.full = std::chrono::hours{1};
  e.settings().options["audit"] = "100%";
  e.apply();
  accept("ada");
  e.later(1h);
  e.provider.accounts.erase(by_email("ada")->id);
  EXPECT_EQ(lines(e.later(1h, audit()).plan), Lines{});
  const Turn gone = e.later(1h, audit());
  EXPECT_EQ(lines(gone.plan), Lines{});
  EXPECT_THAT(warnings(gone.plan), HasSubstr("only an invitation makes another: `rollcall unlink ada idp`"));
  EXPECT_EQ(sent("ada"), 1u);
}

TEST_F(ByInvitation, AReminderMailsTheLivingInvitationAgain) {
  settings().remind = 24h;
  settings().reminders = 1;
  e.apply();
  EXPECT_EQ(lines(e.later(25h).plan), (Lines{"invite ada r1 r2", "invite bob r2"}));
  EXPECT_EQ(sent("ada"), 1u);
  EXPECT_EQ(e.provider.invitations[0].mails, 2);
  EXPECT_EQ(row().reminders, 1);
  EXPECT_EQ(lines(e.later(25h).plan), Lines{});
}

TEST_F(ByInvitation, BeforeAReminderWhoHasComeIsLookedFor) {
  settings().remind = 24h;
  settings().reminders = 1;
  e.people(40);                                           // more than a run looks for
  e.apply();
  accept("p139");
  e.later(25h);
  EXPECT_EQ(e.provider.invitations.size(), 42u);
  for (const auto& invitation : e.provider.invitations) EXPECT_EQ(invitation.mails, invitation.email == "p139@example.org" ? 1 : 2) << invitation.email;
  e.later(1h);
  EXPECT_EQ(state("p139"), "accepted");
}

TEST_F(ByInvitation, ResendAndCancelOfAPersonLeaveAtMostOneLiving) {
  e.apply();
  const auto wish = [&](bool again) {
    const auto& seat = e.house.providers[0];
    return e.state->transaction([&] {
      auto asked = again ? sync::ask_to_resend(*e.state, seat.rules, seat.capabilities, "ada", e.now)
                         : sync::ask_to_cancel(*e.state, seat.rules, seat.capabilities, "ada");
      return asked.map([](auto) {});
    });
  };
  ASSERT_TRUE(wish(true));
  EXPECT_EQ(lines(e.later(1h, poll()).plan), (Lines{"cancel ada", "invite ada r1 r2"}));
  EXPECT_EQ(living("ada"), 1u);
  ASSERT_TRUE(wish(false));
  EXPECT_EQ(lines(e.later(1h, poll()).plan), (Lines{"cancel ada"}));
  EXPECT_EQ(living("ada"), 0u);
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
}

}  // namespace
}  // namespace rollcall::test
