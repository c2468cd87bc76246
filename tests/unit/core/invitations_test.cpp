#include "core/decide.hpp"

#include <gtest/gtest.h>

#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;

TEST(Invitations, WhoWasCreatedHereIsInvitedUntilOneIsOnItsWay) {
  for (const auto state : {InviteState::none, InviteState::pending, InviteState::cancelled, InviteState::failed}) {
    Subject s = settled_ada();
    s.linked->account.status = AccountStatus::pending;
    s.invitation = state;
    EXPECT_EQ(kinds(decided(s)), Words{"invite"}) << static_cast<int>(state);
  }
  for (const auto state : {InviteState::sent, InviteState::accepted, InviteState::in_doubt, InviteState::expired}) {
    Subject s = settled_ada();
    s.linked->account.status = AccountStatus::pending;
    s.invitation = state;
    s.invited_address = s.invite_to;
    EXPECT_TRUE(decided(s).actions.empty()) << static_cast<int>(state);
  }
}

TEST(Invitations, AnAdoptedAccountIsNeverInvited) {
  Subject s = settled_ada();
  s.linked->ownership = Ownership::adopted;
  s.linked->account.status = AccountStatus::pending;
  s.invitation = InviteState::none;
  EXPECT_TRUE(decided(s).actions.empty());
}

TEST(Invitations, WhoHasAcceptedIsNeverInvitedAgain) {
  for (const auto state : {InviteState::none, InviteState::cancelled, InviteState::expired, InviteState::failed, InviteState::sent}) {
    Subject s = settled_ada();
    s.linked->account.accepted = true;
    s.invitation = state;
    s.invited_address = s.invite_to;
    EXPECT_FALSE(find(decided(s), ActionKind::invite)) << static_cast<int>(state);
  }
}

TEST(Invitations, AnAcceptedOneIsNoticedWhateverTheLedgerSaid) {
  for (const auto state : {InviteState::pending, InviteState::sent, InviteState::in_doubt, InviteState::expired,
                           InviteState::cancelled, InviteState::failed}) {
    Subject s = settled_ada();
    s.invitation = state;
    s.invited_address = s.invite_to;
    s.linked->account.accepted = true;
    EXPECT_TRUE(decided(s).accepted) << static_cast<int>(state);
  }
}

// Some vendors call every account active that was created.
TEST(Invitations, AnActiveAccountAloneIsNoAcceptance) {
  Subject s = settled_ada();
  s.invitation = InviteState::sent;
  s.invited_address = s.invite_to;
  s.linked->account.status = AccountStatus::active;
  EXPECT_FALSE(decided(s).accepted);
}

TEST(Invitations, AnAccountThatWasGivenAPasswordLooksUsedAndIsNoAcceptance) {
  Policy p = policy();
  p.password_written = true;
  Subject s = settled_ada();
  s.linked->account.accepted = true;
  s.invitation = InviteState::sent;
  s.invited_address = s.invite_to;
  EXPECT_FALSE(decided(s, p).accepted);
  s.invitation = InviteState::none;
  EXPECT_EQ(kinds(decided(s, p)), Words{"invite"});
}

Subject asked(InviteState state, InviteWish wish) {
  Subject s = settled_ada();
  s.linked->account.status = AccountStatus::pending;
  s.invitation = state;
  s.invited_address = s.invite_to;
  s.wish = wish;
  return s;
}

TEST(Invitations, AResendEndsWhatMayStillWorkAndInvitesAnew) {
  for (const auto state : {InviteState::sent, InviteState::in_doubt})
    EXPECT_EQ(kinds(decided(asked(state, InviteWish::resend))), (Words{"cancel", "invite"})) << static_cast<int>(state);
  for (const auto state : {InviteState::expired, InviteState::cancelled, InviteState::failed, InviteState::accepted})
    EXPECT_EQ(kinds(decided(asked(state, InviteWish::resend))), Words{"invite"}) << static_cast<int>(state);
}

TEST(Invitations, AResendLeavesTheOldOneAliveUntilTheNewOneMayGo) {
  Policy quiet = policy(), incomplete = policy();
  quiet.mail_from = today + std::chrono::hours{3};
  incomplete.listing_complete = false;
  const Subject s = asked(InviteState::sent, InviteWish::resend);
  EXPECT_TRUE(decided(s, quiet).actions.empty());
  EXPECT_EQ(decided(s, quiet).due, quiet.mail_from);
  EXPECT_TRUE(decided(s, incomplete).actions.empty());
}

TEST(Invitations, WhatAPersonCancelledIsNotSentAgainByItself) {
  for (const auto state : {InviteState::sent, InviteState::in_doubt, InviteState::pending})
    EXPECT_EQ(kinds(decided(asked(state, InviteWish::cancel))), Words{"cancel"}) << static_cast<int>(state);
  for (const auto state : {InviteState::cancelled, InviteState::expired, InviteState::failed})
    EXPECT_TRUE(decided(asked(state, InviteWish::cancel)).actions.empty()) << static_cast<int>(state);
  Subject moved = asked(InviteState::cancelled, InviteWish::cancel);
  moved.invited_address = "old@example.org";
  EXPECT_TRUE(decided(moved).actions.empty());
}

