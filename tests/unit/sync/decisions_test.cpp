// What a person decides about a person (contract section 1): suspend, release, link, unlink, unjoin, retire.
#include <gtest/gtest.h>

#include "support/engine.hpp"
#include "sync/decisions.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

class Decisions : public testing::Test {
 protected:
  explicit Decisions(Capabilities capabilities = like_onelogin()) : e(std::move(capabilities)) {
    e.people(3);
    for (const char* role : {"Sales", "Staff"}) e.provider.add_role(role);
    e.role("Sales", "sales");
    e.group("sales", {"p100"});
  }
  sync::Desk desk() { return {*e.state, e.house, e.io, e.now, "root"}; }
  Result<std::vector<std::string>> suspend(const std::string& person, const std::string& provider = "") {
    auto d = desk();
    return sync::suspend_by_hand(d, person, provider);
  }
  Result<void> release(const std::string& person) {
    auto d = desk();
    return sync::release(d, person);
  }
  Result<void> link(const std::string& person, const std::string& account) {
    auto d = desk();
    return sync::link(d, person, "idp", account);
  }
  Result<std::string> unlink(const std::string& person) {
    auto d = desk();
    return sync::unlink(d, person, "idp");
  }
  Result<std::vector<std::string>> retire(const std::string& person) {
    auto d = desk();
    return sync::retire(d, person);
  }
  // What the command does behind the decision: no reads, this person only.
  Turn at_once(const std::string& person) {
    sync::Scope scope;
    scope.contain = true;
    scope.list_providers = false;
    scope.user = person;
    return e.apply(scope);
  }
  Engine e;
};

// ---- suspend and release ----

TEST_F(Decisions, TheEmergencyBrakeSuspendsAtOnceWithoutARead) {
  e.apply();
  const auto reads = e.corp->reads;
  const auto calls = e.provider.calls.size();
  EXPECT_EQ(suspend("p100").value(), Lines{"idp 1"});
  EXPECT_EQ(lines(at_once("p100").plan), Lines{"suspend p100"});
  EXPECT_EQ(e.status_of("p100"), "suspended");
  EXPECT_EQ(e.roles_of("p100"), "Sales") << "roles stay where the provider can suspend";
  EXPECT_EQ(e.corp->reads, reads);
  EXPECT_EQ(e.provider.calls.size(), calls + 1) << "one call, the suspension";
}

TEST_F(Decisions, ItIsPastBrakesHoldsConflictsAndIncompleteReads) {
  e.apply();
  e.limit("suspend", 0);
  e.set("p100", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100 held"});
  e.set("p101", "uid", "P102");                    // a conflict
  e.corp->complete = false;
  e.later(1min);
  for (const char* id : {"p100", "p101"}) {
    ASSERT_TRUE(suspend(id));
    EXPECT_EQ(lines(at_once(id).plan), Lines{std::string("suspend ") + id});
  }
  EXPECT_EQ(e.status_of("p100") + e.status_of("p101") + e.status_of("p102"), "suspendedsuspendedpending");
  e.set("p102", "locked", "yes");
  e.limit("suspend", 1);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p102"}) << "what was ordered does not count against the limit";
}

TEST_F(Decisions, ItStaysWhateverTheSourcesSayUntilItIsReleased) {
  e.apply();
  suspend("p100").value();
  at_once("p100");
  e.set("p100", "title", "Boss");
  e.group("sales", {"p101"});
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"assign p101 Sales"});
  e.provider.accounts.at("1").status = AccountStatus::active;      // somebody lets them in again
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
  ASSERT_TRUE(release("p100"));
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"revoke p100 Sales", "reactivate p100", "update p100"}));
  e.later(1min);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_FALSE(release("p100")) << "there is nothing left to release";
}

TEST_F(Decisions, WhoLeavesMeanwhileStaysSuspendedAndIsNotDeletedBeforeTheRelease) {
  e.settings().delete_after = 1h;
  e.apply();
  suspend("p100").value();
  at_once("p100");
  e.set("p100", "locked", "yes");
  EXPECT_EQ(lines(e.later(2h).plan), Lines{});
  ASSERT_TRUE(release("p100"));
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"delete p100"});
}

TEST_F(Decisions, SomebodyWithoutAnAccountGetsNoneMeanwhile) {
  e.limit("create", 0);
  e.apply();
  ASSERT_TRUE(e.provider.accounts.empty());
  EXPECT_EQ(suspend("p100").value(), Lines{});
  EXPECT_EQ(lines(at_once("p100").plan), Lines{});
  e.limit("create", 100);
  e.approve_all();
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"create p101", "create p102"}));
  ASSERT_TRUE(release("p100"));
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"create p100", "assign p100 Sales"}));
}

