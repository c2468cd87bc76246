// Promises 1 and 2: no harm on an incomplete read; absence is slow, a statement is fast (contract 4.1).
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

Duration a_while = 15min;

// A directory of forty people with accounts, so that one read has something to lose.
std::unique_ptr<Engine> settled(int count = 40) {
  auto e = std::make_unique<Engine>();
  e->people(count);
  e->apply();
  EXPECT_EQ(lines(e->plan()), Lines{});
  EXPECT_EQ(static_cast<int>(e->provider.accounts.size()), count);
  return e;
}

TEST(Absence, Promise2TwoCompleteReadsSomeTimeApartMakeAnAbsence) {
  auto e = settled();
  e->corp->people.erase("p100");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(lines(e->later(1min).plan), Lines{}) << "a second read, but too soon";
  EXPECT_EQ(lines(e->later(a_while).plan), Lines{"suspend p100"});
  EXPECT_EQ(e->status_of("p100"), "suspended");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
}

TEST(Absence, WhoComesBackInBetweenWasNeverAway) {
  auto e = settled();
  const auto p100 = e->corp->people.at("p100");
  e->corp->people.erase("p100");
  e->apply();
  e->corp->people["p100"] = p100;
  e->later(a_while);
  e->corp->people.erase("p100");
  EXPECT_EQ(lines(e->later(a_while).plan), Lines{}) << "the count begins anew";
  EXPECT_EQ(lines(e->later(a_while).plan), Lines{"suspend p100"});
}

TEST(Absence, TwoReadsAreEnoughWhereNoTimeIsAsked) {
  auto e = settled();
  e->house.sources[0].settings.absent_for = 0s;
  e->corp->people.erase("p100");
  EXPECT_EQ(lines(e->later(1s).plan), Lines{});
  EXPECT_EQ(lines(e->later(1s).plan), Lines{"suspend p100"});
}

TEST(Absence, Promise1AnIncompleteReadConcludesNothingFromAbsence) {
  auto e = settled();
  e->corp->complete = false;
  e->corp->people.erase("p100");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(lines(e->later(24h).plan), Lines{});
  EXPECT_TRUE(e->apply().trouble);
  e->corp->complete = true;
  EXPECT_EQ(lines(e->later(1min).plan), Lines{}) << "the first complete read that lacks p100";
  EXPECT_EQ(lines(e->later(a_while).plan), Lines{"suspend p100"});
}

TEST(Absence, AnUnreachableServerConcludesNothingAndSaysSo) {
  auto e = settled();
  e->corp->reached = false;
  const Turn turn = e->later(24h);
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_FALSE(turn.plan.complete);
  EXPECT_EQ(turn.plan.sources[0].detail, e->corp->detail);
}

TEST(Absence, Promise2AStatementActsAtOnceAlsoOnAnIncompleteRead) {
  auto e = settled();
  e->corp->complete = false;
  e->set("p101", "locked", "yes");
  e->set("p102", "end", core::rfc3339(e->now - 1s));
  EXPECT_EQ(lines(e->later(1min).plan), (Lines{"suspend p101", "suspend p102"}));
}

TEST(Absence, AnEndDateActsWithoutAnyChangeInTheSource) {
  auto e = settled();
  e->set("p101", "end", core::rfc3339(e->now + 1h));
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  EXPECT_EQ(lines(e->later(1h, poll).plan), Lines{"suspend p101"});
}

TEST(Absence, AStartDateDelaysTheAccountUntilItComes) {
  auto e = settled();
  e->person("zoe", {{"start", {core::rfc3339(e->now + 24h)}}});
  EXPECT_EQ(lines(e->later(1h).plan), Lines{});
  EXPECT_EQ(lines(e->later(24h).plan), Lines{"create zoe"});
}

TEST(Absence, AnIncompleteReadAddsAndUpdates) {
  auto e = settled();
  e->corp->complete = false;
  e->person("zoe");
  e->set("p101", "title", "Boss");
  EXPECT_EQ(lines(e->later(1min).plan), (Lines{"create zoe", "update p101"}));
}

// ---- reads that look wrong ----

TEST(Absence, Promise1HalfOfTheTreeHiddenIsNoCompleteReadThoughEveryAnswerWasSuccess) {
  auto e = settled();
  for (int i = 0; i < 21; ++i) e->corp->hidden.insert("p" + std::to_string(100 + i));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e->later(24h).plan), Lines{});
  const auto holds = e->state->holds().value();
  ASSERT_EQ(holds.size(), 1u);
  EXPECT_EQ(holds[0].kind, "read");
  EXPECT_EQ(holds[0].source, "corp");
  EXPECT_NE(holds[0].reason.find("only 19"), std::string::npos) << holds[0].reason;
}