TEST(Invitations, OneThatWaitsForItsTurnIsNotPlannedBefore) {
  Policy p = policy();
  p.mail_from = today + std::chrono::hours{3};
  Subject s = asked(InviteState::pending, InviteWish::none);
  const auto d = decided(s, p);
  EXPECT_TRUE(d.actions.empty());
  EXPECT_TRUE(d.settled);
  EXPECT_EQ(d.due, p.mail_from);
  ASSERT_EQ(kinds(decided(s)), Words{"invite"});
  EXPECT_TRUE(decided(s).actions[0].passed) << "it passed the brakes when it was put into the ledger";
}

TEST(Invitations, AnExpiredOneCountsAsAReminderAndIsCappedLikeOne) {
  Policy p = policy();
  Subject s = asked(InviteState::sent, InviteWish::none);
  s.invited_at = today - std::chrono::hours{24};
  s.invite_expires = today + std::chrono::hours{1};
  EXPECT_EQ(decided(s, p).due, s.invite_expires) << "somebody has to look then";
  s.invite_expires = today;
  EXPECT_TRUE(decided(s, p).expired);
  EXPECT_TRUE(decided(s, p).actions.empty()) << "without `remind` it stays expired";
  p.remind = std::chrono::hours{24 * 7};
  p.reminders = 1;
  EXPECT_EQ(kinds(decided(s, p)), Words{"invite"});
  s.reminders = 1;
  EXPECT_TRUE(decided(s, p).actions.empty());
}

TEST(Invitations, ALeaverWithoutAnAccountOrWithALostOneHasTheInvitationCancelledToo) {
  Subject s = asked(InviteState::sent, InviteWish::none);
  s.standing = Standing::stated;
  s.linked->missing = true;
  EXPECT_EQ(kinds(decided(s)), Words{"cancel"});
  s.linked.reset();
  EXPECT_EQ(kinds(decided(s)), Words{"cancel"});
}

Subject moved_house() {
  Subject s = settled_ada();
  s.linked->account.status = AccountStatus::pending;
  s.invitation = InviteState::sent;
  s.invited_address = "old@example.org";
  return s;
}

TEST(Invitations, AChangedAddressCancelsAndInvitesAnew) {
  const auto d = decided(moved_house());
  EXPECT_EQ(kinds(d), (Words{"cancel", "invite"}));
  EXPECT_EQ(find(d, ActionKind::cancel)->changes[0].from, "old@example.org");
  EXPECT_EQ(find(d, ActionKind::invite)->changes[0].to, "ada@example.org");
  Subject s = moved_house();
  s.invited_address = "ADA@example.org";     // another spelling is no other address
  EXPECT_TRUE(decided(s).actions.empty());
}

TEST(Invitations, AChangedAddressInvitesNobodyWhileTheListingIsIncomplete) {
  Policy p = policy();
  p.listing_complete = false;
  EXPECT_FALSE(find(decided(moved_house(), p), ActionKind::invite));
}

TEST(Invitations, AChangedAddressInvitesNobodyBeforeTheStartDate) {
  Subject s = moved_house();
  s.delayed = true;
  EXPECT_FALSE(find(decided(s), ActionKind::invite));
}

TEST(Invitations, AChangedAddressThatAnotherHoldsInvitesNobody) {
  Subject s = moved_house();
  s.desired.enforced["email"] = "new@example.org";
  s.invite_to = "new@example.org";
  s.rivals = {rival("email", true)};
  const auto d = decided(s);
  EXPECT_EQ(conflict_kinds(d), Words{"recycled-email"});
  EXPECT_FALSE(find(d, ActionKind::invite));
}

TEST(Invitations, WhoeverLeavesHasTheInvitationCancelled) {
  for (const auto state : {InviteState::sent, InviteState::pending, InviteState::in_doubt}) {
    Subject s = moved_house();
    s.standing = Standing::stated;
    s.invitation = state;
    EXPECT_EQ(kinds(decided(s)), (Words{"cancel", "suspend"})) << static_cast<int>(state);
  }
}

TEST(Invitations, ALinkThatCannotBeRecalledIsAWarning) {
  Capabilities c = capable();
  c.cancels_invitations = false;
  Subject s = moved_house();
  s.standing = Standing::stated;
  const auto d = decided(s, policy(), c);
  ASSERT_EQ(d.warnings.size(), 1u);
  EXPECT_NE(d.warnings[0].find("Ada Lovelace"), std::string::npos);
}

TEST(Invitations, AnAcceptedInvitationOfALeaverIsNoticedAndNotCancelled) {
  Subject s = moved_house();
  s.standing = Standing::stated;
  s.linked->account.status = AccountStatus::active;
  s.linked->account.accepted = true;
  const auto d = decided(s);
  EXPECT_TRUE(d.accepted);
  EXPECT_EQ(kinds(d), Words{"suspend"});
}

TEST(Invitations, NobodyIsInvitedWithoutTheTableOrAgainstItsCondition) {
  Policy p = policy();
  p.invites = false;
  EXPECT_FALSE(find(decided(ada(), p), ActionKind::invite));
  Subject s = ada();
  s.invite_wanted = false;
  EXPECT_FALSE(find(decided(s), ActionKind::invite));
}

}  // namespace
}  // namespace rollcall::core
