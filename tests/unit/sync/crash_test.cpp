// Promises 4 and 5: killed at any instant, answers lost, steps failed - and the next run puts it right. A kill is a copy of the state's
// files and of the provider at that instant, from which a new process starts.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/engine.hpp"
#include "sync/ledger.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

void prepare(Engine& e) {
  e.people(3);
  for (const char* role : {"Sales", "Staff"}) e.provider.add_role(role);
  e.role("Sales", "sales");
  e.role("Staff", "", "active eq true");
  e.group("sales", {"p100", "p101"});
  e.invites();
  e.settings().concurrency = 1;
}

// One account each, exact roles; `mails` have gone out to each, or at most that many where one is in doubt.
void expect_right(Engine& e, const std::string& trace) {
  SCOPED_TRACE(trace);
  EXPECT_EQ(e.provider.accounts.size(), 3u);
  EXPECT_EQ(e.roles_of("p100"), "Sales Staff");
  EXPECT_EQ(e.roles_of("p101"), "Sales Staff");
  EXPECT_EQ(e.roles_of("p102"), "Staff");
  for (const char* id : {"p100", "p101", "p102"}) {
    EXPECT_EQ(e.account(id) ? e.account(id)->fields.at("externalId") : "", id);
    const auto invitation = e.state->invitation("idp", id).value();
    ASSERT_TRUE(invitation) << id;
    const int mails = e.mailbox.to(std::string(id) + "@example.org");
    EXPECT_LE(mails, 1) << id;
    if (invitation->state != "in-doubt") {
      EXPECT_EQ(mails, 1) << id << " " << invitation->state;
    }
  }
  EXPECT_EQ(lines(e.plan()), Lines{});
}

struct Instant_ {
  std::string moment;
  std::unique_ptr<Folder> folder;
  std::map<std::string, Account> accounts;
  std::vector<MemoryProvider::Invitation> invitations;
  std::vector<Mail> mails;
};

std::vector<Instant_> every_instant(Engine& e) {
  std::vector<Instant_> taken;
  const auto take = [&](const std::string& moment) {
    Instant_ i{moment + " " + std::to_string(taken.size()), std::make_unique<Folder>(), e.provider.accounts, e.provider.invitations, e.mailbox.mails};
    for (const auto& file : fs::directory_iterator(e.folder.path()))
      if (file.path().filename().string().starts_with("state.db")) fs::copy(file.path(), i.folder->path() + "/" + file.path().filename().string());
    fs::remove(i.folder->path() + "/state.db-shm");
    taken.push_back(std::move(i));
  };
  e.witness->told = e.mailbox.told = take;
  e.apply();
  e.witness->told = e.mailbox.told = nullptr;
  return taken;
}

std::unique_ptr<Engine> risen_from(const Instant_& i, Capabilities capabilities = like_onelogin()) {
  auto e = std::make_unique<Engine>(std::move(capabilities));
  prepare(*e);
  e->state.reset();
  for (const auto& file : fs::directory_iterator(e->folder.path()))
    if (file.path().filename().string().starts_with("state.db")) fs::remove(file.path());
  for (const auto& file : fs::directory_iterator(i.folder->path())) fs::copy(file.path(), e->folder.path() + "/" + file.path().filename().string());
  for (std::size_t n = 0; n < i.accounts.size(); ++n) e->provider.add({});   // its ids go on where they were
  e->provider.accounts = i.accounts;
  e->provider.invitations = i.invitations;
  e->mailbox.mails = i.mails;
  e->runs = 100;
  e->reopen();
  return e;
}

class Crash : public testing::TestWithParam<bool> {
 protected:
  static Capabilities capabilities() { return GetParam() ? MemoryProvider::everything() : like_onelogin(); }
};

TEST_P(Crash, Promise4KilledBeforeAndAfterTheEffectOfEveryCall) {
  Engine e(capabilities());
  prepare(e);
  const auto instants = every_instant(e);
  EXPECT_GE(instants.size(), 3u * 8u);
  for (const auto& i : instants) {
    auto risen = risen_from(i, capabilities());
    risen->later(1min);
    risen->later(1min);
    expect_right(*risen, "killed " + i.moment);
    if (HasFailure()) return;
  }
}

TEST_P(Crash, Promise4KilledAgainDuringTheRecovery) {
  Engine e(capabilities());
  prepare(e);
  const auto instants = every_instant(e);
  for (std::size_t n = 1; n < instants.size(); n += 5) {
    auto risen = risen_from(instants[n], capabilities());
    const auto again = every_instant(*risen);
    if (again.empty()) continue;
    auto twice = risen_from(again[again.size() / 2], capabilities());
    twice->runs = 200;
    twice->later(1min);
    twice->later(1min);
    expect_right(*twice, "killed " + instants[n].moment + ", then " + again[again.size() / 2].moment);
    if (HasFailure()) return;
  }
}