TEST(Absence, HalfIsEnoughAndOneLessIsNot) {
  auto e = settled();
  for (int i = 0; i < 20; ++i) e->corp->hidden.insert("p" + std::to_string(100 + i));
  EXPECT_TRUE(e->later(1min).plan.sources[0].complete);
}

TEST(Absence, AnApprovedReadIsTheNewMeasureAndOnlyThenBeginsToCount) {
  auto e = settled();
  for (int i = 0; i < 21; ++i) e->corp->hidden.insert("p" + std::to_string(100 + i));
  e->later(24h);
  e->approve_all();
  EXPECT_EQ(lines(e->later(24h).plan), Lines{}) << "the first read that counts";
  EXPECT_TRUE(e->state->holds().value().empty());
  EXPECT_EQ(lines(e->later(24h).plan).size(), 21u);
}

TEST(Absence, AReadThatIsRightAgainNeedsNoDecision) {
  auto e = settled();
  for (int i = 0; i < 21; ++i) e->corp->hidden.insert("p" + std::to_string(100 + i));
  e->later(1min);
  e->corp->hidden.clear();
  EXPECT_TRUE(e->later(1min).plan.complete);
  EXPECT_TRUE(e->state->holds().value().empty());
  EXPECT_EQ(lines(e->later(24h).plan), Lines{});
}

TEST(Absence, Promise1AnAttributeHiddenOfEverybodyKeepsItsLastKnownValues) {
  auto e = settled();
  e->corp->veiled = {"title"};
  const Turn turn = e->later(1min);
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_FALSE(turn.plan.sources[0].complete);
  ASSERT_EQ(e->state->holds().value().size(), 1u);
  EXPECT_NE(e->state->holds().value()[0].reason.find("title vanished"), std::string::npos);
  EXPECT_EQ(lines(e->later(24h).plan), Lines{}) << "and they stay at the next read";
  e->set("p101", "gn", "Other");
  EXPECT_EQ(lines(e->later(24h).plan), Lines{"update p101"}) << "what else changes goes on";
  EXPECT_EQ(e->account("p101")->fields.at("title"), "Clerk");
  e->corp->veiled.clear();
  EXPECT_TRUE(e->later(1min).plan.complete);
}

TEST(Absence, AnApprovedVanishingClearsTheField) {
  auto e = settled();
  e->corp->veiled = {"title"};
  e->later(1min);
  e->approve_all();
  EXPECT_EQ(lines(e->later(1min).plan).size(), 40u);
  EXPECT_EQ(e->account("p101")->fields.at("title"), "");
}

TEST(Absence, AnAttributeOfFewIsTheirs) {
  auto e = std::make_unique<Engine>();
  e->people(37);
  for (int i = 19; i < 37; ++i) e->set("p" + std::to_string(100 + i), "title", "");
  e->apply();
  e->corp->veiled = {"title"};   // of 19 of 37
  EXPECT_EQ(lines(e->later(1min).plan).size(), 19u);
}

TEST(Absence, NewIdsForKnownUserNamesAreAReloadAndNoNewPeople) {
  auto e = settled();
  std::map<std::string, ScriptedSource::Entry> reloaded;
  for (auto [id, entry] : e->corp->people) {
    entry.attributes["id"] = {"new-" + id};
    reloaded["new-" + id] = entry;
  }
  e->corp->people = reloaded;
  const Turn turn = e->later(1min);
  EXPECT_FALSE(turn.plan.sources[0].complete);
  EXPECT_NE(turn.plan.sources[0].detail.find("ids changed"), std::string::npos) << turn.plan.sources[0].detail;
  for (const auto& line : lines(turn.plan)) ADD_FAILURE() << line;
}

TEST(Absence, TwoThingsThatLookWrongAtOnceCanBothBeApproved) {
  auto e = std::make_unique<Engine>();
  e->people(40);
  for (int i = 0; i < 19; ++i) e->set("p" + std::to_string(100 + i), "title", "");
  e->apply();
  for (int i = 0; i < 21; ++i) e->corp->hidden.insert("p" + std::to_string(100 + i));
  e->corp->veiled = {"title"};
  e->later(24h);
  ASSERT_EQ(e->state->holds().value().size(), 2u);
  e->approve_all();
  EXPECT_TRUE(e->later(24h).plan.sources[0].complete);
}

// ---- files ----

TEST(Absence, OfAFileTakesAnotherContentOrADay) {
  auto e = settled();
  e->house.sources[0].settings.type = "ldif";
  e->corp->content_id = "one";
  e->apply();
  e->corp->people.erase("p100");
  e->corp->content_id = "two";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(lines(e->later(1h).plan), Lines{}) << "the same file again";
  e->corp->content_id = "three";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"suspend p100"});
  e->corp->people.erase("p101");
  e->corp->content_id = "four";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(lines(e->later(24h).plan), Lines{"suspend p101"});
}

