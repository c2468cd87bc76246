#include "core/order.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;

// Everything that can happen to three people at once.
std::vector<Action> crowd() {
  std::vector<Action> all;
  const auto add = [&](const std::string& person, Subject s) {
    s.person = person;
    for (auto& a : decided(s).actions) all.push_back(a);
  };
  add("carl", ada());
  add("bea", linked_ada());
  Subject leaver = settled_ada();
  leaver.standing = Standing::stated;
  leaver.invitation = InviteState::sent;
  leaver.linked->account.status = AccountStatus::pending;
  add("dan", leaver);
  Subject returner = linked_ada();
  returner.linked->suspended_by_us = true;
  add("eve", returner);
  Subject moved = linked_ada();
  moved.invitation = InviteState::sent;
  moved.linked->account.status = AccountStatus::pending;
  moved.invited_address = "old@example.org";
  add("fay", moved);
  return all;
}

TEST(Order, InputOrderNeverMatters) {
  auto expected = crowd();
  put_in_order("p", expected);
  for (unsigned seed = 1; seed <= 50; ++seed) {
    auto shuffled = crowd();
    std::shuffle(shuffled.begin(), shuffled.end(), std::minstd_rand(seed));
    put_in_order("p", shuffled);
    ASSERT_EQ(shuffled, expected) << "seed " << seed;
  }
}

TEST(Order, PhasesAndWithinAPhasePeople) {
  auto all = crowd();
  put_in_order("p", all);
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_LE(std::pair(all[i - 1].phase, all[i - 1].user), std::pair(all[i].phase, all[i].user));
}

TEST(Order, AnInvitationIsCancelledBeforeAnythingElseHappensToThePerson) {
  auto all = crowd();
  put_in_order("p", all);
  int cancelled = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind != ActionKind::cancel) continue;
    ++cancelled;
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(all[j].user, all[i].user);
  }
  EXPECT_EQ(cancelled, 2);
}

TEST(Order, AfterNamesWhatHasToSucceedFirstAndNeverPointsForward) {
  auto all = crowd();
  put_in_order("p", all);
  std::map<std::string, const Action*> seen;
  std::set<std::string> pairs;
  for (const auto& a : all) {
    for (const auto& id : a.after) {
      ASSERT_TRUE(seen.contains(id)) << to_string(a.kind);
      EXPECT_EQ(seen[id]->user, a.user);
      pairs.insert(std::string(to_string(a.kind)) + " after " + std::string(to_string(seen[id]->kind)));
    }
    EXPECT_TRUE(seen.emplace(a.id, &a).second) << "ids are unique";
  }
  EXPECT_EQ(pairs, (std::set<std::string>{"assign after create", "assign after reactivate", "invite after assign", "invite after cancel",
                                          "invite after create", "invite after reactivate", "reactivate after revoke",
                                          "update after reactivate"}));
}

TEST(Order, IdsDependOnContentOnly) {
  auto one = crowd(), two = crowd(), elsewhere = crowd();
  for (auto& a : two) a.precondition = "other", a.reason = "other", a.name = "other";
  put_in_order("p", one);
  put_in_order("p", two);
  put_in_order("q", elsewhere);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].id, two[i].id);
    EXPECT_NE(one[i].id, elsewhere[i].id);
    EXPECT_EQ(one[i].id[0], 'a');
  }
}

TEST(Order, PartsOfAnIdCannotRunIntoEachOther) {
  Action a, b;
  a.user = "ab", a.account = "c";
  b.user = "a", b.account = "bc";
  std::vector<Action> both{a, b};
  put_in_order("p", both);
  EXPECT_NE(both[0].id, both[1].id);
  Action from, to;
  from.changes = {{"f", "x", std::nullopt}};
  to.changes = {{"f", std::nullopt, "x"}};
  both = {from, to};
  put_in_order("p", both);
  EXPECT_NE(both[0].id, both[1].id);
}

TEST(Order, AHoldIsOfProviderKindPersonAndRole) {
  Action a;
  a.kind = ActionKind::revoke;
  a.user = "u";
  a.changes = {{"role", "Sales", std::nullopt}};
  const std::string id = hold_id("p", a);
  EXPECT_EQ(id, hold_id("p", "revoke", "u", "Sales"));
  EXPECT_NE(id, hold_id("q", a));
  EXPECT_NE(id, hold_id("p", "revoke", "u", ""));
  a.precondition = "other";
  EXPECT_EQ(id, hold_id("p", a));
  a.kind = ActionKind::update;
  EXPECT_EQ(role_of(a), "");
}

}  // namespace
}  // namespace rollcall::core
