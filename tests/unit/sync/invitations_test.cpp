// The ledger of invitations over several runs (contract 4.7): from pending to accepted, reminders, expiry, what a lost answer leaves
// in doubt, and who is never invited.
#include <gtest/gtest.h>

#include "support/invited.hpp"
#include "support/zone.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

// ---- the states through their life ----

TEST_F(Invited, AcceptanceIsFoundInWhatTheVendorShowsAndNobodyIsInvitedTwice) {
  e.person("ada");
  e.apply();
  EXPECT_EQ(state(), "sent");
  EXPECT_EQ(row().sent, e.now);
  e.provider.accept("ada@example.org");
  e.later(1min);
  EXPECT_EQ(state(), "accepted");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(24h).plan), Lines{});
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
}

TEST_F(Invited, WhoCameWithoutTheLinkWhileItWaitedIsAcceptedAndGetsNoMail) {
  const Zone zone("UTC");
  settings().quiet = "14:00-16:00";
  e.person("ada");
  e.apply();
  ASSERT_EQ(state(), "pending");
  e.provider.accounts.begin()->second.accepted = true;
  e.later(3h);
  EXPECT_EQ(state(), "accepted");
  EXPECT_TRUE(e.mailbox.mails.empty());
}

TEST_F(Invited, AnAddressThatTheServerRefusesIsOneLineInTheLedgerHoweverOftenItIsTried) {
  const Error refused{ErrorKind::invalid, "no such mailbox", "smtp", std::nullopt, false};
  e.mailbox.failures = {refused, refused, refused};
  e.person("ada");
  e.apply();
  EXPECT_EQ(state(), "failed");
  EXPECT_EQ(row().detail, "no such mailbox");
  e.later(1min), e.later(1min);
  EXPECT_EQ(count(""), 1u);
  e.later(1min);
  EXPECT_EQ(state(), "sent");
  EXPECT_EQ(count(""), 1u);
}

TEST_F(Invited, AVendorThatRefusesTheLinkSaysSoInTheLedger) {
  e.faulty.on_cue({"invite", Error{ErrorKind::invalid, "no invitations today", "idp", std::nullopt, false}, false, 0, 1});
  e.person("ada");
  EXPECT_EQ(e.apply().report.failed, 1);
  EXPECT_EQ(state(), "failed");
  EXPECT_EQ(row().detail, "no invitations today");
}

TEST_F(Invited, AProviderThatMailsItselfIsAskedOnce) {
  Engine own(MemoryProvider::everything());
  own.invites();
  own.settings().invite.deliver = "provider";
  own.person("ada");
  own.apply();
  EXPECT_EQ(own.provider.count("send_invitation"), 1u);
  EXPECT_TRUE(own.mailbox.mails.empty());
  EXPECT_EQ(own.state->invitation("idp", "ada").value()->state, "sent");
  EXPECT_EQ(lines(own.later(1min).plan), Lines{});
}

TEST_F(Invited, AProvidersOwnMailInDoubtIsNotSentAgainByItself) {
  Engine own(MemoryProvider::everything());
  own.invites();
  own.settings().invite.deliver = "provider";
  own.person("ada");
  own.faulty.on_cue(lost_answer("send_invitation"));
  EXPECT_EQ(own.apply().report.in_doubt, 1);
  EXPECT_EQ(own.state->invitation("idp", "ada").value()->state, "in-doubt");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(own.later(24h).plan), Lines{});
  EXPECT_EQ(own.provider.count("send_invitation"), 1u);
}

// ---- a password that the mapping writes ----

TEST_F(Invited, AnAccountThatAPasswordMadeLookUsedIsReadByItselfBeforeItCountsAsAccepted) {
  Engine own(MemoryProvider::everything());
  auto text = own.folder.write("password.toml", "[account]\nuserName = \"{userName}\"\nemail = \"{email}\"\n"
                                                "[account-on-create]\npassword = \"Initial-{userName}\"\n");
  own.house.providers[0].rules.mapping = language::load_provider_mapping(text, {}, {}, "").value();
  own.invites();
  own.person("ada");
  own.apply();
  EXPECT_EQ(own.mailbox.mails.size(), 1u);
  own.provider.listed_as_accepted = true;            // by its status, as some listings do
  own.later(1min);
  EXPECT_EQ(own.state->invitation("idp", "ada").value()->state, "sent");
  own.provider.accept("ada@example.org");
  own.later(1min);
  EXPECT_EQ(own.state->invitation("idp", "ada").value()->state, "accepted");
}

// ---- when and to ----