TEST(Absence, AGroupOfAFileThatIsEmptyIsConfirmedByAnotherFileAndNotByTheSame) {
  auto e = settled();
  e->house.sources[0].settings.type = "ldif";
  e->provider.add_role("Sales");
  e->role("Sales", "sales");
  e->group("sales", {"p100"});
  e->corp->content_id = "one";
  e->later(1min);
  ASSERT_EQ(e->roles_of("p100"), "Sales");
  e->group("sales", {});
  e->corp->content_id = "two";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(lines(e->later(1h).plan), Lines{}) << "the same file again";
  e->corp->content_id = "three";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"revoke p100 Sales"});
}

// ---- scope ----

TEST(Absence, LosingScopeIsAbsenceAlsoByAnEditedConfiguration) {
  auto e = settled();
  e->set("p100", "title", "Guest");
  e->later(1min);
  e->scope("active eq true and title ne \"Guest\"");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  e->corp->complete = false;
  EXPECT_EQ(lines(e->later(a_while).plan), Lines{}) << "an incomplete read does not count";
  e->corp->complete = true;
  EXPECT_EQ(lines(e->later(a_while).plan), Lines{"suspend p100"});
  e->set("p100", "title", "Clerk");
  EXPECT_EQ(lines(e->later(1min).plan), (Lines{"reactivate p100", "update p100"}));
}

TEST(Absence, WhoeverWaitsIsChangedInNothing) {
  auto e = settled();
  e->scope("active eq true and title ne \"Guest\"");
  e->later(1min);
  e->set("p100", "title", "Guest");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(e->account("p100")->fields.at("title"), "Clerk");
}

// ---- providers ----

TEST(Absence, Promise1AnIncompleteListingCreatesNobodyAndCallsNoAccountGone) {
  auto e = settled();
  e->person("zoe");
  e->provider.accounts.erase("1");
  e->set("p101", "locked", "yes");
  e->faulty.on_cue({"list", unavailable(), false, 0, -1});
  for (int i = 0; i < 3; ++i) {
    const auto plan = e->later(24h).plan;
    EXPECT_EQ(lines(plan), i == 0 ? Lines{"suspend p101"} : Lines{});
    EXPECT_FALSE(plan.complete);
  }
}

TEST(Absence, WhoIsOwedAnInvitationGetsItAfterTheListingIsCompleteAgain) {
  auto e = settled(3);
  e->invites();
  e->faulty.on_cue({"list", unavailable(), false, 0, 1});
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(lines(e->later(1min).plan).size(), 3u);
}

TEST(Absence, AnAccountThatIsGoneInTwoRunsIsMadeAgainWithoutAnInvitation) {
  auto e = settled(3);
  e->invites();
  e->apply();
  ASSERT_EQ(e->mailbox.mails.size(), 3u);
  e->provider.accounts.erase("1");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  const Turn turn = e->later(1min);
  EXPECT_EQ(lines(turn.plan), Lines{"create p100"});
  EXPECT_EQ(turn.at().actions[0].reason, "removed at the provider");
  EXPECT_TRUE(e->account("p100"));
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(e->mailbox.mails.size(), 3u);
}

TEST(Absence, AnAccountThatTheListingHidesButALookUpFindsIsThere) {
  auto e = settled(3);
  const Account hidden = e->provider.accounts.at("1");
  e->witness->unlisted = {"1"};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(e->provider.accounts.at("1"), hidden);
}

TEST(Absence, HalfOfTheAccountsMissingIsNoCompleteListing) {
  auto e = settled();
  const auto accounts = e->provider.accounts;
  for (int id = 1; id <= 21; ++id) e->provider.accounts.erase(std::to_string(id));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(e->state->holds("idp").value().at(0).kind, "read");
  e->provider.accounts = accounts;
  EXPECT_TRUE(e->later(1min).plan.complete);
}

// The daemon looks at who waits more often than it reads: by the clock, or because somebody woke it.
TEST(Absence, LosingScopeNeedsASecondReadAndNotASecondLook) {
  Engine e;
  e.people(6);
  e.apply();
  e.set("p100", "title", "Guest");
  e.scope("active eq true and title ne \"Guest\"");
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
  sync::Scope look;
  look.sources = false;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(24h, look).plan), Lines{}) << "nothing was read";
  e.corp->complete = false;
  EXPECT_EQ(lines(e.later(1h).plan), Lines{}) << "nor completely";
  e.corp->complete = true;
  EXPECT_EQ(lines(e.later(1h).plan), Lines{"suspend p100"});
}

}  // namespace
}  // namespace rollcall::test
