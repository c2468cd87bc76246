#include "report/plan_html.hpp"

#include <map>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/html_style.hpp"
#include "unit/report/sample_plan.hpp"

namespace rollcall::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string with_everywhere(const std::string& bad) {
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
  plan.id = plan.configuration = plan.state = bad;
  plan.sources = {{bad, false, 0, 0, bad}};
  plan.warnings = {{bad, bad, bad}};
  return plan_html(plan);
}

TEST(PlanHtml, AllowsNothingButItsOwnStyle) {
  const std::string html = plan_html(sample_plan());
  EXPECT_THAT(html, HasSubstr("content=\"default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(html, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr(" style=")));
  EXPECT_THAT(html, Not(HasSubstr(" src=")));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
  EXPECT_THAT(html, Not(HasSubstr("://")));
}

TEST(PlanHtml, HoldsTheStyleWordForWordAsItsHashDemands) {
  EXPECT_THAT(plan_html(sample_plan()), HasSubstr("<style>" + std::string(html_style) + "</style>"));
}

TEST(PlanHtml, StyleNamesNoAssetAndCannotEndItsElement) {
  EXPECT_THAT(std::string(html_style), Not(HasSubstr("url(")));
  EXPECT_THAT(std::string(html_style), Not(HasSubstr("@import")));
  EXPECT_THAT(std::string(html_style), Not(HasSubstr("<")));
}

TEST(PlanHtml, LetsNoValueBecomeMarkup) {
  const std::string html = with_everywhere("\"'><img src=x onerror=alert(1)></bdi></style>&amp;");
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;/bdi&gt;"));
  EXPECT_THAT(html, HasSubstr("&amp;amp;"));
}

TEST(PlanHtml, SpellsOutControlsAndDirectionOverrides) {
  const std::string html = with_everywhere("a\u202eb\x01\xff");
  EXPECT_EQ(html.find("\u202e"), html.npos);
  EXPECT_EQ(html.find('\x01'), html.npos);
  EXPECT_EQ(html.find('\xff'), html.npos);
  EXPECT_THAT(html, HasSubstr("<bdi>a\\u{202e}b\\u{1}\\xff</bdi>"));
}

TEST(PlanHtml, ClosesEveryElementItOpens) {
  const std::string html = with_everywhere("<x>");
  std::map<std::string, int> open;
  const std::regex tag("<(/?)([a-z][a-z0-9]*)[^>]*>");
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end; ++it)
    open[(*it)[2]] += (*it)[1].length() == 0 ? 1 : -1;
  for (const char* empty : {"meta", "br"}) open.erase(empty);
  for (const auto& [name, count] : open) EXPECT_EQ(count, 0) << name;
}

TEST(PlanHtml, EveryLinkLeadsToAPlaceOnThePage) {
  const std::string html = plan_html(sample_plan());
  const std::regex link("href=\"#([^\"]*)\"");
  int links = 0;
  for (std::sregex_iterator it(html.begin(), html.end(), link), end; it != end; ++it, ++links)
    EXPECT_THAT(html, HasSubstr("id=\"" + (*it)[1].str() + "\""));
  EXPECT_GE(links, 5);
}

TEST(PlanHtml, ShowsPolicyHeldConflictsWarningsAndEveryField) {
  const std::string html = plan_html(sample_plan());
  for (const char* text :
       {"on-leave suspend, delete-after 30d, adopt true", "12 suspends exceed the limit of 10", "rollcall approve h1",
        "rollcall approve --provider onelogin --kind suspend", "rollcall link key-amb onelogin 7",
        "the e-mail address `x` has no @", "dora.garza@example.com", "Una Managed", "size limit after 98 entries",
        "9 calls, about 7 s"})
    EXPECT_THAT(html, HasSubstr(text));
}

TEST(PlanHtml, HasLandmarksAndTablesThatAScreenReaderCanTell) {
  const std::string html = plan_html(sample_plan());
  for (const char* text : {"<html lang=\"en\">", "<header>", "<nav aria-label=", "<main id=\"plan\"", "<footer>",
                           "href=\"#plan\">Skip", "<caption>", "<th scope=\"col\">", "<th scope=\"row\">", "<summary>"})
    EXPECT_THAT(html, HasSubstr(text));
}

TEST(PlanHtml, FoldsPeopleOnlyWhenThereAreMany) {
  Plan plan = sample_plan();
  EXPECT_THAT(plan_html(plan), HasSubstr("<details open>"));
  for (int i = 0; i < 60; ++i) {
    plan.providers[0].actions.push_back(create_dora());
    plan.providers[0].actions.back().user = "key-" + std::to_string(i);
  }
  EXPECT_THAT(plan_html(plan), Not(HasSubstr("<details open>")));
}

TEST(PlanHtml, SaysNoChangesWhenThereAreNone) { EXPECT_THAT(plan_html(Plan{}), HasSubstr("No changes.")); }

}  // namespace
}  // namespace rollcall::report
