#include "report/plan_text.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/escape.hpp"
#include "unit/report/sample_plan.hpp"

namespace rollcall::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(PlanText, BeginsWithThePolicyInForce) {
  EXPECT_THAT(plan_text(sample_plan()),
              StartsWith("Policy in force\n"
                         "  onelogin (onelogin-v3): on-leave suspend, delete-after 30d, adopt true\n"
                         "    the accounts of people who leave are suspended and deleted after 30d;\n"));
}

TEST(PlanText, SaysLoudlyWhatCouldNotBeReadAndWhatThatMeans) {
  Plan plan = sample_plan();
  plan.providers[0].complete = false;
  plan.providers[0].detail = "HTTP 503";
  const std::string text = plan_text(plan);
  EXPECT_THAT(text, HasSubstr("INCOMPLETE READS\n  ! source corp: size limit after 98 entries\n"));
  EXPECT_THAT(text, HasSubstr("  ! provider onelogin: HTTP 503\n    Nobody is created, adopted or invited here"));
  plan.sources[0].complete = plan.providers[0].complete = true;
  EXPECT_THAT(plan_text(plan), Not(HasSubstr("INCOMPLETE")));
}

TEST(PlanText, GroupsActionsByPersonAndShowsEveryField) {
  EXPECT_THAT(plan_text(sample_plan()), HasSubstr("  Dora Garza (key-dora)\n"
                                                  "    + create account\n"
                                                  "        # in scope, no account\n"
                                                  "        email:    null -> \"dora.garza@example.com\"\n"
                                                  "        password: null -> \"***\"\n"
                                                  "    + assign role \"Sales\"\n"));
}

TEST(PlanText, ShowsAHeldActionWithItsReasonAndTheCommandToApproveIt) {
  const std::string text = plan_text(sample_plan());
  EXPECT_THAT(text, HasSubstr("    - suspend account 123\n"));
  EXPECT_THAT(text, HasSubstr("      ! held h1: 12 suspends exceed the limit of 10\n        rollcall approve h1\n"));
  EXPECT_THAT(text, HasSubstr("    rollcall approve --provider onelogin --kind suspend\n"));
}

TEST(PlanText, ShowsAConflictWithTheCommandThatSettlesIt) {
  const std::string text = plan_text(sample_plan());
  EXPECT_THAT(text, HasSubstr("    ! ambiguous-match: key-amb\n        two accounts match\n"));
  EXPECT_THAT(text, HasSubstr("record  corp: uid=amb\n"));
  EXPECT_THAT(text, HasSubstr("account 8\n"));
  EXPECT_THAT(text, HasSubstr("settle with: rollcall link key-amb onelogin 7\n"));
}

TEST(PlanText, EndsWithTheSumAndTheCost) {
  EXPECT_THAT(plan_text(sample_plan()),
              testing::EndsWith("\nPlan: 1 to create, 1 to assign, 1 to suspend; 1 held.\n"
                                "  95 unchanged, 1 conflict, 1 unmanaged account, 1 protected account.\n"
                                "  Cost: 9 calls, about 7 s.\n"));
}

TEST(PlanText, NamesTheProviderInEachSumWhenThereAreSeveral) {
  Plan plan = sample_plan();
  plan.providers.push_back({.name = "zitadel", .type = "zitadel", .on_leave = "keep", .summary = {{"unchanged", 3}}});
  const std::string text = plan_text(plan);
  EXPECT_THAT(text, HasSubstr("\nPlan (onelogin): 1 to create"));
  EXPECT_THAT(text, HasSubstr("\nPlan (zitadel): nothing to do.\n  3 unchanged.\n"));
}

TEST(PlanText, SaysNoChangesWhenThereAreNone) {
  Plan plan = sample_plan();
  plan.providers[0].actions.clear();
  plan.providers[0].summary = {{"unchanged", 95}};
  const std::string text = plan_text(plan);
  EXPECT_THAT(text, HasSubstr("\nNo changes.\n"));
  EXPECT_THAT(text, Not(HasSubstr("Plan:")));
  EXPECT_THAT(plan_text(Plan{}), "No changes.\n");
}

TEST(PlanText, CallsAPlanOfWaivedActionsOnlyNoChanges) {
  Plan plan = sample_plan();
  for (Action& a : plan.providers[0].actions) a.waived = true;
  plan.providers[0].summary = {{"waived", 3}};
  EXPECT_THAT(plan_text(plan), HasSubstr("No changes.\n  onelogin: 3 waived.\n"));
}

