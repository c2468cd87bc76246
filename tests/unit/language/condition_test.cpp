#include "language/condition.hpp"

#include <gtest/gtest.h>

namespace rollcall::language {
namespace {

Identity jane() {
  Identity out;
  out.values = {{"userName", "jdoe"},       {"title", "Sales Manager"},          {"department", "Ärzte"},
                {"employeeNumber", "1007"}, {"endDate", "2026-11-21T10:00:00Z"}, {"level", "-2.5"}};
  out.groups = {{"corp", "k", "Sales", "cn=Sales,ou=Groups,dc=x"}, {"corp", "l", "staff", "cn=staff,dc=x"}};
  out.sources = {"corp"};
  return out;
}

bool holds(const std::string& text) {
  const Identity identity = jane();
  auto parsed = Condition::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed && parsed->matches(IdentityLookup(identity));
}

TEST(Condition, TextsCompareWithoutCase) {
  EXPECT_TRUE(holds("userName eq \"JDOE\""));
  EXPECT_TRUE(holds("USERNAME EQ \"jdoe\""));
  EXPECT_TRUE(holds("department eq \"äRZTE\""));
  EXPECT_TRUE(holds("department eq \"\\u00c4rzte\""));
  EXPECT_FALSE(holds("userName eq \"jdo\""));
}

TEST(Condition, EveryOperatorWorksOnTexts) {
  EXPECT_TRUE(holds("title co \"manager\""));
  EXPECT_TRUE(holds("title sw \"sales\""));
  EXPECT_TRUE(holds("title ew \"ER\""));
  EXPECT_FALSE(holds("title sw \"manager\""));
  EXPECT_TRUE(holds("userName gt \"jdo\""));
  EXPECT_TRUE(holds("userName ge \"jdoe\""));
  EXPECT_FALSE(holds("userName lt \"jdoe\""));
  EXPECT_TRUE(holds("userName le \"JDOE\""));
  EXPECT_TRUE(holds("userName ne \"x\""));
  EXPECT_FALSE(holds("userName ne \"JDOE\""));
}

TEST(Condition, NumbersCompareAsNumbers) {
  EXPECT_TRUE(holds("employeeNumber gt 999"));
  EXPECT_FALSE(holds("employeeNumber gt \"999\""));
  EXPECT_TRUE(holds("employeeNumber eq 1007"));
  EXPECT_TRUE(holds("employeeNumber le 1007.5"));
  EXPECT_TRUE(holds("level lt -2"));
  EXPECT_FALSE(holds("userName gt 1"));
  EXPECT_FALSE(holds("userName eq 1"));
}

TEST(Condition, TruthValuesAndNull) {
  EXPECT_TRUE(holds("active eq true"));
  EXPECT_FALSE(holds("active eq false"));
  EXPECT_TRUE(holds("active eq \"True\""));
  EXPECT_TRUE(holds("manager eq null"));
  EXPECT_FALSE(holds("userName eq null"));
  EXPECT_TRUE(holds("userName ne null"));
}

TEST(Condition, TimesCompareAsInstants) {
  EXPECT_TRUE(holds("endDate eq \"2026-11-21T12:00:00+02:00\""));
  EXPECT_TRUE(holds("endDate lt \"2026-11-21T11:00:00.5+00:30\""));
  EXPECT_TRUE(holds("endDate ge \"2026-11-21\""));
}

TEST(Condition, WhatIsAbsentEqualsNothing) {
  EXPECT_FALSE(holds("manager eq \"x\""));
  EXPECT_TRUE(holds("manager ne \"x\""));
  EXPECT_FALSE(holds("manager co \"\""));
  EXPECT_FALSE(holds("manager pr"));
  EXPECT_TRUE(holds("title pr"));
}

TEST(Condition, GroupsCompareByNameOrByDnInAnySpelling) {
  EXPECT_TRUE(holds("groups eq \"sales\""));
  EXPECT_TRUE(holds("groups eq \"CN=sales, OU=groups, DC=X\""));
  EXPECT_FALSE(holds("groups eq \"cn=sales,dc=x\""));
  EXPECT_TRUE(holds("groups sw \"st\""));
  EXPECT_TRUE(holds("sources eq \"corp\""));
}

TEST(Condition, UnequalMeansThatNoValueIsEqual) {
  EXPECT_FALSE(holds("groups ne \"sales\""));
  EXPECT_TRUE(holds("groups ne \"admins\""));
}

TEST(Condition, AndBindsStrongerThanOrAndNotStrongest) {
  EXPECT_TRUE(holds("userName eq \"x\" and title pr or active eq true"));
  EXPECT_FALSE(holds("userName eq \"x\" and (title pr or active eq true)"));
  EXPECT_TRUE(holds("active eq true or userName eq \"x\" and userName eq \"y\""));
  EXPECT_TRUE(holds("not (userName eq \"x\") and active eq true"));
  EXPECT_TRUE(holds("NOT(userName eq \"x\")"));
  EXPECT_FALSE(holds("not (userName eq \"x\" or active eq true)"));
  EXPECT_TRUE(holds("  ( ( title pr ) )  "));
}

TEST(Condition, ProtectSeesTheFieldsOfAnAccount) {
  const Fields fields = {{"email", "Root@example.org"}, {"profile.givenName", "Root"}, {"custom_attribute_tier", "0"}};
  for (const char* text :
       {"email eq \"root@example.org\"", "profile.givenName eq \"root\"", "custom_attribute_tier eq 0"})
    EXPECT_TRUE(Condition::parse(text)->matches(FieldsLookup(fields))) << text;
}

TEST(Condition, KnowsItsUsesAndWhichAreGuarded) {
  const auto uses =
      Condition::parse("title co \"x\" and department pr and not (Department eq \"y\" or manager eq null)")->uses();
  std::string seen;
  for (const Use& use : uses) seen += use.name + (use.guarded ? "+ " : "- ");
  EXPECT_EQ(seen, "title- department+ Department+ manager+ ");
}

TEST(Condition, RefusesElementsOfComplexAttributes) {
  auto parsed = Condition::parse("active eq true and emails[type eq \"work\"]");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().offset, 19u);
  EXPECT_NE(parsed.error().message.find("emails[...]"), std::string::npos);
}

struct Bad {
  const char* text;
  std::size_t offset;
  const char* part;
};

TEST(Filter, SaysWhereItBreaksAndWhatWasMeant) {
  const Bad cases[] = {
      {"", 0, "attribute is expected"},
      {"title", 5, "operator is expected"},
      {"title eq", 8, "value is expected"},
      {"title eq x", 9, "texts stand in double quotes"},
      {"title eq 'x'", 9, "double quotes"},
      {"title eq \"x", 9, "quote that closes"},
      {"title is \"x\"", 6, "unknown operator `is`"},
      {"title pr and", 12, "attribute is expected at the end"},
      {"title pr title pr", 9, "`and`, `or`"},
      {"(title pr", 0, "`)` that closes"},
      {"title pr)", 8, "too many"},
      {"not title pr", 0, "needs parentheses"},
      {"active gt true", 10, "text or a number"},
      {"title co 5", 9, "text in double quotes"},
      {"title lt null", 9, "text or a number"},
      {"title eq \"\\x\"", 10, "escape"},
      {"title eq \"\\ud800\"", 10, "surrogate"},
      {"title eq \"\\u12\"", 10, "escape"},
      {"title eq \"a\nb\"", 11, "control character"},
      {"1title pr", 0, "no name of an attribute"},
      {"a..b pr", 0, "no name of an attribute"},
      {"foo:bar pr", 0, "urn:"},
      {"a[b[c pr]]", 3, "no [...] inside"},
      {"a[b pr", 1, "`]` that closes"},
      {"a[b pr)]", 6, "`]`"},
      {"title eq 1.2.3", 9, "no value"},
      {"t\xfc pr", 0, "UTF-8"},
  };
  for (const Bad& bad : cases) {
    auto parsed = parse_filter(bad.text);
    ASSERT_FALSE(parsed) << bad.text;
    EXPECT_EQ(parsed.error().offset, bad.offset) << bad.text << ": " << parsed.error().message;
    EXPECT_NE(parsed.error().message.find(bad.part), std::string::npos) << bad.text << ": " << parsed.error().message;
  }
}

TEST(Filter, HasLimitsOnLengthDepthAndTerms) {
  EXPECT_TRUE(parse_filter(std::string(64, '(') + "a pr" + std::string(64, ')')));
  EXPECT_FALSE(parse_filter(std::string(65, '(') + "a pr" + std::string(65, ')')));
  EXPECT_FALSE(parse_filter("a eq \"" + std::string(9000, 'x') + "\""));
  std::string many = "a pr";
  for (int i = 1; i < 256; ++i) many += " or a pr";
  EXPECT_TRUE(parse_filter(many));
  EXPECT_FALSE(parse_filter(many + " or a pr"));
  EXPECT_FALSE(parse_filter(std::string(4000, '(')));
}

TEST(Filter, ReadsPathsWithSchemasAndSubAttributes) {
  const auto parsed =
      parse_filter("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"26\"");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->path.urn, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User");
  EXPECT_EQ(parsed->path.name, "manager");
  EXPECT_EQ(parsed->path.sub, "value");
}

TEST(Filter, TestsAllTermsInBracketsOnOneElement) {
  const auto parsed =
      parse_filter("emails[type eq \"work\" or (type eq \"home\" and value ew \"@x\")] and active eq true");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->kind, FilterKind::all);
  EXPECT_EQ(parsed->children[0].kind, FilterKind::value_path);
  EXPECT_EQ(parsed->children[0].children[0].kind, FilterKind::any);
}

TEST(Filter, TakesAComparisonBehindBracketsAsEntraSendsIt) {
  const auto parsed = parse_filter("emails[type eq \"work\"].value eq \"x\"");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->kind, FilterKind::value_path);
  const Filter& both = parsed->children.front();
  ASSERT_EQ(both.kind, FilterKind::all);
  EXPECT_EQ(both.children[1].path.name, "value");
  EXPECT_EQ(std::get<std::string>(both.children[1].value), "x");
}

TEST(Filter, UndoesTheEscapesOfJson) {
  const auto parsed = parse_filter(R"(a eq "\"\\\/\n\u00e9\ud83d\ude00")");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<std::string>(parsed->value), "\"\\/\né😀");
}

}  // namespace
}  // namespace rollcall::language
