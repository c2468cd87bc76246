#include "unit/store/databases.hpp"

#include <gmock/gmock.h>

namespace rollcall::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class History : public Store {
 protected:
  ActionRow action(const std::string& kind, const std::string& outcome, Instant finished) {
    ActionRow row;
    row.run = "r1", row.provider = "p", row.person = "d", row.kind = kind, row.outcome = outcome,
    row.finished = finished;
    row.id = state_->put_action(row).value();
    return row;
  }
  static InvitationRow invitation(const std::string& id, const std::string& state) {
    InvitationRow row;
    row.id = id, row.provider = "p", row.person = "d", row.state = state;
    return row;
  }
};

TEST_P(History, RunsComeNewestFirst) {
  for (int i = 1; i <= 3; ++i) {
    RunRow row{.id = "r" + std::to_string(i), .started = at(i * 100), .mode = "apply", .plan_id = "", .result = "done"};
    EXPECT_OK(state_->put_run(row));
  }
  const auto runs = state_->runs(at(200), 10).value();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].id, "r3");
  EXPECT_EQ(state_->runs(at(0), 1).value().size(), 1u);
  EXPECT_FALSE(state_->run("r9").value());
}

TEST_P(History, APlanCountsAsAppliedOnceARunFinishedIt) {
  RunRow row{.id = "r", .started = at(1), .mode = "apply", .plan_id = "sha256:1", .result = "running"};
  EXPECT_OK(state_->put_run(row));
  EXPECT_FALSE(state_->plan_was_applied("sha256:1").value());
  row.result = "interrupted";
  EXPECT_OK(state_->put_run(row));
  EXPECT_FALSE(state_->plan_was_applied("sha256:1").value());
  row.result = "held";
  EXPECT_OK(state_->put_run(row));
  EXPECT_TRUE(state_->plan_was_applied("sha256:1").value());
  EXPECT_FALSE(state_->plan_was_applied("").value());
}

TEST_P(History, ActionsAreFiltered) {
  action("create", "done", at(100));
  action("invite", "failed", at(200));
  ActionRow other = action("create", "", {});
  other.person = "e", other.outcome = "done", other.finished = at(300), other.detail = "x";
  EXPECT_EQ(state_->put_action(other).value(), other.id);
  EXPECT_OK(state_->put_run({.id = "r1", .started = at(50)}));
  action("update", "", {});
  using Filter = State::ActionFilter;
  EXPECT_EQ(state_->actions({}, 10).value().size(), 4u);
  EXPECT_EQ(state_->actions({}, 2).value().at(0).kind, "update");
  EXPECT_EQ(state_->actions(Filter{.person = "e"}, 10).value().at(0).detail, "x");
  EXPECT_EQ(state_->actions(Filter{.run = "r1", .kind = "create"}, 10).value().size(), 2u);
  EXPECT_EQ(state_->actions(Filter{.failed = true}, 10).value().at(0).kind, "invite");
  EXPECT_EQ(state_->actions(Filter{.provider = "p", .outcome = "done", .since = at(200)}, 10).value().size(), 1u);
  EXPECT_EQ(state_->actions(Filter{.since = at(50)}, 10).value().size(), 4u);
  EXPECT_EQ(state_->actions(Filter{.since = at(51)}, 10).value().size(), 3u);  // the planned one began before
}

TEST_P(History, TheWindowOfTheBrakesCountsWhatMayHaveTakenEffectAndNobodyApproved) {
  action("suspend", "done", at(100));
  action("suspend", "done", at(200));
  action("suspend", "in-doubt", at(300));
  action("suspend", "failed", at(300));
  ActionRow absent = action("suspend", "done", at(300)), approved = absent;
  absent.stated = false, approved.id = 0, approved.approved = true;
  EXPECT_OK(state_->put_action(absent));
  EXPECT_OK(state_->put_action(approved));
  const auto counts = state_->carried_out("p", at(200)).value();
  EXPECT_EQ(counts.size(), 2u);
  EXPECT_EQ((counts.at({"suspend", true})), 2);
  EXPECT_EQ((counts.at({"suspend", false})), 1);
  EXPECT_TRUE(state_->carried_out("q", at(0)).value().empty());
}

TEST_P(History, AJournalRowWithoutOutcomeIsInDoubt) {
  const ActionRow a = action("create", "", {});
  JournalRow row{.action = a.id, .step = "create", .attempt = 2, .intent_at = at(5)};
  row.id = state_->put_journal(row).value();
  const auto doubt = state_->in_doubt().value();
  ASSERT_EQ(doubt.size(), 1u);
  EXPECT_EQ(doubt[0].first.id, row.id);
  EXPECT_EQ(doubt[0].first.attempt, 2);
  EXPECT_EQ(doubt[0].second.kind, "create");
  row.outcome = "done", row.outcome_at = at(6);
  EXPECT_OK(state_->put_journal(row));
  EXPECT_THAT(state_->in_doubt().value(), IsEmpty());
}

