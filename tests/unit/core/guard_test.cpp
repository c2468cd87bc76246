// The brakes, contract 4.5.
#include "core/guard.hpp"

#include <gtest/gtest.h>

#include <random>

#include "core/order.hpp"
#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;

Limit limit(std::optional<std::int64_t> count, std::optional<double> share) { return {count, share, "as written"}; }

// Contract 4.5, as src/app/config fills them in.
std::map<std::string, Limit> defaults() {
  const Limit usual = limit(100, 0.10);
  return {{"suspend", usual}, {"revoke", usual}, {"reactivate", usual}, {"delete", limit(50, 0.05)}, {"recreate", limit(5, {})},
          {"invite", limit(100, {})}};
}

GuardInput input(std::int64_t managed) {
  GuardInput in;
  in.limits = defaults();
  in.managed = managed;
  in.in_scope = managed;
  in.now = today;
  return in;
}

Action action(ActionKind kind, std::string user, bool stated = true) {
  Action a;
  a.kind = kind;
  a.user = std::move(user);
  a.stated = stated;
  a.precondition = "p";
  switch (kind) {
    case ActionKind::suspend: case ActionKind::revoke: case ActionKind::cancel: a.phase = Phase::contain; break;
    case ActionKind::create: case ActionKind::adopt: case ActionKind::reactivate: a.phase = Phase::admit; break;
    case ActionKind::assign: a.phase = Phase::grant; break;
    case ActionKind::invite: a.phase = Phase::invite; break;
    case ActionKind::remove: a.phase = Phase::retire; break;
    default: a.phase = Phase::align;
  }
  if (kind == ActionKind::revoke) a.changes = {{"role", "Sales", std::nullopt}};
  if (kind == ActionKind::assign) a.changes = {{"role", std::nullopt, "Sales"}};
  return a;
}

std::vector<Action> many(ActionKind kind, int count, bool stated = true, const std::string& prefix = "u") {
  std::vector<Action> out;
  for (int i = 0; i < count; ++i) out.push_back(action(kind, prefix + std::to_string(1000 + i), stated));
  return out;
}

