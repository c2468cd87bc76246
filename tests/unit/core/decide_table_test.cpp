// decide() over the whole truth table: 57600 situations. The table below says what is expected in the contract's words (sections
// 4.1, 4.3, 4.4, 4.6); the properties hold in every one of them.
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "core/decide.hpp"
#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;

struct Case {
  std::string standing, account, candidates, rival, can, on_leave;
  bool adopt = false, complete = true, delayed = false, invalid = false;
};

std::string text(const Case& c) {
  std::ostringstream out;
  out << c.standing << ", account " << c.account << ", candidates " << c.candidates << ", rival " << c.rival << ", provider "
      << c.can << ", on-leave " << c.on_leave << (c.adopt ? ", adopt" : "") << (c.complete ? "" : ", incomplete listing")
      << (c.delayed ? ", delayed" : "") << (c.invalid ? ", invalid" : "");
  return out.str();
}

Subject subject(const Case& c) {
  Subject s = ada();
  s.standing = c.standing == "in"        ? Standing::in
               : c.standing == "waiting" ? Standing::waiting
               : c.standing == "stated"  ? Standing::stated
                                         : Standing::absent;
  if (c.account != "none") s.linked = account_of_ada();
  if (s.linked) s.linked->suspended_by_us = c.account == "suspended";
  if (c.account == "suspended") s.linked->account.status = AccountStatus::suspended;
  if (s.linked) s.linked->gone = c.account == "gone", s.linked->missing = c.account == "missing";
  if (c.candidates != "0") s.candidates.push_back(stranger("41"));
  if (c.candidates == "2") s.candidates.push_back(stranger("42"));
  if (c.candidates == "protected") s.candidates[0].isolated = true;
  if (c.candidates == "another's") s.candidates[0].linked_to = "eve";
  if (c.rival == "linked") s.rivals.push_back(rival("email", true));
  if (c.rival == "unlinked") s.rivals.push_back(rival("userName", false));
  if (c.invalid) s.invalid.push_back("the mapping yields no user name");
  s.delayed = c.delayed;
  if (c.can == "blind" && s.linked) s.linked->account.roles.reset();
  return s;
}

Policy policy(const Case& c) {
  Policy p = test::policy();
  p.on_leave = c.on_leave;
  p.adopt = c.adopt;
  p.listing_complete = c.complete;
  return p;
}

Capabilities capabilities(const Case& c) {
  Capabilities out = capable();
  out.suspends = c.can != "no suspend";
  out.removes_roles = c.can != "no revoke";
  out.shows_roles = c.can != "blind";
  return out;
}

void each_case(const std::function<void(const Case&)>& f) {
  Case c;
  for (const char* standing : {"in", "waiting", "stated", "absent"})
    for (const char* account : {"none", "well", "suspended", "gone", "missing"})
      for (const char* candidates : {"0", "1", "2", "protected", "another's"})
        for (const char* rival : {"none", "linked", "unlinked"})
          for (const char* can : {"all", "no suspend", "no revoke", "blind"})
            for (const char* on_leave : {"keep", "suspend", "delete"})
              for (int bits = 0; bits < 16; ++bits) {
                c = {standing, account, candidates, rival, can, on_leave, (bits & 1) != 0, (bits & 2) == 0, (bits & 4) != 0, (bits & 8) != 0};
                f(c);
              }
}

std::string words(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& w : list) out += (out.empty() ? "" : " ") + w;
  return out;
}

struct Expected {
  std::string actions, conflicts;   // words in order of alphabet
};

