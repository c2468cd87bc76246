// Promise 7, and that the engine comes to rest: over random directories that change at random. The seed of a failure is printed.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

// A directory that lives: people come, change, leave and return; groups gain and lose members.
class Life {
 public:
  Life(Engine& e, unsigned seed) : e_(e), dice_(seed) {
    for (const char* role : {"Sales", "Staff", "Crm"}) e.provider.add_role(role);
    e.role("Sales", "sales");
    e.role("Staff", "", "title ne \"Guest\"");
    e.role("Crm", "app-*");
    e.invites();
    for (int i = 0; i < 8; ++i) happen(0);
  }
  void go_on() {
    for (int i = 0; i < 4; ++i) happen(dice_() % 8);
    e_.corp->complete = dice_() % 8 != 0;
    e_.corp->shuffle = static_cast<unsigned>(dice_());
  }

 private:
  std::string somebody() {
    auto it = e_.corp->people.begin();
    std::advance(it, dice_() % e_.corp->people.size());
    return it->first;
  }
  void happen(unsigned what) {
    if (what == 0 || e_.corp->people.empty()) {
      const std::string id = "u" + std::to_string(next_++);
      e_.person(id);
      if (dice_() % 6 == 0) e_.set(id, "mail", dice_() % 2 ? "" : "shared@example.org");
      return;
    }
    const std::string id = somebody();
    switch (what) {
      case 1: e_.corp->people.erase(id); break;
      case 2: e_.set(id, "locked", dice_() % 2 ? "yes" : ""); break;
      case 3: e_.set(id, "title", dice_() % 3 ? "Clerk" : "Guest"); break;
      case 4: e_.set(id, "mail", id + "." + std::to_string(dice_() % 3) + "@example.org"); break;
      case 5: e_.set(id, "start", dice_() % 2 ? core::rfc3339(e_.now + 2h) : ""); break;
      default:
        std::vector<std::string> members;
        for (const auto& [other, _] : e_.corp->people)
          if (dice_() % 3 == 0) members.push_back(other);
        e_.group(what == 6 ? "sales" : "app-crm", members);
    }
  }
  Engine& e_;
  std::minstd_rand dice_;
  int next_ = 100;
};

std::string text(const Plan& plan) {
  std::string out;
  for (const auto& line : lines(plan)) out += line + "; ";
  for (const auto& c : conflicts(plan)) out += c + "; ";
  return out;
}

class Capable : public testing::TestWithParam<bool> {
 protected:
  static Capabilities capabilities() { return GetParam() ? MemoryProvider::everything() : like_onelogin(); }
};

TEST_P(Capable, Promise7APlanIsWhatTheNextApplyDoesAndAfterThatThereIsNothingToDo) {
  for (unsigned seed = 1; seed <= last_seed(1, 4) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Engine e(capabilities());
    Life life(e, seed);
    for (int turn = 0; turn < 5 && !HasFailure(); ++turn) {
      life.go_on();
      e.now += 20min;
      const Plan first = e.plan(), second = e.plan();
      EXPECT_EQ(report::canonical_id(first), report::canonical_id(second));
      const Turn applied = e.apply();
      EXPECT_EQ(report::canonical_id(applied.plan), report::canonical_id(first)) << text(first) << "\n" << text(applied.plan);
      EXPECT_EQ(applied.report.failed + applied.report.in_doubt + applied.report.skipped, 0);
      for (const auto& t : applied.report.troubles) ADD_FAILURE() << to_string(t.kind) << " " << t.user << ": " << t.detail;
      e.now += 1s;
      // Only a conflict that this very apply dissolved (an address was given up) leaves something to do.
      std::set<std::string> contested;
      for (const auto& c : applied.at().conflicts) contested.insert(c.user);
      const Plan rest = e.plan();
      for (const auto& a : rest.providers.at(0).actions) EXPECT_TRUE(contested.contains(a.user)) << text(rest) << "after " << text(applied.plan);
    }
  }
}

