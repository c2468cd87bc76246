// Writes are confirmed by the next listing; an "accepted" that never appears is reported as failed.
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

std::string warned(const Turn& turn) {
  std::string out;
  for (const auto& w : turn.plan.warnings)
    if (w.detail.starts_with("the provider accepted")) out += (out.empty() ? "" : "; ") + w.detail;
  return out;
}

std::vector<std::string> failed(Engine& e) {
  store::State::ActionFilter filter;
  filter.outcome = "failed";
  std::vector<std::string> out;
  const auto actions = e.state->actions(filter, 100).value();
  for (const auto& a : actions) out.push_back(a.kind + " " + a.person);
  return out;
}

TEST(Evidence, WhatShowsAtTheNextListingIsConfirmedAndLaterDriftIsNoBrokenWord) {
  Engine e(MemoryProvider::everything());
  e.person("ada");
  e.provider.add_role("Sales");
  e.role("Sales", "", "active eq true");
  e.apply();
  EXPECT_EQ(warned(e.later(1min)), "");
  e.provider.accounts.at("1").fields["title"] = "Hacker";
  const Turn turn = e.later(1min);
  EXPECT_EQ(warned(turn), "");
  EXPECT_EQ(lines(turn.plan), Lines{"update ada"});
  e.later(1min);
  EXPECT_EQ(failed(e), Lines{});
}

TEST(Evidence, AFieldThatIsAcceptedAndIgnoredIsAFailure) {
  Engine e;
  e.person("ada");
  e.apply();
  e.later(1min);
  e.witness->ignored_fields = {"title"};
  e.set("ada", "title", "Boss");
  EXPECT_EQ(e.later(1min).report.failed, 0) << "the provider said yes";
  const Turn turn = e.later(1min);
  EXPECT_TRUE(turn.trouble);
  EXPECT_EQ(warned(turn), "the provider accepted title = \"Boss\" for account 1 and shows \"Clerk\"");
  EXPECT_EQ(failed(e), Lines{"update ada"});
  EXPECT_EQ(lines(turn.plan), Lines{"update ada"}) << "and it is tried again";
}

TEST(Evidence, WhatSomebodyChangedSinceIsNoBrokenWord) {
  Engine e;
  e.person("ada");
  e.apply();
  e.set("ada", "title", "Boss");
  e.later(1min);
  e.provider.accounts.at("1").fields["title"] = "Queen";
  EXPECT_EQ(warned(e.later(1min)), "");
  EXPECT_EQ(failed(e), Lines{});
}

TEST(Evidence, AnAccountThatIsAcceptedAndNeverAppearsIsAFailure) {
  Engine e;
  e.people(2);
  e.witness->created = [&](const Account& a) {
    if (a.fields.at("userName") == "p101") e.provider.accounts.erase(a.id);     // a full licence
  };
  e.apply();
  const Turn turn = e.later(1min);
  EXPECT_TRUE(turn.trouble);
  EXPECT_NE(warned(turn).find("and does not have it"), std::string::npos);
  EXPECT_TRUE(failed(e) == Lines{"create p101"} || failed(e) == (Lines{"update p101", "create p101"})) << failed(e).size();
  EXPECT_EQ(e.roles_of("p100"), "") << "the other is there";
  EXPECT_EQ(warned(e.later(1min)), "") << "said once";
}

TEST(Evidence, ARoleAndASuspensionThatAreAcceptedAndDoNotShowAreFailures) {
  Engine e(MemoryProvider::everything());
  e.people(2);
  e.provider.add_role("Sales");
  e.role("Sales", "sales");
  e.apply();
  e.later(1min);
  e.witness->forgetful = true;
  e.group("sales", {"p100"});
  e.set("p101", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"suspend p101", "assign p100 Sales"}));
  const Turn turn = e.later(1min);
  EXPECT_TRUE(turn.trouble);
  EXPECT_EQ(failed(e), (Lines{"assign p100", "suspend p101"}));
  EXPECT_EQ(lines(turn.plan), (Lines{"suspend p101", "assign p100 Sales"})) << "tried again";
}

}  // namespace
}  // namespace rollcall::test
