#include "core/desired.hpp"

#include <gtest/gtest.h>

#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using test::Words;

ProviderRules rules() {
  ProviderRules r;
  r.settings.name = "p";
  r.scope = *language::Condition::parse("active eq true");
  for (const auto& [field, text] : {std::pair{"userName", "{userName}"}, {"email", "{email}"}, {"title", "{title}"}})
    r.mapping.account[field] = *language::Template::parse(text);
  r.mapping.on_create["openid"] = *language::Template::parse("{userName}");
  return r;
}

void by_group(ProviderRules& r, const std::string& role, const std::string& group, const std::string& source = "") {
  RoleRuleProgram p;
  p.rule = {role, group, source, "", "rollcall.toml:1:1"};
  p.role = *language::Template::parse(role);
  r.roles.push_back(std::move(p));
}

void by_condition(ProviderRules& r, const std::string& role, const std::string& when) {
  RoleRuleProgram p;
  p.rule = {role, "", "", when, "rollcall.toml:1:1"};
  p.role = *language::Template::parse(role);
  p.when = *language::Condition::parse(when);
  r.roles.push_back(std::move(p));
}

GroupRef group(const std::string& name, const std::string& ou = "groups") {
  return {"corp", name + ou, name, "cn=" + name + ",ou=" + ou + ",dc=x"};
}

Identity person(std::vector<GroupRef> groups = {}) {
  Identity i;
  i.person = "ada";
  i.values = {{"userName", "ada"}, {"email", "ada@example.org"}, {"displayName", "Ada Lovelace"}};
  i.groups = std::move(groups);
  std::sort(i.groups.begin(), i.groups.end());
  return i;
}

Words roles(const ProviderRules& r, const Identity& i, const GroupCatalogue& catalogue, const DesiredAccount* previous = nullptr) {
  Words out;
  for (const auto& g : desired_account(i, r, role_book(r, catalogue), previous, nullptr).roles) out.push_back(g.role);
  return out;
}

TEST(Groups, AreNamedByNameDnOrPattern) {
  const auto match = [](const std::string& text, const GroupRef& g) { return matches_group({"r", text, "", "", ""}, g); };
  EXPECT_TRUE(match("Sales", group("sales")));
  EXPECT_TRUE(match("app-*", group("APP-crm")));
  EXPECT_TRUE(match("a?p-*m", group("app-crm")));
  EXPECT_TRUE(match("*", group("")));
  EXPECT_FALSE(match("app-*", group("my-app-crm")));
  EXPECT_FALSE(match("app-?", group("app-")));
  EXPECT_TRUE(match("CN=Sales, OU=groups,dc=x", group("sales")));
  EXPECT_FALSE(match("cn=sales,ou=other,dc=x", group("sales")));
  EXPECT_FALSE(match("cn=sales,ou=groups,dc=x", {"hr", "1", "sales", ""})) << "a group without a DN";
  EXPECT_FALSE(match("", group("")));
  EXPECT_FALSE(matches_group({"r", "sales", "hr", "", ""}, group("sales"))) << "of another source";
}

TEST(Groups, AQuestionMarkIsOneCharacterAndNotOneByte) {
  EXPECT_TRUE(matches_group({"r", "gr?ppe", "", "", ""}, group("Grüppe")));
  EXPECT_FALSE(matches_group({"r", "gr??ppe", "", "", ""}, group("grüppe")));
}

TEST(Groups, APatternOfManyStarsEndsSoon) {
  EXPECT_FALSE(matches_group({"r", "*a*a*a*a*a*a*a*a*a*a*b", "", "", ""}, group(std::string(2000, 'a'))));
}

TEST(Roles, ComeFromGroupsPatternsAndConditions) {
  ProviderRules r = rules();
  by_group(r, "Sales", "sales");
  by_group(r, "{group | after('app-')}", "app-*");
  by_condition(r, "Managers", "title co \"manager\"");
  const GroupCatalogue all{group("app-crm"), group("app-erp"), group("sales")};
  Identity i = person({group("sales"), group("app-crm")});
  EXPECT_EQ(roles(r, i, all), (Words{"Sales", "crm"}));
  i.values["title"] = "Account Manager";
  EXPECT_EQ(roles(r, i, all), (Words{"Managers", "Sales", "crm"}));
  EXPECT_EQ(role_book(r, all).managed, (std::set<std::string>{"Managers", "Sales", "crm", "erp"}));
}

TEST(Roles, AreOneEachWhateverTheNumberOfRulesAndNameTheirRule) {
  ProviderRules r = rules();
  by_group(r, "Staff", "sales");
  by_group(r, "Staff", "app-*");
  const auto d = desired_account(person({group("sales"), group("app-crm")}), r, role_book(r, {group("sales"), group("app-crm")}), nullptr, nullptr);
  ASSERT_EQ(d.roles.size(), 1u);
  EXPECT_EQ(d.roles[0].rule, "group = \"sales\"");
  EXPECT_EQ(d.roles[0].source, "corp: sales");
}

TEST(Roles, AnEmptyRoleNameGivesNothing) {
  ProviderRules r = rules();
  by_group(r, "{group | after('app-')}", "*");
  EXPECT_EQ(roles(r, person({group("sales")}), {group("sales")}), Words{});
}