// What the contract says, row by row. What is wrong with the person or their name comes before whose account has it.
Expected no_living_account(const Case& c, bool again) {
  const std::string rivals = c.rival == "linked" ? "recycled-email" : c.rival == "unlinked" ? "duplicate-username" : "";
  if (c.invalid || !rivals.empty()) {
    Words all;
    if (c.invalid) all.push_back("invalid");
    if (!rivals.empty()) all.push_back(rivals);
    std::sort(all.begin(), all.end());
    return {"", words(all)};
  }
  if (c.candidates == "2") return {"", "ambiguous-match"};
  if (c.candidates == "protected" || c.candidates == "another's") return {"", "not-adopted"};
  if (c.candidates == "1" && !c.adopt) return {"", "not-adopted"};
  if (!c.complete) return {};
  if (c.candidates == "1") return {"adopt", ""};
  if (c.delayed) return {};
  return {again ? "assign assign create" : "assign assign create invite", ""};
}

Expected expected(const Case& c) {
  const bool revokes = c.can != "no revoke";
  if (c.standing == "waiting") return {};                                   // absence is slow: everything stands
  if (c.account == "missing") return {};                                    // one run's absence of an account proves nothing
  if (c.standing == "in") {
    if (c.account == "none" || c.account == "gone") return no_living_account(c, c.account == "gone");
    if (c.invalid) return {"", "invalid"};                                  // unknown, nothing else
    std::string actions = "assign";
    if (c.account == "well" && c.complete && !c.delayed) actions += " invite";
    if (c.account == "suspended" && c.complete && !c.delayed) actions += " invite";   // a returner who never accepted
    if (c.account == "suspended" && !c.delayed) actions += " reactivate";
    if (revokes) actions += " revoke";
    return {actions + " update", ""};
  }
  if (c.account == "none" || c.account == "gone" || c.on_leave == "keep") return {};
  if (c.on_leave == "delete") return {"delete", ""};
  if (c.can == "no suspend") return {"revoke revoke", ""};
  return {c.account == "suspended" ? "" : "suspend", ""};
}

