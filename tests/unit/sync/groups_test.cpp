// Groups and the roles that come of them, over several runs (contract 4.1, 4.4).
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

TEST(Groups, AMemberWhoIsMissingFromAGroupThatShowsOthersLosesTheRoleAtOnce) {
  auto e = sales_of_three();
  e->group("sales", {"p100", "p102"});
  EXPECT_EQ(lines(e->later(1min).plan), (Lines{"revoke p101 Sales", "assign p102 Sales"}));
  EXPECT_EQ(e->roles_of("p101"), "");
  EXPECT_EQ(e->roles_of("p102"), "Sales");
}

TEST(Groups, AMemberValueThatResolvesToNobodyIsShownToo) {
  auto e = sales_of_three();
  e->group("sales", {"nobody"});
  const Turn turn = e->later(1min);
  EXPECT_EQ(lines(turn.plan), (Lines{"revoke p100 Sales", "revoke p101 Sales"}));
  ASSERT_EQ(turn.plan.warnings.size(), 1u);
  EXPECT_NE(turn.plan.warnings[0].detail.find("uid=nobody"), std::string::npos);
}

TEST(Groups, AGroupThatShowsNoMembersWaitsForTheSecondCompleteRead) {
  auto e = sales_of_three();
  e->group("sales", {});
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  e->corp->complete = false;
  EXPECT_EQ(lines(e->later(1h).plan), Lines{});
  e->corp->complete = true;
  EXPECT_EQ(lines(e->later(1min).plan), (Lines{"revoke p100 Sales", "revoke p101 Sales"}));
}

TEST(Groups, AnIncompleteReadBeginsNoEmptiness) {
  auto e = sales_of_three();
  e->group("sales", {});
  e->corp->complete = false;
  e->later(1min);
  e->corp->complete = true;
  EXPECT_EQ(lines(e->later(1h).plan), Lines{}) << "the first complete read that shows none";
  EXPECT_EQ(lines(e->later(1h).plan).size(), 2u);
}

TEST(Groups, AGroupThatFillsAgainNeverLostAnybody) {
  auto e = sales_of_three();
  e->group("sales", {});
  e->later(1min);
  e->group("sales", {"p100", "p101"});
  EXPECT_EQ(lines(e->later(1h).plan), Lines{});
  EXPECT_EQ(lines(e->later(1h).plan), Lines{});
}

TEST(Groups, AGroupThatVanishesWaitsForTheSecondCompleteRead) {
  auto e = sales_of_three();
  e->corp->groups.clear();
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(lines(e->later(15min).plan), (Lines{"revoke p100 Sales", "revoke p101 Sales"}));
}

TEST(Groups, TheMembershipsOfAnAbsentPersonStandUntilTheAbsenceDoes) {
  auto e = sales_of_three();
  e->corp->people.erase("p100");
  e->group("sales", {"p101"});           // directories drop a deleted person from their groups
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  EXPECT_EQ(e->roles_of("p100"), "Sales");
  EXPECT_EQ(lines(e->later(15min).plan), Lines{"suspend p100"});
  EXPECT_EQ(e->roles_of("p100"), "Sales") << "suspending leaves roles as they are";
}

TEST(Groups, NestAndMayContainThemselves) {
  auto e = sales_of_three();
  e->house.sources[0].settings.groups.nested = true;
  e->group("inner", {"p102"});
  auto& sales = e->group("sales", {"p100", "p101"});
  sales.members.push_back(Engine::group_dn("inner"));
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"assign p102 Sales"});
  e->group("inner", {"p102"}).members.push_back(Engine::group_dn("sales"));
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
  e->group("inner", {"nobody"}).members.push_back(Engine::group_dn("inner"));
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"revoke p102 Sales"});
  e->group("sales", {"p100", "p101"});   // and the inner group is out
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
}

TEST(Groups, AnInnerGroupThatLeavesTakesItsMembersOut) {
  auto e = sales_of_three();
  e->house.sources[0].settings.groups.nested = true;
  e->group("inner", {"p102"});
  e->group("sales", {"p100"}).members.push_back(Engine::group_dn("inner"));
  e->later(1min);
  ASSERT_EQ(e->roles_of("p102"), "Sales");
  e->group("sales", {"p100"});
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"revoke p102 Sales"});
}

TEST(Groups, MembersResolveByUserNameToo) {
  auto e = sales_of_three();
  e->corp->groups.at("g-sales").members.push_back("P102");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"assign p102 Sales"});
}

TEST(Groups, ARoleThatIsMissingIsAConflictThatStopsThatRoleAlone) {
  Engine e;
  e.person("ada");
  e.group("sales", {"ada"});
  e.role("Sales", "sales");
  e.role("Staff", "", "active eq true");
  e.provider.add_role("Staff");
  const Turn turn = e.apply();
  EXPECT_EQ(lines(turn.plan), (Lines{"create ada", "assign ada Staff"}));
  EXPECT_EQ(conflicts(turn.plan), Lines{"role-missing"});
  EXPECT_TRUE(turn.trouble);
  e.provider.add_role("Sales");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"assign ada Sales"});
  EXPECT_EQ(e.roles_of("ada"), "Staff Sales");
}

}  // namespace
}  // namespace rollcall::test
