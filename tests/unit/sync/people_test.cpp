// Promises 3, 9 and 12: what happens to people over several runs.
#include <gtest/gtest.h>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

// ---- the first run, and the second ----

TEST(People, AreCreatedThenGivenRolesThenInvitedAndTheSecondRunHasNothingToDo) {
  Engine e;
  e.person("ada");
  e.provider.add_role("Sales");
  e.role("Sales", "sales");
  e.group("sales", {"ada"});
  e.invites();
  EXPECT_EQ(lines(e.apply().plan), (Lines{"create ada", "assign ada Sales", "invite ada"}));
  EXPECT_EQ(e.roles_of("ada"), "Sales");
  EXPECT_EQ(e.account("ada")->fields.at("externalId"), "ada");
  ASSERT_EQ(e.mailbox.mails.size(), 1u);
  EXPECT_EQ(e.mailbox.mails[0].to, "ada@example.org");
  EXPECT_NE(e.mailbox.mails[0].text.find(e.provider.invitations[0].link), std::string::npos);
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST(People, AnExternalIdThatACreateRefusesFollowsAlsoWithoutRoles) {
  Engine e;
  e.person("ada");
  e.apply();
  EXPECT_EQ(e.account("ada")->fields.at("externalId"), "ada");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
}

TEST(People, AProviderThatShowsRolesByIdIsComparedByTheRulesNames) {
  Engine e(MemoryProvider::everything());
  e.person("ada");
  e.provider.add_role("Sales");   // has the id r1
  e.provider.add_role("Other");
  e.role("Sales", "sales");
  e.group("sales", {"ada"});
  e.apply();
  EXPECT_EQ(e.roles_of("ada"), "Sales");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  e.provider.accounts.begin()->second.roles = {"r2"};   // somebody took it away and gave another
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"assign ada Sales"});
  EXPECT_EQ(e.roles_of("ada"), "Sales Other");
  e.group("sales", {"nobody"});
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"revoke ada Sales"});
  EXPECT_EQ(e.roles_of("ada"), "Other");
}

TEST(People, DriftAtTheProviderIsCorrectedAndOtherFieldsAreNot) {
  auto e = sales_of_three();
  e->provider.accounts.at("1").fields["title"] = "Hacker";
  e->provider.accounts.at("1").fields["phone"] = "1";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update p100"});
  EXPECT_EQ(e->account("p100")->fields.at("title"), "Clerk");
  EXPECT_EQ(e->account("p100")->fields.at("phone"), "1");
}

TEST(People, AFieldThatTheCreateCouldNotWriteGoesWithTheNextUpdate) {
  Engine e;
  e.person("ada");
  e.witness->late_fields = {"title"};
  EXPECT_EQ(lines(e.apply().plan), Lines{"create ada"});
  EXPECT_FALSE(e.account("ada")->fields.contains("title"));
  EXPECT_EQ(lines(e.later(1min).plan), Lines{"update ada"});
  EXPECT_EQ(e.account("ada")->fields.at("title"), "Clerk");
}

// ---- promise 9 ----

TEST(People, Promise9OneBadRecordStopsNobodyAndIsNamed) {
  Engine e;
  e.person("ada");
  e.person("bad", {{"uid", {}}});
  e.person("mad", {{"title", {"\xff\xfe"}}});
  e.person("zoe");
  const Turn turn = e.apply();
  EXPECT_EQ(lines(turn.plan), (Lines{"create ada", "create zoe"}));
  EXPECT_EQ(conflicts(turn.plan), (Lines{"invalid bad", "invalid mad"}));
}

TEST(People, Promise9ARecordThatBecomesBadIsUnknownAndNotGone) {
  auto e = sales_of_three();
  for (auto* bad : {&e->corp->unusable, &e->corp->unreadable}) {
    *bad = {"p100"};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e->later(24h).plan), Lines{});
    bad->clear();
    EXPECT_EQ(lines(e->later(24h).plan), Lines{});
  }
}

TEST(People, AValueThatCannotBeUsedTakesNobodyOutOfScope) {
  auto e = sales_of_three();
  e->scope("active eq true and title pr");
  e->later(1min);
  e->set("p100", "title", "\xff\xfe");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines(e->later(24h).plan), Lines{}) << i;
}

// ---- promise 12 ----

TEST(People, Promise12ARenameIsAMove) {
  auto e = sales_of_three();
  auto& entry = e->corp->people.at("p100");
  entry.dn = "uid=maria,ou=berlin,dc=x";
  entry.attributes["uid"] = {"maria"};
  e->corp->groups.at("g-sales").members = {entry.dn, Engine::dn("p101")};
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update p100"});
  EXPECT_EQ(e->provider.accounts.size(), 3u);
  EXPECT_EQ(e->roles_of("maria"), "Sales");
}

TEST(People, AChangedDnAloneIsNoChange) {
  auto e = sales_of_three();
  e->corp->people.at("p102").dn = "uid=p102,ou=berlin,dc=x";
  EXPECT_EQ(lines(e->later(1min).plan), Lines{});
}