std::vector<Action> operator+(std::vector<Action> a, const std::vector<Action>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<Action> braked(std::vector<Action> actions, const GuardInput& in) {
  put_in_order("p", actions);
  apply_brakes("p", actions, in);
  return actions;
}

std::int64_t held(const std::vector<Action>& actions, std::optional<ActionKind> kind = {}) {
  return std::count_if(actions.begin(), actions.end(), [&](const Action& a) { return a.held && (!kind || a.kind == *kind); });
}

KnownHold known(std::string state, const Action& a) { return {std::move(state), approval_of(a), a.precondition, "as before", today + std::chrono::hours{1}}; }

TEST(Allowed, TheSmallerOfCountAndShareRoundedDownAndNeverUnderFive) {
  EXPECT_EQ(allowed(limit({}, {}), 1000), std::nullopt);
  EXPECT_EQ(allowed(limit(7, {}), 1000), 7);
  EXPECT_EQ(allowed(limit(0, {}), 1000), 0);
  EXPECT_EQ(allowed(limit(3, {}), 10), 3) << "a bare count is exact";
  EXPECT_EQ(allowed(limit({}, 0.10), 1000), 100);
  EXPECT_EQ(allowed(limit({}, 0.10), 69), 6);
  EXPECT_EQ(allowed(limit({}, 0.10), 10), 5);
  EXPECT_EQ(allowed(limit({}, 0.10), 0), 5);
  EXPECT_EQ(allowed(limit(100, 0.10), 5000), 100);
  EXPECT_EQ(allowed(limit(100, 0.10), 500), 50);
  EXPECT_EQ(allowed(limit(2, 0.10), 10), 2);
  EXPECT_EQ(allowed(limit({}, 0.07), 100), 7) << "not 6.999";
  EXPECT_EQ(allowed(limit({}, 0.29), 100), 29);
}

TEST(Guard, EveryDefaultHoldsOneMoreThanItAllowsAndLetsGoWhatItAllows) {
  const struct { ActionKind kind; int most; } rows[] = {{ActionKind::suspend, 30}, {ActionKind::reactivate, 30}, {ActionKind::remove, 15}, {ActionKind::invite, 100}};
  for (const auto& [kind, most] : rows) {
    EXPECT_EQ(held(braked(many(kind, most), input(300))), 0) << to_string(kind);
    EXPECT_EQ(held(braked(many(kind, most + 1), input(300))), most + 1) << to_string(kind);
  }
  EXPECT_EQ(held(braked(many(ActionKind::suspend, 101), input(5000))), 101);
  EXPECT_EQ(held(braked(many(ActionKind::remove, 51), input(5000))), 51);
  for (const auto kind : {ActionKind::create, ActionKind::update, ActionKind::assign, ActionKind::adopt, ActionKind::cancel})
    EXPECT_EQ(held(braked(many(kind, 400), input(10))), 0) << to_string(kind);
}

TEST(Guard, ZeroHoldsAll) {
  GuardInput in = input(300);
  in.limits["update"] = limit(0, {});
  const auto out = braked(many(ActionKind::update, 1), in);
  EXPECT_EQ(held(out), 1);
  EXPECT_NE(out[0].held->reason.find("limit of 0"), std::string::npos) << out[0].held->reason;
}

TEST(Guard, CreateAdoptAndInviteAreMeasuredByPeopleInScopeAndTheOthersByAccounts) {
  GuardInput in = input(1000);
  in.in_scope = 60;
  for (const char* kind : {"create", "adopt", "invite", "suspend"}) in.limits[kind] = limit({}, 0.10);
  for (const auto kind : {ActionKind::create, ActionKind::adopt, ActionKind::invite}) {
    EXPECT_EQ(held(braked(many(kind, 6), in)), 0);
    EXPECT_EQ(held(braked(many(kind, 7), in)), 7);
  }
  EXPECT_EQ(held(braked(many(ActionKind::suspend, 100), in)), 0);
}

TEST(Guard, RecreationsHaveTheirOwnBrakeAndHoldsOfTheKindCreate) {
  auto again = many(ActionKind::create, 6);
  for (auto& a : again) a.recreate = true;
  const auto out = braked(again + many(ActionKind::create, 50, true, "n"), input(300));
  EXPECT_EQ(held(out), 6);
  for (const auto& a : out) {
    EXPECT_EQ(a.held.has_value(), a.recreate);
    if (a.held) {
      EXPECT_EQ(a.held->id, hold_id("p", "create", a.user, ""));
    }
  }
}

TEST(Guard, StatedAndAbsentLeaversAreCountedApart) {
  const auto out = braked(many(ActionKind::suspend, 20, true, "s") + many(ActionKind::suspend, 31, false, "a"), input(300));
  EXPECT_EQ(held(out), 31);
  for (const auto& a : out) EXPECT_EQ(a.held.has_value(), !a.stated);
}

TEST(Guard, OneKindThatIsHeldStopsNoOther) {
  const auto out = braked(many(ActionKind::suspend, 31) + many(ActionKind::update, 50, true, "v"), input(300));
  EXPECT_EQ(held(out, ActionKind::suspend), 31);
  EXPECT_EQ(held(out, ActionKind::update), 0);
}

TEST(Guard, WhatWasCarriedOutInTheLastDayCountsByKindAndByHowTheyLeft) {
  GuardInput in = input(300);
  in.carried_out[{"suspend", true}] = 25;
  EXPECT_EQ(held(braked(many(ActionKind::suspend, 5), in)), 0);
  const auto out = braked(many(ActionKind::suspend, 6), in);
  EXPECT_EQ(held(out), 6);
  EXPECT_NE(out[0].held->reason.find("25"), std::string::npos) << out[0].held->reason;
  EXPECT_EQ(held(braked(many(ActionKind::suspend, 30, false), in)), 0) << "absent leavers have their own";
  in.carried_out = {{{"recreate", true}, 5}};
  auto again = many(ActionKind::create, 1);
  again[0].recreate = true;
  EXPECT_EQ(held(braked(again, in)), 1);
}

TEST(Guard, WhatPassedInAnEarlierRunAndWaitsForItsTurnIsNotCountedAgain) {
  auto waiting = many(ActionKind::invite, 150);
  for (auto& a : waiting) a.passed = true;
  auto actions = waiting + many(ActionKind::invite, 100, true, "new");
  put_in_order("p", actions);
  apply_brakes("p", actions, input(1000));
  EXPECT_EQ(std::count_if(actions.begin(), actions.end(), [](const Action& a) { return a.held.has_value(); }), 0);
}

TEST(Guard, WhatIsHeldStaysHeldWithItsReasonAndIsNotCountedAnew) {
  auto bad = many(ActionKind::suspend, 40);
  GuardInput in = input(300);
  for (auto a : bad) {
    a.precondition = "what it was held on";
    in.holds[hold_id("p", a)] = known("held", a);
  }
  const auto out = braked(bad + many(ActionKind::suspend, 3, true, "next"), in);
  EXPECT_EQ(held(out), 40);
  for (const auto& a : out) {
    EXPECT_EQ(a.held.has_value(), a.user[0] == 'u') << "one bad batch never stops the next person";
    if (a.held) {
      EXPECT_EQ(a.held->reason, "as before");
    }
  }
}

TEST(Guard, WhatIsApprovedGoesAndIsNotCounted) {
  auto batch = many(ActionKind::suspend, 40);
  GuardInput in = input(300);
  for (const auto& a : batch) in.holds[hold_id("p", a)] = known("approved", a);
  EXPECT_EQ(held(braked(batch + many(ActionKind::suspend, 30, true, "next"), in)), 0);
  for (auto& a : batch) a.changes = {{"status", "1", "gone"}};   // another action than the one that was approved
  EXPECT_EQ(held(braked(batch, in)), 40);
}

TEST(Guard, AnApprovalOfAnAbsentLeaverIsNoneOfAStatedOne) {
  Action a = action(ActionKind::suspend, "u", false);
  GuardInput in = input(300);
  in.limits["suspend"] = limit(0, {});
  in.holds[hold_id("p", a)] = known("approved", a);
  EXPECT_EQ(held(braked({a}, in)), 0);
  a.stated = true;
  EXPECT_EQ(held(braked({a}, in)), 1);
}

TEST(Guard, AWaiverEndsWithItsTimeOrWithAnyChange) {
  Action a = action(ActionKind::suspend, "u");
  GuardInput in = input(300);
  in.holds[hold_id("p", a)] = known("waived", a);
  EXPECT_TRUE(braked({a}, in)[0].waived);
  in.now = today + std::chrono::hours{1};
  EXPECT_FALSE(braked({a}, in)[0].waived);
  in.now = today;
  a.precondition = "changed";
  const auto out = braked({a}, in);
  EXPECT_FALSE(out[0].waived);
  EXPECT_FALSE(out[0].held);
}

TEST(Guard, WaivedOnesAreNotCounted) {
  auto batch = many(ActionKind::suspend, 31);
  GuardInput in = input(300);
  in.holds[hold_id("p", batch[0])] = known("waived", batch[0]);
  EXPECT_EQ(held(braked(batch, in)), 0);
}

TEST(Guard, ARoleThatMoreThanHalfAndMoreThanFiveWouldLoseIsHeld) {
  GuardInput in = input(3000);
  in.holders = [](const std::string&) { return std::int64_t{11}; };
  EXPECT_EQ(held(braked(many(ActionKind::revoke, 5), in)), 0);
  EXPECT_EQ(held(braked(many(ActionKind::revoke, 6), in)), 6) << "6 of 11";
  in.holders = [](const std::string&) { return std::int64_t{12}; };
  EXPECT_EQ(held(braked(many(ActionKind::revoke, 6), in)), 0) << "half is not more than half";
}

TEST(Guard, TheFirstRolesOfAnAccountWhoseRolesAreUnknownAreHeld) {
  GuardInput in = input(300);
  in.roles_unknown = {"u"};
  const Action a = action(ActionKind::assign, "u");
  const auto out = braked({a, action(ActionKind::assign, "v")}, in);
  EXPECT_TRUE(out[0].held);
  EXPECT_NE(out[0].held->reason.find("roles unknown"), std::string::npos);
  EXPECT_FALSE(out[1].held);
  in.holds[hold_id("p", a)] = known("approved", a);
  EXPECT_EQ(held(braked({a}, in)), 0);
}

TEST(Guard, WhatDependsOnAHeldActionWaitsWithItThroughTheWholeChain) {
  GuardInput in = input(300);
  in.limits["create"] = limit(0, {});
  const auto out = braked({action(ActionKind::create, "u"), action(ActionKind::assign, "u"), action(ActionKind::invite, "u"),
                           action(ActionKind::invite, "v")}, in);
  ASSERT_EQ(out.size(), 4u);
  for (const auto& a : out) {
    EXPECT_EQ(a.held.has_value(), a.user == "u");
    if (a.held) {
      EXPECT_EQ(a.held->id, out[0].held->id);
    }
  }
}

TEST(Guard, AReturnerWaitsForAHeldRevokeAndAMoverDoesNot) {
  GuardInput in = input(300);
  in.limits["revoke"] = limit(0, {});
  const auto out = braked({action(ActionKind::revoke, "returner"), action(ActionKind::reactivate, "returner"),
                           action(ActionKind::revoke, "mover"), action(ActionKind::assign, "mover")}, in);
  for (const auto& a : out) EXPECT_EQ(a.held.has_value(), a.kind == ActionKind::revoke || a.user == "returner") << to_string(a.kind);
}

TEST(Guard, NoRandomPlanLetsMoreGoThanTheLimitsAllow) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::minstd_rand dice(seed);
    GuardInput in = input(dice() % 400);
    std::vector<Action> actions;
    for (int i = 0; i < 60; ++i) {
      const ActionKind kind = all_action_kinds[dice() % 10];
      const auto batch = many(kind, static_cast<int>(dice() % 12), dice() % 2 != 0, "b" + std::to_string(i) + "-");
      actions.insert(actions.end(), batch.begin(), batch.end());
    }
    in.carried_out[{"suspend", false}] = dice() % 20;
    std::map<std::pair<std::string, bool>, std::int64_t> going;
    for (const auto& a : braked(actions, in)) {
      const bool splits = a.kind == ActionKind::suspend || a.kind == ActionKind::revoke || a.kind == ActionKind::remove;
      if (!a.held) ++going[{std::string(to_string(a.kind)), !splits || a.stated}];
    }
    for (const auto& [pot, count] : going) {
      const auto limit = in.limits.find(pot.first);
      if (limit == in.limits.end()) continue;
      const auto most = allowed(limit->second, pot.first == "invite" ? in.in_scope : in.managed);
      const auto done = in.carried_out.contains(pot) ? in.carried_out.at(pot) : 0;
      EXPECT_LE(count + done, most.value_or(1 << 30)) << "seed " << seed << ", " << pot.first;
    }
  }
}

}  // namespace
}  // namespace rollcall::core