TEST_P(History, HoldsAreListedInOrderAndErased) {
  for (const auto& [id, provider, kind] :
       {std::tuple{"h1", "q", "create"}, {"h2", "p", "suspend"}, {"h3", "p", "create"}}) {
    HoldRow row;
    row.id = id, row.provider = provider, row.kind = kind, row.state = "held", row.since = at(1), row.until = at(2),
    row.by = "me";
    EXPECT_OK(state_->put_hold(row));
  }
  std::vector<std::string> ids;
  const auto every = state_->holds().value();
  for (const auto& row : every) ids.push_back(row.id);
  EXPECT_THAT(ids, ElementsAre("h3", "h2", "h1"));
  EXPECT_EQ(state_->holds("p").value().size(), 2u);
  EXPECT_EQ(state_->hold("h1").value()->by, "me");
  EXPECT_OK(state_->erase_hold("h1"));
  EXPECT_FALSE(state_->hold("h1").value());
}

TEST_P(History, ADecisionStandsOnceAndKeepsItsTime) {
  EXPECT_OK(state_->put_decision({"suspend", "d", "p", "", at(1), "me"}));
  EXPECT_OK(state_->put_decision({"suspend", "d", "p", "", at(2), "you"}));
  EXPECT_OK(state_->put_decision({"unlink", "d", "p", "7", at(3), "me"}));
  EXPECT_OK(state_->put_decision({"suspend", "c", "", "", at(4), "me"}));
  const auto of_one = state_->decisions("d").value();
  ASSERT_EQ(of_one.size(), 2u);
  EXPECT_EQ(of_one[0].since, at(1));
  EXPECT_EQ(of_one[0].by, "me");
  EXPECT_EQ(of_one[1].subject, "7");
  EXPECT_EQ(state_->decisions("").value().size(), 3u);
  EXPECT_FALSE(state_->erase_decision("suspend", "d", "", "").value());
  EXPECT_TRUE(state_->erase_decision("suspend", "d", "p", "").value());
  EXPECT_EQ(state_->decisions("d").value().size(), 1u);
}

TEST_P(History, ASecondLivingInvitationIsAConflictAndBreaksNoTransaction) {
  const auto work = [&]() -> Result<void> {
    EXPECT_OK(state_->put_invitation(invitation("1", "pending")));
    EXPECT_EQ(state_->put_invitation(invitation("2", "sent")).error().kind, ErrorKind::conflict);
    EXPECT_OK(state_->put_invitation(invitation("3", "cancelled")));
    EXPECT_EQ(state_->put_invitation(invitation("3", "in-doubt")).error().kind, ErrorKind::conflict);
    return state_->put_invitation(invitation("1", "sent"));
  };
  EXPECT_OK(state_->transaction(work));
  EXPECT_EQ(state_->invitation("p", "d").value()->id, "1");
  EXPECT_EQ(state_->invitations("p", "").value().size(), 2u);
  EXPECT_EQ(state_->invitations("p", "sent").value().size(), 1u);
}

TEST_P(History, InvitationsOfEveryProviderAreListedInOrderAndCountedByWhenTheyWentOut) {
  for (const auto& [id, provider, sent] : {std::tuple{"1", "q", 5}, {"2", "p", 9}, {"3", "p", 7}}) {
    auto row = invitation(id, "accepted");
    row.provider = provider, row.sent = at(sent), row.next_at = never;
    EXPECT_OK(state_->put_invitation(row));
  }
  std::vector<std::string> ids;
  const auto every = state_->invitations("", "").value();
  for (const auto& row : every) ids.push_back(row.id);
  EXPECT_THAT(ids, ElementsAre("2", "3", "1"));
  EXPECT_EQ(state_->invitations("", "accepted").value().size(), 3u);
  EXPECT_TRUE(state_->invitations("", "sent").value().empty());
  EXPECT_THAT(state_->invited_since("p", at(6)).value(), ElementsAre(at(7), at(9)));
  EXPECT_THAT(state_->invited_since("p", at(7)).value(), ElementsAre(at(9)));
  EXPECT_EQ(state_->invitation("q", "d").value()->next_at, never);
}

TEST_P(History, WithoutALivingInvitationTheNewestIsShown) {
  EXPECT_OK(state_->put_invitation(invitation("z", "expired")));
  EXPECT_OK(state_->put_invitation(invitation("a", "cancelled")));
  EXPECT_EQ(state_->invitation("p", "d").value()->id, "a");
  EXPECT_OK(state_->put_invitation(invitation("z", "pending")));
  EXPECT_EQ(state_->invitation("p", "d").value()->id, "z");
  EXPECT_FALSE(state_->invitation("p", "e").value());
}

// --- transactions and the lease ---

TEST_P(History, ATransactionThatFailsLeavesNothing) {
  const auto work = [&]() -> Result<void> {
    EXPECT_OK(state_->put_run({.id = "r1"}));
    return fail(ErrorKind::refused, "no");
  };
  EXPECT_EQ(state_->transaction(work).error().message, "no");
  EXPECT_FALSE(state_->run("r1").value());
}