TEST(People, Promise12ARecycledAddressIsAConflictWithBothRecords) {
  auto e = sales_of_three();
  e->person("zoe", {{"mail", {"P100@example.org"}}});
  Turn turn = e->later(1min);
  EXPECT_EQ(lines(turn.plan), Lines{});
  ASSERT_EQ(conflicts(turn.plan), Lines{"recycled-email zoe"});
  EXPECT_EQ(turn.at().conflicts[0].records, (Lines{"corp: uid=zoe,ou=people,dc=x", "corp: uid=p100,ou=people,dc=x"}));
  e->set("p100", "locked", "yes");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"suspend p100"}) << "a conflict never shields a leaver";
  e->set("zoe", "mail", "zoe@example.org");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"create zoe"});
}

TEST(People, TwoWithOneUserNameAndNoAccountAreBothConflictsUntilOneIsChanged) {
  Engine e;
  e.person("ada");
  e.person("eve", {{"uid", {"ADA"}}});
  EXPECT_EQ(conflicts(e.apply().plan), (Lines{"duplicate-username ada", "duplicate-username eve"}));
  EXPECT_TRUE(e.provider.accounts.empty());
  e.set("eve", "uid", "eve");
  EXPECT_EQ(lines(e.later(1min).plan), (Lines{"create ada", "create eve"}));
}

// ---- promise 3 ----

TEST(People, Promise3AccountsOfOthersAreListedAndNeverTouched) {
  Engine e;
  e.person("ada");
  e.provider.add({{"userName", "root"}, {"email", "root@example.org"}});
  const Turn turn = e.apply();
  ASSERT_EQ(turn.at().unmanaged.size(), 1u);
  EXPECT_EQ(turn.at().unmanaged[0].name, "root");
  for (int i = 0; i < 3; ++i) e.later(24h);
  for (const auto& call : e.provider.calls) EXPECT_TRUE(call.find(" 1") == std::string::npos || call.starts_with("list")) << call;
}

// A provider in quarantine is planned for nobody, however long: its new configuration is taken up by the first look all the same.
TEST(People, AChangedConfigurationLooksAtEverybodyOnceAlsoWhileItsProviderIsDown) {
  Engine e;
  e.people(3);
  std::vector<std::string> joined;
  sync::Scope scope;
  scope.progress = [&](std::string_view stage, const std::string& detail) {
    if (stage == "joining") joined.push_back(detail);
  };
  e.apply();
  e.configured();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(sync::gather(*e.state, e.house, e.now + std::chrono::minutes{i + 1}, scope));
  EXPECT_EQ(joined, Lines{"everybody"});
}

TEST(People, AMatchingAccountIsAConflictUntilAdoptionIsAllowedAndThenTakenOverWithoutAnInvitation) {
  Engine e;
  e.person("ada");
  e.invites();
  e.provider.add({{"userName", "ada"}, {"email", "ada@example.org"}, {"title", "Old"}});
  EXPECT_EQ(conflicts(e.apply().plan), Lines{"not-adopted ada"});
  e.settings().adopt = true;
  e.configured();
  EXPECT_EQ(lines(e.later(1min).plan).at(0), "adopt ada");
  e.later(1min);
  EXPECT_EQ(e.account("ada")->fields.at("title"), "Clerk");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_TRUE(e.mailbox.mails.empty());
  EXPECT_EQ(e.provider.accounts.size(), 1u);
}

TEST(People, Promise3AProtectedAccountIsNeitherAdoptedNorChangedWhateverWasThereFirst) {
  Engine e;
  e.settings().adopt = true;
  e.person("root");
  e.provider.add({{"userName", "root"}, {"email", "root@example.org"}, {"title", "Old"}});
  e.person("ada");
  e.protect("userName eq \"root\"");
  const Turn turn = e.apply();
  EXPECT_EQ(lines(turn.plan), Lines{"create ada"});
  ASSERT_EQ(turn.at().protected_accounts.size(), 1u);
  e.protect("userName eq \"ada\"");      // protected only after rollcall made it
  e.set("ada", "title", "Boss");
  e.set("ada", "locked", "yes");
  EXPECT_EQ(lines(e.later(1min).plan), Lines{});
  EXPECT_EQ(e.status_of("ada"), "pending");
}

TEST(People, Promise3AnAccountThatIsProtectedOnlyNowIsNotAdoptedAnyMore) {
  Engine e;
  e.provider.add({{"userName", "root"}, {"email", "root@example.org"}});
  e.person("ada");
  e.apply();
  e.settings().adopt = true;
  e.protect("userName eq \"root\"");
  e.person("root");
  const Turn turn = e.later(1min);
  EXPECT_EQ(lines(turn.plan), Lines{});
  EXPECT_EQ(conflicts(turn.plan), Lines{"not-adopted root"});
  EXPECT_EQ(turn.at().protected_accounts.size(), 1u);
}

}  // namespace
}  // namespace rollcall::test