TEST_F(Invited, OnlyThoseForWhomTheConditionHoldsAreInvitedAndAtTheAddressThatTheTemplateSays) {
  auto& rules = e.house.providers[0].rules;
  rules.settings.invite.when = "title eq \"Boss\"";
  rules.invite_when = *language::Condition::parse(rules.settings.invite.when);
  rules.invite_to = *language::Template::parse("{userName}@home.example");
  e.configured();
  e.person("ada", {{"title", {"Boss"}}});
  e.person("bea");
  e.apply();
  ASSERT_EQ(e.mailbox.mails.size(), 1u);
  EXPECT_EQ(e.mailbox.mails[0].to, "ada@home.example");
  e.set("bea", "title", "Boss");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"update bea", "invite bea"}));
}

TEST_F(Invited, NobodyIsInvitedWhenItIsNever) {
  settings().when = "never";
  e.person("ada");
  EXPECT_EQ(lines(e.apply().plan), Lines{"create ada"});
}

// ---- reminders and expiry ----

TEST_F(Invited, RemindersGoAfterTheirTimeAsOftenAsTheCapSaysUnderIdsOfTheSameInvitation) {
  settings().remind = 24h * 7;
  settings().reminders = 2;
  e.person("ada");
  e.apply();
  const std::string id = row().id;
  EXPECT_EQ(lines(e.later(24h * 6).plan), Lines{});
  for (const char* n : {"1", "2"}) {
    const Turn turn = e.later(24h * 7);
    ASSERT_EQ(lines(turn.plan), Lines{"invite ada"});
    EXPECT_EQ(turn.at().actions[0].reason, "reminder " + std::string(n) + " of 2");
  }
  EXPECT_EQ(lines(e.later(24h * 30).plan), Lines{});
  ASSERT_EQ(e.mailbox.mails.size(), 3u);
  EXPECT_EQ(e.mailbox.mails[0].message_id, id + "@rollcall.invalid");
  EXPECT_EQ(e.mailbox.mails[1].message_id, id + ".r1@rollcall.invalid");
  EXPECT_EQ(e.mailbox.mails[2].message_id, id + ".r2@rollcall.invalid");
  EXPECT_EQ(row().reminders, 2);
  EXPECT_EQ(count(""), 1u);
}

TEST_F(Invited, WhoHasAcceptedSinceTheLastListingIsNotReminded) {
  settings().remind = 24h;
  settings().reminders = 1;
  e.person("ada");
  e.apply();
  e.provider.accept("ada@example.org");
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  const Turn turn = e.later(24h, poll);
  EXPECT_EQ(turn.report.failed, 0);
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
  EXPECT_EQ(e.provider.count("invite"), 1u);
  EXPECT_EQ(state(), "accepted");
  EXPECT_EQ(lines(e.later(24h, poll).plan), Lines{});
}

TEST_F(Invited, ARemindersLinkReplacesTheOldOneWhereTheVendorCanRecallIt) {
  Engine own(recalling());
  own.invites();
  own.settings().invite.remind = 24h;
  own.settings().invite.reminders = 1;
  own.person("ada");
  own.apply();
  own.later(24h);
  ASSERT_EQ(own.provider.invitations.size(), 2u);
  EXPECT_TRUE(own.provider.invitations[0].cancelled);
  EXPECT_FALSE(own.provider.invitations[1].cancelled);
}

TEST_F(Invited, ARetriedInvitationLeavesNoUnsentOneAliveAtTheVendor) {
  Engine own(recalling());
  own.invites();
  own.person("ada");
  own.mailbox.failures = {unavailable(), unavailable()};
  own.apply(), own.later(1min), own.later(1min);
  EXPECT_EQ(own.mailbox.mails.size(), 1u);
  ASSERT_EQ(own.provider.invitations.size(), 3u);
  EXPECT_TRUE(own.provider.invitations[0].cancelled && own.provider.invitations[1].cancelled);
}

TEST_F(Invited, AReminderThatFailsLeavesTheInvitationSentAndIsDueAgain) {
  settings().remind = 24h;
  settings().reminders = 1;
  e.person("ada");
  e.apply();
  e.mailbox.failures = {Error{ErrorKind::invalid, "mailbox full", "smtp", std::nullopt, false}};
  e.later(24h);
  EXPECT_EQ(state(), "sent");
  EXPECT_EQ(row().reminders, 0);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"invite ada"});
  EXPECT_EQ(row().reminders, 1);
}