TEST_F(Decisions, RefusedOrUnreachableItIsTriedAgainByTheNextRun) {
  e.apply();
  suspend("p100").value();
  e.faulty.on_cue({"suspend", unavailable(), false, 0, -1});
  EXPECT_EQ(at_once("p100").report.failed, 1);
  e.faulty.clear();
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
  EXPECT_EQ(e.status_of("p100"), "suspended");
}

TEST_F(Decisions, APlanThatWasMadeBeforeTheBrakeWasPulledGrantsNothingBehindIt) {
  e.witness->told = [&](const std::string& moment) {
    if (moment != "after create" || e.provider.accounts.size() != 1) return;
    auto other = store::State::open(e.url, store::Access::write).value();     // the command, beside the run
    sync::Desk desk{*other, e.house, e.io, e.now, "root"};
    ASSERT_TRUE(sync::suspend_by_hand(desk, "p100", ""));
  };
  e.settings().concurrency = 1;
  const Turn turn = e.apply();
  ASSERT_EQ(turn.report.troubles.size(), 1u);
  EXPECT_EQ(turn.report.troubles[0].detail, "suspended by hand meanwhile");
  EXPECT_EQ(e.roles_of("p100"), "");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
}

TEST_F(Decisions, AtOneProviderOnlyWhereThatIsSaid) {
  e.apply();
  EXPECT_EQ(suspend("p100", "elsewhere").error().kind, ErrorKind::not_found);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(suspend("p100", "idp").value(), Lines{"idp 1"});
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
}

TEST_F(Decisions, APendingInvitationIsCancelledFirst) {
  e.invites();
  e.apply();
  suspend("p100").value();
  EXPECT_EQ(lines(at_once("p100").plan), (Lines{"cancel p100", "suspend p100"}));
  EXPECT_EQ(e.state->invitation("idp", "p100").value()->state, "cancelled");
}

TEST_F(Decisions, Promise3AProtectedAccountIsNotTouchedByTheBrakeEither) {
  e.apply();
  e.protect("userName eq \"p100\"");
  e.later(1min);
  suspend("p100").value();
  const Turn turn = at_once("p100");
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_EQ(turn.at().protected_accounts.size(), 1u);
  EXPECT_EQ(e.status_of("p100"), "pending");
}

// ---- link and unlink ----

TEST_F(Decisions, AnAmbiguousMatchIsSettledByTheCommandThatItPrints) {
  e.settings().adopt = true;
  e.settings().match = {"email", "userName"};
  e.configured();
  e.provider.add({{"userName", "p100"}, {"email", "other@example.org"}});
  e.provider.add({{"userName", "someone"}, {"email", "p100@example.org"}});
  const Turn turn = e.apply();
  ASSERT_EQ(conflicts(turn.plan), Lines{"ambiguous-match p100"});
  EXPECT_EQ(turn.at().conflicts[0].settle, "rollcall link p100 idp 2   or   rollcall link p100 idp 1");
  ASSERT_TRUE(link("p100", "1"));
  const auto plan = lines(e.later(1min).plan);
  EXPECT_EQ(plan.front(), "update p100");
  EXPECT_EQ(e.account("someone")->fields.at("email"), "p100@example.org") << "nobody's: left as it is";
  e.provider.accounts.at("2").fields["email"] = "someone@example.org";   // frees the address
  e.approve_all();                                   // roles of an adopted account are unknown at this provider
  e.later(1min);
  EXPECT_EQ(e.account("p100")->fields.at("email"), "p100@example.org");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST_F(Decisions, AnAccountThatMayNotBeAdoptedIsLinkedByHand) {
  e.provider.add({{"userName", "p102"}, {"email", "p102@example.org"}, {"title", "Old"}});
  const Turn turn = e.apply();
  ASSERT_EQ(conflicts(turn.plan), Lines{"not-adopted p102"});
  EXPECT_EQ(turn.at().conflicts[0].settle, "rollcall link p102 idp 1");
  ASSERT_TRUE(link("p102", "1"));
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"update p102"});
  EXPECT_EQ(e.account("p102")->fields.at("title"), "Clerk");
}

