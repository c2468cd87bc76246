// Who leaves, returns, is deleted or moves house: accounts and invitations over several runs (contract 4.3, 4.7).
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

TEST(Returning, WhoComesBackIsReactivatedToTheStatusBeforeAndInvitedAnewIfTheyNeverAccepted) {
  Engine e;
  e.invites();
  e.person("ada");
  e.person("bea");
  e.apply();
  e.provider.accept("ada@example.org");
  e.later(1min);
  for (const char* id : {"ada", "bea"}) e.set(id, "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"suspend ada", "cancel bea", "suspend bea"}));
  for (const char* id : {"ada", "bea"}) e.set(id, "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"reactivate ada", "reactivate bea", "invite bea"}));
  EXPECT_EQ(e.status_of("ada"), "active");
  EXPECT_EQ(e.status_of("bea"), "pending");
  EXPECT_EQ(e.mailbox.to("ada@example.org"), 1);
  EXPECT_EQ(e.mailbox.to("bea@example.org"), 2);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST(Returning, AReactivationIsNotMistakenForAnAcceptanceByAPollThatListsNothing) {
  Engine e;
  e.invites();
  e.person("ada");
  e.apply();
  e.set("ada", "locked", "yes");
  e.later(1min);
  e.set("ada", "locked", "");
  e.later(1min);
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  e.set("ada", "title", "Boss");
  e.later(1min, poll);
  EXPECT_EQ(e.state->invitation("idp", "ada").value()->state, "sent");
}

TEST(Returning, AnAccountIsDeletedAfterItsDelayWhateverHappensToTheRecordMeanwhile) {
  Engine e;
  e.settings().delete_after = 24h * 30;
  e.person("ada");
  e.apply();
  e.set("ada", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend ada"});
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  e.set("ada", "number", "77");          // nothing that the provider is told
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(lines(e.later(24h * 29).plan), Lines{});
  EXPECT_EQ(lines(e.later(24h).plan), Lines{"delete ada"});
  EXPECT_TRUE(e.provider.accounts.empty());
  EXPECT_EQ(lines(e.later(24h).plan), Lines{});
}

TEST(Returning, ANewRecordWithTheNumberOfOneWhoLeftIsTheSamePersonReturning) {
  Engine e;
  e.people(3);
  e.person("ada", {{"number", {"77"}}});
  e.apply();
  e.corp->people.erase("ada");
  e.later(1min);
  EXPECT_EQ(lines(e.later(1h).plan), Lines{"suspend ada"});
  e.person("ada2", {{"uid", {"ada"}}, {"gn", {"ada"}}, {"mail", {"ada@example.org"}}, {"number", {"77"}}});
  EXPECT_EQ(lines(e.later(1h).plan), Lines{"reactivate ada"});
  EXPECT_EQ(e.provider.accounts.size(), 4u);
}

TEST(Returning, AnAddressThatChangesBeforeAcceptanceIsInvitedAnew) {
  Engine e;
  e.invites();
  e.person("ada");
  e.apply();
  e.set("ada", "mail", "lovelace@example.org");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"cancel ada", "update ada", "invite ada"}));
  EXPECT_EQ(e.mailbox.to("lovelace@example.org"), 1);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST(Returning, ACancelledInvitationIsRecalledAtTheProviderByItsOwnId) {
  Capabilities c = like_onelogin();
  c.cancels_invitations = true;
  Engine e(c);
  e.invites();
  e.person("ada");
  e.apply();
  e.set("ada", "mail", "lovelace@example.org");
  e.later(1min);
  ASSERT_EQ(e.provider.invitations.size(), 2u);
  EXPECT_TRUE(e.provider.invitations[0].cancelled);
  EXPECT_FALSE(e.provider.invitations[1].cancelled);
}

}  // namespace
}  // namespace rollcall::test