TEST(PlanText, ListsFewUnmanagedAccountsAndCountsMany) {
  Plan plan = sample_plan();
  EXPECT_THAT(plan_text(plan),
              HasSubstr("1 account not managed by rollcall, left alone:\n    55  Una Managed  (key-una)  left\n"));
  plan.providers[0].unmanaged.assign(11, {"55", "Una Managed", std::nullopt, ""});
  EXPECT_THAT(plan_text(plan), HasSubstr("11 accounts not managed by rollcall, left alone (-v lists them)\n"));
  EXPECT_THAT(plan_text(plan), Not(HasSubstr("Una Managed")));
  EXPECT_THAT(plan_text(plan, {.verbose = true}), HasSubstr("Una Managed"));
}

TEST(PlanText, NamesWarningsAndPeopleWithoutAnAddress) {
  const std::string text = plan_text(sample_plan());
  EXPECT_THAT(text, HasSubstr("1 warning\n  ! corp: uid=x,ou=people: the e-mail address `x` has no @\n"));
  EXPECT_THAT(text, HasSubstr("1 person has no e-mail address"));
}

// Every text of others that a plan can hold, made hostile at once.
TEST(PlanText, ShowsHostileValuesEscapedWhereverTheyStand) {
  const std::string bad = "x\033[2J\n\u202e\xff";
  Plan plan = sample_plan();
  ProviderPlan& p = plan.providers[0];
  p.complete = false;
  p.name = p.type = p.detail = p.on_leave = bad;
  p.delete_after = bad;
  for (Action& a : p.actions) {
    a.user = a.reason = bad;
    a.name = "n" + bad;
    a.account = bad;
    a.changes = {{bad, bad, bad}};
    a.held = HeldBy{bad, bad};
  }
  p.conflicts = {{bad, bad, {bad}, {bad}, bad, bad}};
  p.unmanaged = p.protected_accounts = {{bad, bad, bad, bad}};
  plan.sources = {{bad, false, 0, 0, bad}};
  plan.warnings = {{bad, bad, bad}};
  const std::string text = plan_text(plan);
  EXPECT_EQ(text.find('\033'), text.npos);
  EXPECT_EQ(text.find("\u202e"), text.npos);
  EXPECT_EQ(text.find('\xff'), text.npos);
  EXPECT_THAT(text, HasSubstr("\\u{1b}[2J\\n\\u{202e}\\xff"));
  EXPECT_THAT(text, Not(HasSubstr("\n\\u{202e}"))) << "a line end came through";
}

TEST(PlanText, StaysWithin80ColumnsWithLongValues) {
  Plan plan = sample_plan();
  plan.providers[0].actions[1].name = std::string(10000, 'n');
  plan.providers[0].actions[1].changes = {{"title", std::string(10000, 'a'), std::string(500, 'b')}};
  plan.providers[0].actions[2].changes = {{"role", std::nullopt, std::string(300, 'r')}};
  std::istringstream lines(plan_text(plan));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80u) << line;
  EXPECT_THAT(lines.str(), HasSubstr("(10000 characters)\n          -> \"bbb"));
}

TEST(PlanText, ShowsLongValuesWholeWhenVerbose) {
  Plan plan = sample_plan();
  plan.providers[0].actions[1].changes = {{"title", std::nullopt, std::string(500, 'b')}};
  EXPECT_THAT(plan_text(plan, {.verbose = true}), HasSubstr("\"" + std::string(500, 'b') + "\""));
}

TEST(PlanText, ColoursOnlyWhenAsked) {
  EXPECT_EQ(plan_text(sample_plan()).find('\033'), std::string::npos);
  EXPECT_THAT(plan_text(sample_plan(), {.colour = true}), HasSubstr("\033[32m+ create account\033[0m"));
}

TEST(PlanText, SaysALongCostInMinutesOrHours) {
  Plan plan = sample_plan();
  plan.providers[0].calls = 1;
  plan.providers[0].seconds = 600;
  EXPECT_THAT(plan_text(plan), HasSubstr("Cost: 1 call, about 10 min."));
  plan.providers[0].seconds = 36000;
  EXPECT_THAT(plan_text(plan), HasSubstr("about 10 h."));
}

}  // namespace
}  // namespace rollcall::report