TEST_F(Decisions, LinkRefusesWhatIsSomebodyElsesWhatIsProtectedAndWhatIsNotThere) {
  e.provider.add({{"userName", "root"}, {"email", "root@example.org"}});
  e.provider.add({{"userName", "free"}, {"email", "free@example.org"}});
  e.protect("userName eq \"root\"");
  e.apply();
  EXPECT_EQ(link("p100", "2").error().kind, ErrorKind::conflict) << "p100 has an account";
  EXPECT_EQ(link("p100", "4").error().kind, ErrorKind::conflict) << "another's";
  EXPECT_NE(link("p100", "4").error().message.find("rollcall unlink p101 idp"), std::string::npos);
  EXPECT_EQ(link("p100", "77").error().kind, ErrorKind::not_found);
  unlink("p100").value();
  EXPECT_EQ(link("p100", "1").error().kind, ErrorKind::refused);
}

TEST_F(Decisions, AnAccountThatTheStateHasNotSeenIsAskedForAtTheProvider) {
  e.apply();
  unlink("p100").value();
  e.provider.add({{"userName", "hidden"}, {"email", "hidden@example.org"}});
  EXPECT_TRUE(link("p100", "4"));
  EXPECT_EQ(e.state->account_of("idp", "p100").value()->id, "4");
}

TEST_F(Decisions, AnUnlinkedAccountIsLeftAloneAndNotTakenAgainByItself) {
  e.settings().adopt = true;
  e.configured();
  e.apply();
  EXPECT_EQ(unlink("p100").value(), "1");
  for (int i = 0; i < 2; ++i) {
    const Turn turn = e.later(1min);
    EXPECT_EQ(lines(turn.plan), Lines{});
    ASSERT_EQ(conflicts(turn.plan), Lines{"not-adopted p100"});
    EXPECT_EQ(turn.at().conflicts[0].settle, "rollcall link p100 idp 1");
    EXPECT_EQ(turn.at().unmanaged.size(), 1u);
  }
  e.set("p100", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{}) << "nobody's account is not suspended";
  e.set("p100", "locked", "");
  ASSERT_TRUE(link("p100", "1"));
  e.later(1min);
  EXPECT_EQ(conflicts(e.later(1min).plan), Lines{});
}

TEST_F(Decisions, ARecycledAddressOfOnePersonUnderANewIdIsSettledByTheCommandsThatItPrints) {
  e.apply();
  e.person("new", {{"uid", {"p100"}}, {"mail", {"p100@example.org"}}});
  e.corp->people.erase("p100");
  e.corp->people.at("new").dn = "uid=new,ou=people,dc=x";
  const Turn turn = e.later(1min);
  ASSERT_FALSE(turn.at().conflicts.empty());
  EXPECT_EQ(turn.at().conflicts[0].settle, "rollcall unlink p100 idp && rollcall link new idp 1");
  ASSERT_TRUE(unlink("p100"));
  ASSERT_TRUE(link("new", "1"));
  e.later(1min);
  e.approve_all();
  for (int i = 0; i < 3; ++i) e.later(24h);
  EXPECT_EQ(e.state->account_of("idp", "new").value()->id, "1");
  EXPECT_EQ(e.status_of("p100"), "pending") << "the old record's absence takes nothing from the account's new owner";
  EXPECT_EQ(lines(e.plan()), Lines{});
}

// ---- retire ----

TEST_F(Decisions, AWaitingDeletionIsCarriedOutNow) {
  e.settings().delete_after = 24h * 30;
  e.apply();
  EXPECT_EQ(retire("p100").error().kind, ErrorKind::conflict) << "nothing waits";
  e.set("p100", "locked", "yes");
  e.later(1min);
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
  EXPECT_EQ(retire("p100").value(), Lines{"idp 1"});
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"delete p100"});
  EXPECT_EQ(e.provider.accounts.size(), 2u);
  EXPECT_TRUE(e.state->decisions("p100").value().empty());
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST_F(Decisions, WhoReturnsBeforeTheDeletionIsNotRetiredAfterTheNextLeave) {
  e.settings().delete_after = 24h * 30;
  e.apply();
  e.set("p100", "locked", "yes");
  e.later(1min);
  retire("p100").value();
  e.set("p100", "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"reactivate p100"});
  e.set("p100", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"suspend p100"});
  EXPECT_EQ(lines(e.later(1h).plan), Lines{});
}

TEST_F(Decisions, ARetirementPassesTheBrakesLikeAnyDeletion) {
  e.settings().delete_after = 24h * 30;
  e.limit("delete", 0);
  e.apply();
  e.set("p100", "locked", "yes");
  e.later(1min);
  retire("p100").value();
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"delete p100 held"});
}

}  // namespace
}  // namespace rollcall::test