// Of the links that were mailed to somebody, how many the vendor would still let in.
int mailed_and_alive(const Engine& e, const std::string& address) {
  return static_cast<int>(std::count_if(e.provider.invitations.begin(), e.provider.invitations.end(), [&](const auto& i) {
    const auto mailed = [&](const Mail& m) { return m.to == address && m.text.find(i.link + "\n") != std::string::npos; };
    return !i.cancelled && std::any_of(e.mailbox.mails.begin(), e.mailbox.mails.end(), mailed);
  }));
}

TEST_P(Crash, Promise4KilledAtAnyInstantOfAResendOneInvitationLives) {
  Engine e(capabilities());
  prepare(e);
  e.apply();
  const auto& seat = e.house.providers[0];
  for (const char* id : {"p100", "p101", "p102"}) ASSERT_TRUE(sync::ask_to_resend(*e.state, seat.rules, seat.capabilities, id, e.now));
  e.now += 1min;
  const auto instants = every_instant(e);
  EXPECT_GE(instants.size(), 3u * 4u);
  for (const auto& i : instants) {
    SCOPED_TRACE("killed " + i.moment);
    auto risen = risen_from(i, capabilities());
    risen->later(1min), risen->later(1min);
    for (const char* id : {"p100", "p101", "p102"}) {
      const std::string address = std::string(id) + "@example.org", state = risen->state->invitation("idp", id).value()->state;
      EXPECT_TRUE(state == "sent" || state == "in-doubt") << id << " " << state;
      EXPECT_LE(risen->mailbox.to(address), 2) << id;
      if (state == "sent") {
        EXPECT_EQ(risen->mailbox.to(address), 2) << id;
      }
      if (capabilities().cancels_invitations) {
        EXPECT_LE(mailed_and_alive(*risen, address), 1) << id;
      }
    }
    EXPECT_EQ(lines(risen->plan()), Lines{});
    if (HasFailure()) return;
  }
}

TEST_P(Crash, Promise4AnswersLostAndRefusalsAtRandom) {
  const char* const verbs[] = {"create", "update", "set_roles", "invite", "find", "list", "roles", ""};
  for (unsigned seed = 1; seed <= last_seed(1, 12) && !HasFailure(); ++seed) {
    std::minstd_rand dice(seed);
    Engine e(capabilities());
    prepare(e);
    for (int turn = 0; turn < 4; ++turn) {
      for (int i = 0; i < 3; ++i) {
        Fault fault = dice() % 2 ? lost_answer(verbs[dice() % 8]) : dropped(verbs[dice() % 8]);
        if (dice() % 3 == 0) fault.error = dice() % 2 ? rate_limited(1s) : unavailable();
        if (!fault.error.in_doubt) fault.after_effect = false;
        fault.skip = static_cast<int>(dice() % 4);
        fault.times = static_cast<int>(1 + dice() % 2);
        e.faulty.on_cue(fault);
      }
      e.later(1min);
      if (dice() % 2) e.reopen();
    }
    e.faulty.clear();
    e.later(1min);
    e.later(1min);
    expect_right(e, "seed " + std::to_string(seed));
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, Crash, testing::Bool(), [](const auto& info) { return std::string(info.param ? "All" : "LikeOneLogin"); });

TEST(Doubt, ACreateInDoubtIsNeverSentAgainBeforeALookUpHasAnswered) {
  Engine e;
  prepare(e);
  e.faulty.on_cue(lost_answer("create"));
  e.faulty.on_cue({"find", unavailable(), false, 0, -1});
  const Turn turn = e.apply();
  EXPECT_EQ(e.provider.count("create"), 3u);
  EXPECT_EQ(turn.report.failed + turn.report.in_doubt, 1);
  e.later(1min);
  EXPECT_EQ(e.provider.count("create"), 3u) << "still nobody can say";
  e.faulty.clear();
  e.later(1min);
  e.later(1min);
  EXPECT_EQ(e.provider.count("create"), 3u);
  expect_right(e, "after the look-up");
}

TEST(Doubt, ACreateInDoubtOfSomebodyWhoWasRenamedMeanwhileIsStillFound) {
  Engine e;
  prepare(e);
  e.faulty.on_cue(lost_answer("create"));
  e.faulty.on_cue({"find", unavailable(), false, 0, -1});
  e.apply();
  e.faulty.clear();
  e.set("p100", "uid", "maria");
  e.set("p100", "mail", "maria@example.org");
  for (int i = 0; i < 3; ++i) e.later(1min);
  EXPECT_EQ(e.provider.accounts.size(), 3u);
  EXPECT_TRUE(e.account("maria"));
  EXPECT_FALSE(e.account("p100"));
}

TEST(Doubt, AMailInDoubtIsNotSentAgainByItselfAndSaysSo) {
  Engine e;
  prepare(e);
  e.mailbox.failures = {unavailable(true)};
  const Turn turn = e.apply();
  EXPECT_EQ(turn.report.in_doubt, 1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(e.mailbox.mails.size(), 2u);
  EXPECT_EQ(e.state->invitations("idp", "in-doubt").value().size(), 1u);
}

TEST(Doubt, AMailThatWasRefusedForNowGoesWithTheNextRunUnderTheSameMessageId) {
  Engine e;
  prepare(e);
  e.mailbox.failures = {unavailable()};
  e.apply();
  ASSERT_EQ(e.state->invitations("idp", "pending").value().size(), 1u);
  const auto row = e.state->invitations("idp", "pending").value()[0];
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"invite " + row.person});
  EXPECT_EQ(e.mailbox.mails.size(), 3u);
  EXPECT_TRUE(e.mailbox.mails[2].message_id.starts_with(row.id));
}