TEST_P(History, ASavepointThatFailsLeavesTheRest) {
  const auto part = [&]() -> Result<void> {
    EXPECT_OK(state_->put_run({.id = "r2"}));
    return fail(ErrorKind::refused, "no");
  };
  const auto nested = [&]() -> Result<void> { return state_->put_run({.id = "r3"}); };
  const auto work = [&]() -> Result<void> {
    EXPECT_OK(state_->put_run({.id = "r1"}));
    EXPECT_FALSE(state_->savepoint(part));
    return state_->transaction(nested);  // inside another one it is a savepoint
  };
  EXPECT_OK(state_->transaction(work));
  EXPECT_TRUE(state_->run("r1").value());
  EXPECT_FALSE(state_->run("r2").value());
  EXPECT_TRUE(state_->run("r3").value());
}

TEST_P(History, AnExceptionRollsBackAndGoesOn) {
  const auto work = [&]() -> Result<void> {
    EXPECT_OK(state_->put_run({.id = "r1"}));
    throw std::runtime_error("bug");
  };
  EXPECT_THROW((void)state_->transaction(work), std::runtime_error);
  EXPECT_FALSE(state_->run("r1").value());
  EXPECT_OK(state_->transaction([&]() -> Result<void> { return state_->put_run({.id = "r1"}); }));
}

TEST_P(History, AnErrorOfTheDatabaseDoesNotSpoilLaterStatements) {
  RecordRow row;
  row.source = "s", row.key = "k";
  EXPECT_OK(state_->put_record(row));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(state_->put_record(row).error().kind, ErrorKind::conflict);
  row.key = "k2";
  EXPECT_OK(state_->put_record(row));
}

TEST_P(History, TheLeaseHasOneHolderAndANewEpochAtEveryTakeOver) {
  auto other = open();
  const auto mine = state_->take_lease("run", "me", at(100), at(200)).value();
  EXPECT_EQ(std::tie(mine.holder, mine.epoch), std::tuple("me", 1));
  EXPECT_EQ(other->take_lease("run", "you", at(150), at(250)).value().holder, "me");
  EXPECT_EQ(state_->take_lease("run", "me", at(150), at(260)).value().epoch, 1);
  EXPECT_TRUE(state_->renew_lease(mine, at(300)).value());
  EXPECT_EQ(other->take_lease("run", "you", at(299), at(400)).value().holder, "me");
  const auto taken = other->take_lease("run", "you", at(300), at(400)).value();
  EXPECT_EQ(std::tie(taken.holder, taken.epoch), std::tuple("you", 2));
  EXPECT_FALSE(state_->renew_lease(mine, at(500)).value());
  EXPECT_OK(state_->drop_lease(mine));  // no longer ours: changes nothing
  EXPECT_EQ(state_->lease("run").value()->holder, "you");
  EXPECT_OK(other->drop_lease(taken));
  EXPECT_FALSE(state_->lease("run").value());
  EXPECT_EQ(state_->take_lease("run", "me", at(301), at(400)).value().epoch, 3);
}

TEST_P(History, TheDataVersionTellsOfOtherConnectionsCommits) {
  auto other = open();
  const auto before = state_->data_version();
  EXPECT_EQ(state_->data_version(), before);
  EXPECT_OK(other->put_run({.id = "r"}));
  EXPECT_NE(state_->data_version(), before);
}

TEST_P(History, AHealthyStateSaysSoAndKeepsItsId) {
  EXPECT_TRUE(state_->healthy().value());
  EXPECT_EQ(state_->id().size(), 36u);
  EXPECT_EQ(open()->id(), state_->id());
  EXPECT_EQ(open(Access::read)->id(), state_->id());
}

TEST_P(History, AScratchCopyHoldsEverythingAndLeavesTheOriginalAlone) {
  const ActionRow first = action("create", "done", at(1));
  auto scratch = open(Access::scratch);
  EXPECT_EQ(scratch->id(), state_->id());
  EXPECT_EQ(scratch->actions({}, 10).value().size(), 1u);
  EXPECT_OK(scratch->put_run({.id = "r"}));
  ActionRow again = first;
  again.id = 0;
  EXPECT_GT(scratch->put_action(again).value(), first.id);
  EXPECT_FALSE(state_->run("r").value());
  EXPECT_EQ(state_->actions({}, 10).value().size(), 1u);
  EXPECT_EQ(state_->put_action(again).value(), first.id + 1) << "the copy took no number of the original";
}

TEST_P(History, AStateThatIsOpenToReadRefusesWrites) {
  auto reader = open(Access::read);
  EXPECT_EQ(reader->put_run({.id = "r"}).error().kind, ErrorKind::refused);
  EXPECT_OK(state_->put_run({.id = "r"}));
  EXPECT_TRUE(reader->run("r").value());
}

ON_BOTH_BACKENDS(History);

}  // namespace
}  // namespace rollcall::store