TEST(Roles, AnAmbiguousBareNameAppliesToNeitherAndTheLastKnownMembersStay) {
  ProviderRules r = rules();
  by_group(r, "Sales", "sales");
  const GroupCatalogue both{group("sales", "a"), group("sales", "b")};
  const auto book = role_book(r, both);
  EXPECT_TRUE(book.wrong);
  ASSERT_EQ(book.warnings.size(), 1u);
  EXPECT_NE(book.warnings[0].find("ou=a"), std::string::npos);
  EXPECT_NE(book.warnings[0].find("ou=b"), std::string::npos);
  EXPECT_EQ(roles(r, person({group("sales", "a")}), both), Words{});
  const auto before = desired_account(person({group("sales", "a")}), r, role_book(r, {group("sales", "a")}), nullptr, nullptr);
  EXPECT_EQ(roles(r, person(), both, &before), Words{"Sales"});
  EXPECT_TRUE(book.managed.contains("Sales"));
}

TEST(Roles, NeitherPatternsNorDnsAreAmbiguous) {
  ProviderRules r = rules();
  by_group(r, "Sales", "sale?");
  by_group(r, "A", "cn=sales,ou=a,dc=x");
  const GroupCatalogue both{group("sales", "a"), group("sales", "b")};
  EXPECT_FALSE(role_book(r, both).wrong);
  EXPECT_EQ(roles(r, person({group("sales", "b")}), both), Words{"Sales"});
}

TEST(Roles, AGroupThatTheSourceLacksIsAWarningAndNoFailure) {
  ProviderRules r = rules();
  by_group(r, "Sales", "sales");
  by_group(r, "Apps", "app-*");
  const auto book = role_book(r, {});
  EXPECT_EQ(book.warnings.size(), 1u);
  EXPECT_FALSE(book.wrong);
  EXPECT_EQ(book.managed, (std::set<std::string>{"Sales", "Apps"}));
}

TEST(Desired, EnforcedFieldsThatYieldNothingAreClearedAndOthersAreLeftAlone) {
  const auto d = desired_account(person(), rules(), {}, nullptr, nullptr);
  EXPECT_EQ(d.enforced, (Fields{{"userName", "ada"}, {"email", "ada@example.org"}, {"title", ""}}));
  EXPECT_EQ(d.on_create, (Fields{{"openid", "ada"}}));
  EXPECT_EQ(d.name, "Ada Lovelace");
  EXPECT_EQ(d.email, "ada@example.org");
}

TEST(Desired, TheNameFallsBackToUserNameAndKey) {
  Identity i = person();
  i.values.erase("displayName");
  EXPECT_EQ(desired_account(i, rules(), {}, nullptr, nullptr).name, "ada");
  i.values.clear();
  EXPECT_EQ(desired_account(i, rules(), {}, nullptr, nullptr).name, "ada");
}

TEST(Desired, WhatCannotBeTextIsToldByField) {
  Identity i = person();
  i.values["title"] = "\xff\xfe";
  std::vector<std::string> bad;
  (void)desired_account(i, rules(), {}, nullptr, &bad);
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_NE(bad[0].find("title"), std::string::npos);
}

TEST(Scope, IsAConditionOnTheIdentity) {
  ProviderRules r = rules();
  Identity i = person({group("sales")});
  EXPECT_TRUE(in_scope(i, r));
  i.active = false;
  EXPECT_FALSE(in_scope(i, r));
  r.scope = *language::Condition::parse("groups eq \"sales\"");
  EXPECT_TRUE(in_scope(i, r));
}

TEST(Invite, WantedByTableConditionAndAddress) {
  ProviderRules r = rules();
  r.invite_to = *language::Template::parse("{personalEmail ?? email}");
  EXPECT_FALSE(invite_wanted(person(), r));
  r.settings.invite.present = true;
  EXPECT_TRUE(invite_wanted(person(), r));
  r.invite_when = *language::Condition::parse("title pr");
  EXPECT_FALSE(invite_wanted(person(), r));
  r.invite_when.reset();
  r.settings.invite.when = "never";
  EXPECT_FALSE(invite_wanted(person(), r));
  EXPECT_EQ(invite_address(person(), r), "ada@example.org");
  Identity i = person();
  i.values.erase("email");
  EXPECT_EQ(invite_address(i, r), "");
}

std::string text(const std::vector<MatchKey>& keys) {
  std::string out;
  for (const auto& k : keys) out += k.name + "=" + k.value + " ";
  return out;
}

TEST(Match, ByExternalIdUserNameAndEMailOrAsConfigured) {
  ProviderRules r = rules();
  const Capabilities c = test::capable();
  DesiredAccount d = desired_account(person(), r, {}, nullptr, nullptr);
  EXPECT_EQ(text(match_keys(d, "ada-1", r, c)), "externalId=ada-1 userName=ada email=ada@example.org ");
  d.enforced["externalId"] = "E-1";
  d.enforced["email"] = "";
  EXPECT_EQ(text(match_keys(d, "ada-1", r, c)), "externalId=E-1 userName=ada ");
  EXPECT_EQ(external_id_of(d, "ada-1", c), "E-1");
  r.settings.match = {"openid"};
  EXPECT_EQ(text(match_keys(d, "ada-1", r, c)), "openid=ada ");
  Capabilities none;
  r.settings.match.clear();
  EXPECT_EQ(text(match_keys(d, "ada-1", r, none)), "");
  EXPECT_EQ(external_id_of(d, "ada-1", none), "");
}

}  // namespace
}  // namespace rollcall::core