TEST(TruthTable, EverySituationHasTheOutcomeThatTheContractStates) {
  int wrong = 0, seen = 0;
  each_case([&](const Case& c) {
    ++seen;
    const Decision d = core::decide(subject(c), policy(c), capabilities(c), today);
    const Expected e = expected(c);
    if (words(kinds(d)) == e.actions && words(conflict_kinds(d)) == e.conflicts) return;
    if (++wrong <= 8)
      ADD_FAILURE() << text(c) << "\n  expected [" << e.actions << "] conflicts [" << e.conflicts << "]\n  decided  ["
                    << words(kinds(d)) << "] conflicts [" << words(conflict_kinds(d)) << "]";
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(seen, 57600);
}

// Runs a property over every case of a provider that can do everything, and over every state of the invitation.
void every_decision(const std::function<void(const Case&, const Subject&, const Decision&)>& property) {
  each_case([&](const Case& c) {
    if (c.can != "all" || testing::Test::HasFailure()) return;
    for (const auto state : {InviteState::none, InviteState::sent, InviteState::cancelled}) {
      Subject s = subject(c);
      s.invitation = state;
      s.invited_address = "old@example.org";
      if (s.linked && s.linked->account.status == AccountStatus::active) s.linked->account.status = AccountStatus::pending;
      property(c, s, core::decide(s, policy(c), capabilities(c), today));
    }
  });
}

TEST(TruthTable, Promise1AnIncompleteListingCreatesAdoptsAndInvitesNobody) {
  every_decision([](const Case& c, const Subject&, const Decision& d) {
    if (c.complete) return;
    for (const auto kind : {ActionKind::create, ActionKind::adopt, ActionKind::invite}) EXPECT_FALSE(find(d, kind)) << text(c);
  });
}

TEST(TruthTable, Promise6NoConflictShieldsALeaver) {
  each_case([](const Case& c) {
    if (c.can != "all" || (c.standing != "stated" && c.standing != "absent")) return;
    Case calm = c;
    calm.rival = "none";
    calm.candidates = "0";
    calm.invalid = false;
    const auto troubled = core::decide(subject(c), policy(c), capabilities(c), today);
    const auto plain = core::decide(subject(calm), policy(calm), capabilities(calm), today);
    EXPECT_EQ(kinds(troubled), kinds(plain)) << text(c);
  });
}

TEST(TruthTable, Promise2WhoeverWaitsIsLeftAlone) {
  every_decision([](const Case& c, const Subject&, const Decision& d) {
    if (c.standing != "waiting") return;
    EXPECT_TRUE(d.actions.empty() && d.conflicts.empty() && !d.unmanaged) << text(c);
    EXPECT_FALSE(d.settled) << "looked at again: " << text(c);
  });
}

TEST(TruthTable, NothingIsGrantedBeforeWhatHasToBeContained) {
  every_decision([](const Case& c, const Subject&, const Decision& d) {
    for (const auto& a : d.actions) {
      const bool contains = a.kind == ActionKind::revoke || a.kind == ActionKind::suspend || a.kind == ActionKind::cancel;
      EXPECT_EQ(a.phase == Phase::contain, contains) << text(c);
      if (a.kind == ActionKind::assign) {
        EXPECT_EQ(a.phase, Phase::grant) << text(c);
      }
      if (a.kind == ActionKind::invite) {
        EXPECT_EQ(a.phase, Phase::invite) << text(c);
      }
      if (a.kind == ActionKind::remove) {
        EXPECT_EQ(a.phase, Phase::retire) << text(c);
      }
    }
  });
}

TEST(TruthTable, AdoptionAndRecreationNeverInvite) {
  every_decision([](const Case& c, const Subject&, const Decision& d) {
    const bool admits = find(d, ActionKind::adopt) || (c.account == "gone" && find(d, ActionKind::create));
    if (admits) {
      EXPECT_FALSE(find(d, ActionKind::invite)) << text(c);
    }
  });
}

TEST(TruthTable, Promise4OneSituationInvitesAtMostOnceAndNeverBesideALivingInvitation) {
  every_decision([](const Case& c, const Subject& s, const Decision& d) {
    const auto invites = std::count_if(d.actions.begin(), d.actions.end(), [](const Action& a) { return a.kind == ActionKind::invite; });
    EXPECT_LE(invites, 1) << text(c);
    if (invites && s.invitation == InviteState::sent) {
      EXPECT_TRUE(find(d, ActionKind::cancel)) << text(c);
    }
  });
}

TEST(TruthTable, Promise3AnAccountThatIsNotLinkedIsNeverTheObjectOfAnActionButAdoption) {
  every_decision([](const Case& c, const Subject& s, const Decision& d) {
    for (const auto& a : d.actions) {
      if (a.kind == ActionKind::adopt) {
        EXPECT_EQ(a.account, "41") << text(c);
        EXPECT_EQ(c.candidates, "1") << text(c);
      } else if (a.account) {
        ASSERT_TRUE(s.linked) << text(c);
        EXPECT_EQ(*a.account, "7") << text(c);
      }
    }
  });
}

TEST(TruthTable, LeaversAreCountedAsTheyLeft) {
  every_decision([](const Case& c, const Subject&, const Decision& d) {
    if (c.standing != "stated" && c.standing != "absent") return;
    for (const auto& a : d.actions) EXPECT_EQ(a.stated, c.standing == "stated") << text(c);
  });
}

TEST(TruthTable, AStrangersAccountOfALeaverIsListedAsUnmanaged) {
  each_case([](const Case& c) {
    if (c.account != "none" || c.can != "all" || (c.standing != "stated" && c.standing != "absent")) return;
    const auto d = core::decide(subject(c), policy(c), capabilities(c), today);
    EXPECT_EQ(d.unmanaged.has_value(), c.candidates == "1" || c.candidates == "2") << text(c);
    if (d.unmanaged) {
      EXPECT_EQ(d.unmanaged->reason, "left");
    }
  });
}

}  // namespace
}  // namespace rollcall::core