TEST_F(Invited, AReminderThatAKillLeftInDoubtIsNotSentAgainByItself) {
  settings().remind = 24h;
  settings().reminders = 2;
  e.person("ada");
  e.apply();
  store::ActionRow action;                             // what is on disk when the process dies while the reminder is under way
  action.run = "run1", action.provider = "idp", action.person = "ada", action.kind = "invite", action.name = "ada";
  action.id = e.state->put_action(action).value();
  store::JournalRow entry;
  entry.action = action.id, entry.step = "mail", entry.intent_at = e.now + 24h;
  ASSERT_TRUE(e.state->put_journal(entry));
  EXPECT_EQ(lines(e.later(25h).plan), Lines{});
  EXPECT_EQ(state(), "in-doubt");
  EXPECT_EQ(lines(e.later(24h * 9).plan), Lines{});
  EXPECT_EQ(e.mailbox.mails.size(), 1u);
}

TEST_F(Invited, AnExpiredOneIsSentAnewWithinTheCapOfReminders) {
  settings().remind = 24h * 30;
  settings().reminders = 1;
  e.provider.expires = "2026-09-23T14:13:20Z";         // two days from now
  e.person("ada");
  e.apply();
  EXPECT_EQ(lines(e.later(47h).plan), Lines{});
  e.provider.expires = "2026-09-25T14:13:20Z";
  EXPECT_EQ(lines(e.later(1h).plan), Lines{"invite ada"});
  EXPECT_EQ(state(), "sent");
  EXPECT_EQ(row().reminders, 1);
  EXPECT_EQ(lines(e.later(48h).plan), Lines{});
  EXPECT_EQ(state(), "expired");
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
  e.provider.accept("ada@example.org");                // in the last minute, as it turns out
  e.later(1h);
  EXPECT_EQ(state(), "accepted");
}

TEST_F(Invited, WithoutRemindersAnExpiredOneIsLeftExpired) {
  e.provider.expires = "2026-09-22T14:13:20Z";
  e.person("ada");
  e.apply();
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  EXPECT_EQ(lines(e.later(24h, poll).plan), Lines{});
  EXPECT_EQ(state(), "expired");
  EXPECT_EQ(lines(e.later(24h).plan), Lines{});
}

// ---- who leaves, moves, returns, is adopted ----

TEST_F(Invited, ALeaversInvitationIsCancelledBeforeAnythingElse) {
  Engine own(recalling());
  own.invites();
  own.provider.add_role("Staff");
  own.role("Staff", "", "active eq true");
  own.person("ada");
  own.apply();
  std::vector<std::string> seen;
  own.witness->told = [&](const std::string& moment) { seen.push_back(moment); };
  own.set("ada", "locked", "yes");
  EXPECT_EQ(lines(own.later(1min).plan), (Lines{"cancel ada", "suspend ada"}));
  EXPECT_EQ(seen, (Lines{"before cancel_invitation", "after cancel_invitation", "before suspend", "after suspend"}));
  EXPECT_EQ(own.state->invitation("idp", "ada").value()->state, "cancelled");
}

TEST_F(Invited, AChangedAddressEndsTheOldInvitationAndStartsAnotherUnderAnotherId) {
  e.person("ada");
  e.apply();
  const std::string id = row().id;
  e.set("ada", "mail", "lovelace@example.org");
  e.later(1min);
  const auto rows = e.state->invitations("idp", "").value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].state, "cancelled");
  EXPECT_EQ(rows[0].detail, "the address changed");
  EXPECT_EQ(rows[1].state, "sent");
  EXPECT_NE(rows[1].id, id);
  EXPECT_EQ(e.mailbox.mails[1].message_id, rows[1].id + "@rollcall.invalid");
}

TEST_F(Invited, AReCreationInvitesNobodyNorDoesAnyRunAfterIt) {
  e.provider.add({{"userName", "ada"}, {"email", "ada@example.org"}}, {}, AccountStatus::pending);
  e.settings().adopt = true;
  e.person("ada");
  e.people(2);
  e.apply();
  ASSERT_EQ(e.mailbox.to("ada@example.org"), 0);
  e.provider.accounts.erase("1");
  e.later(1min), e.later(1min), e.later(1min);
  ASSERT_TRUE(e.account("ada")) << "created again";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(24h).plan), Lines{});
  EXPECT_EQ(e.mailbox.to("ada@example.org"), 0);
}

TEST_F(Invited, WhoReturnsAfterTheAccountWasDeletedIsInvitedAnewUnlessTheyHadAccepted) {
  e.settings().on_leave = "delete";
  for (const char* id : {"ada", "bea"}) e.person(id);
  e.people(2);
  e.apply();
  e.provider.accept("ada@example.org");
  e.later(1min);
  for (const char* id : {"ada", "bea"}) e.set(id, "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"cancel bea", "delete ada", "delete bea"}));
  for (const char* id : {"ada", "bea"}) e.set(id, "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"create ada", "create bea", "invite bea"}));
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(e.mailbox.to("ada@example.org"), 1);
  EXPECT_EQ(e.mailbox.to("bea@example.org"), 2);
}

}  // namespace
}  // namespace rollcall::test