TEST(Doubt, ARoleWhoseAnswerWasLostIsTakenAwayThoughTheProviderShowsNoRoles) {
  Engine e;
  prepare(e);
  e.apply();
  e.group("sales", {"p100", "p101", "p102"});
  e.faulty.on_cue(lost_answer("set_roles"));
  e.faulty.on_cue({"set_roles", unavailable(true), false, 0, -1});
  e.later(1min);
  EXPECT_EQ(e.roles_of("p102"), "Sales Staff") << "it was given, and nobody knows";
  e.faulty.clear();
  e.group("sales", {"p100", "p101"});
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"revoke p102 Sales"});
  EXPECT_EQ(e.roles_of("p102"), "Staff");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST(Doubt, ASuspensionWhoseAnswerWasLostIsOursToTakeBack) {
  Engine e(MemoryProvider::everything());
  prepare(e);
  e.apply();
  e.set("p100", "locked", "yes");
  e.faulty.on_cue(lost_answer("suspend"));
  e.faulty.on_cue({"suspend", unavailable(true), false, 0, -1});
  e.later(1min);
  EXPECT_EQ(e.status_of("p100"), "suspended");
  e.faulty.clear();
  e.set("p100", "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"reactivate p100", "invite p100"}));
  EXPECT_NE(e.status_of("p100"), "suspended");
}

TEST(Doubt, ASuspensionThatDidNotHappenAndWasMadeByOthersLaterIsNotOurs) {
  Engine e(MemoryProvider::everything());
  prepare(e);
  e.apply();
  e.set("p100", "locked", "yes");
  e.faulty.on_cue({"suspend", unavailable(true), false, 0, -1});
  e.later(1min);
  e.faulty.clear();
  e.set("p100", "locked", "");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"invite p100"}) << "it was never suspended";
  e.provider.accounts.begin()->second.status = AccountStatus::suspended;
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

// ---- promise 5 ----

TEST(Repair, Promise5CreatedButRolelessIsCompletedByTheNextRun) {
  Engine e;
  prepare(e);
  e.faulty.on_cue({"set_roles", unavailable(), false, 0, -1});
  const Turn turn = e.apply();
  EXPECT_EQ(turn.report.done.at("create"), 3);
  EXPECT_TRUE(e.mailbox.mails.empty()) << "no invitation before the roles";
  e.faulty.clear();
  // The external id, which the create refuses, goes with the roles: it is owed too.
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"update p100", "update p101", "update p102", "assign p100 Sales", "assign p100 Staff", "assign p101 Sales", "assign p101 Staff",
                                              "assign p102 Staff", "invite p100", "invite p101", "invite p102"}));
  e.later(1min);
  expect_right(e, "repaired");
}

TEST(Repair, Promise5RolesButNoInvitationIsCompletedByTheNextRun) {
  Engine e;
  prepare(e);
  e.faulty.on_cue({"invite", unavailable(), false, 0, -1});
  e.apply();
  e.faulty.clear();
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"invite p100", "invite p101", "invite p102"}));
  expect_right(e, "repaired");
}

TEST(Repair, Promise9OnePersonWhomTheProviderRefusesStopsNobodyElse) {
  Engine e;
  prepare(e);
  e.faulty.on_cue({"create", Error{ErrorKind::invalid, "no", "test", std::nullopt, false}, false, 1, 1});
  const Turn turn = e.apply();
  EXPECT_EQ(turn.report.failed, 1);
  EXPECT_EQ(e.provider.accounts.size(), 2u);
  ASSERT_FALSE(turn.report.troubles.empty());
  EXPECT_EQ(turn.report.troubles[0].detail, "no");
}

TEST(Repair, AStopBeginsNothingNewAndTheNextRunGoesOn) {
  Engine e;
  prepare(e);
  std::atomic<bool> stop{false};
  e.witness->told = [&](const std::string& moment) { stop = stop || moment == "after create"; };
  auto made = sync::reconcile(*e.state, e.house, e.io, e.now, {}).value();
  store::RunRow run;
  run.id = "run0";
  ASSERT_TRUE(e.state->put_run(run));
  sync::ExecutorOptions options;
  options.run = run.id;
  options.stop = &stop;
  options.mail["idp"] = &e.mailbox;
  options.role_ids = made.role_ids;
  {
    store::WriteQueue queue(store::State::open(e.url, store::Access::write).value());
    const auto report = sync::execute(made.plan, e.house, queue, e.io, options).value();
    EXPECT_TRUE(report.stopped);
  }
  EXPECT_EQ(e.provider.accounts.size(), 1u);
  e.later(1min);
  e.later(1min);
  expect_right(e, "after the stop");
}

}  // namespace
}  // namespace rollcall::test