TEST_P(Capable, NothingIsInvitedTwiceAndNobodyHasTwoAccounts) {
  for (unsigned seed = 2000; seed <= last_seed(2000, 2) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Engine e(capabilities());
    Life life(e, seed);
    std::map<std::string, int> cancelled;
    for (int turn = 0; turn < 8; ++turn) {
      life.go_on();
      for (const auto& line : lines(e.later(20min).plan))
        if (line.starts_with("cancel ")) ++cancelled[line.substr(7)];
    }
    std::map<std::string, int> invited, owned;
    for (const auto& i : e.provider.invitations) ++invited[i.account];
    for (const auto& [id, a] : e.provider.accounts) {
      const std::string& user = a.fields.at("userName");
      EXPECT_EQ(++owned[user], 1) << user;
      EXPECT_LE(invited[id], 1 + cancelled[user]) << user;
    }
  }
}

TEST_P(Capable, NoPlanGrantsBeforeItContains) {
  for (unsigned seed = 4000; seed <= last_seed(4000, 3) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Engine e(capabilities());
    Life life(e, seed);
    for (int turn = 0; turn < 6; ++turn) {
      life.go_on();
      const Turn applied = e.later(20min);
      std::set<std::string> before;
      Phase last = Phase::contain;
      for (const auto& a : applied.at().actions) {
        EXPECT_GE(a.phase, last) << text(applied.plan);
        last = a.phase;
        for (const auto& id : a.after) EXPECT_TRUE(before.contains(id)) << "what it waits for stands before it";
        before.insert(a.id);
      }
    }
  }
}

TEST_P(Capable, LimitsHoldWhateverTheDirectoryDoes) {
  for (unsigned seed = 5000; seed <= last_seed(5000, 3) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Engine e(capabilities());
    Life life(e, seed);
    e.apply();
    const std::map<std::string, int> most = {{"create", 2}, {"suspend", 1}, {"assign", 3}, {"revoke", 1}, {"reactivate", 1}, {"invite", 2}};
    for (const auto& [kind, count] : most) e.limit(kind, count);
    std::map<std::string, int> today;
    e.now += 25h;                                   // the first run is out of the window
    for (int turn = 0; turn < 8; ++turn) {
      life.go_on();
      const Turn applied = e.later(20min);
      for (const auto& [kind, count] : applied.report.done) today[kind] += count;
    }
    for (const auto& [kind, count] : most) {
      const bool apart = kind == "suspend" || kind == "revoke";       // stated and absent leavers are counted apart
      EXPECT_LE(today[kind], apart ? 2 * count : count) << kind;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, Capable, testing::Bool(), [](const auto& info) { return std::string(info.param ? "All" : "LikeOneLogin"); });

TEST(Properties, TheOrderInWhichADirectoryAnswersNeverMatters) {
  for (unsigned seed = 3000; seed <= last_seed(3000, 3); ++seed) {
    std::string expected;
    for (unsigned shuffle = 0; shuffle < 3; ++shuffle) {
      Engine e;
      Life life(e, seed);
      e.corp->shuffle = shuffle + 1000;
      const Plan plan = e.plan();
      Plan bare = plan;
      bare.state.clear();
      if (shuffle == 0) expected = report::canonical_id(bare);
      EXPECT_EQ(report::canonical_id(bare), expected) << "seed " << seed << ": " << text(plan);
    }
  }
}

TEST(Properties, APlanLeavesTheStateAndTheProviderUntouched) {
  Engine e;
  Life life(e, 7);
  const Plan before = e.plan();
  for (int i = 0; i < 3; ++i) e.plan();
  EXPECT_EQ(report::canonical_id(e.plan()), report::canonical_id(before));
  EXPECT_EQ(e.state->count_identities().value(), 0);
  for (const auto& call : e.provider.calls)
    EXPECT_TRUE(call.starts_with("list") || call.starts_with("roles") || call.starts_with("find")) << call;
}

TEST(Properties, APollInWhichNothingChangedPlansAndWritesNothing) {
  Engine e;
  Life life(e, 3);
  e.apply();
  e.apply();
  const auto calls = e.provider.calls.size();
  sync::Scope poll;
  poll.full = poll.list_providers = false;
  EXPECT_EQ(lines(e.later(1s, poll).plan), Lines{});
  EXPECT_EQ(e.provider.calls.size(), calls + 1) << "the roles are read, nothing else";
}

}  // namespace
}  // namespace rollcall::test
