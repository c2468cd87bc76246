#include "core/decide.hpp"

#include <gtest/gtest.h>

#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;
using std::chrono::hours;

std::string dump(const Decision& d) {
  std::string out;
  for (const auto& a : d.actions) {
    out += std::string(to_string(a.kind)) + " " + a.reason;
    for (const auto& c : a.changes) out += "|" + c.field + "|" + c.from.value_or("") + "|" + c.to.value_or("");
  }
  for (const auto& c : d.conflicts) out += c.detail;
  for (const auto& w : d.warnings) out += w;
  return out;
}

TEST(Decide, ACreateNamesItsFieldsWithoutTheEmptyOnes) {
  Subject s = ada();
  s.desired.enforced["phone"] = "";
  s.desired.on_create["openid"] = "ada";
  const auto d = decided(s);
  const Action* a = find(d, ActionKind::create);
  ASSERT_TRUE(a);
  EXPECT_FALSE(a->account);
  EXPECT_FALSE(a->recreate);
  EXPECT_EQ(a->reason, "in scope, no account");
  EXPECT_FALSE(find(a->changes, "phone"));
  EXPECT_TRUE(find(a->changes, "openid"));
  EXPECT_EQ(find(a->changes, "externalId")->to, "ada");
  EXPECT_TRUE(std::is_sorted(a->changes.begin(), a->changes.end()));
}

TEST(Decide, AnExternalIdThatTheMappingSetsIsNotReplacedByThePersonsKey) {
  Subject s = ada();
  s.desired.enforced["externalId"] = "E-1";
  s.external_id = "E-1";
  EXPECT_EQ(find(find(decided(s), ActionKind::create)->changes, "externalId")->to, "E-1");
}

TEST(Decide, Promise10APasswordNeverStandsInADecision) {
  Subject s = ada();
  s.desired.on_create["password"] = "hunter2";
  const auto created = decided(s);
  EXPECT_EQ(find(find(created, ActionKind::create)->changes, "password")->to, "***");
  s = linked_ada();
  s.desired.enforced["password"] = "hunter2";
  s.linked->written["password"] = "letmein";
  const auto updated = decided(s);
  const Change* change = find(find(updated, ActionKind::update)->changes, "password");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->from, "***");
  EXPECT_EQ(change->to, "***");
  EXPECT_EQ((dump(created) + dump(updated)).find("hunter2"), std::string::npos);
  EXPECT_EQ(dump(updated).find("letmein"), std::string::npos);
}

TEST(Decide, WhoIsAsDesiredIsSettled) {
  const auto d = decided(settled_ada());
  EXPECT_TRUE(d.settled) << dump(d);
}

TEST(Decide, ARecreationSaysWhyAndComesUnderItsOwnBrake) {
  Subject s = linked_ada();
  s.linked->gone = true;
  const auto d = decided(s);
  const Action* a = find(d, ActionKind::create);
  ASSERT_TRUE(a);
  EXPECT_TRUE(a->recreate);
  EXPECT_EQ(a->reason, "removed at the provider");
  EXPECT_FALSE(a->account);
}

TEST(Decide, AProviderThatNeedsOneOfSeveralFieldsMakesAPersonWithoutThemInvalid) {
  Capabilities c = capable();
  c.required_any = {"email", "phone"};
  Subject s = ada();
  s.desired.enforced["email"] = "";
  EXPECT_EQ(conflict_kinds(decided(s, policy(), c)), Words{"invalid"});
  EXPECT_TRUE(decided(s, policy(), c).actions.empty());
  s.desired.on_create["phone"] = "1";
  EXPECT_TRUE(find(decided(s, policy(), c), ActionKind::create));
}

TEST(Decide, APersonWithoutAnAddressIsCreatedAndCountedButNotInvited) {
  Subject s = ada();
  s.invite_to.clear();
  const auto d = decided(s);
  EXPECT_TRUE(find(d, ActionKind::create));
  EXPECT_FALSE(find(d, ActionKind::invite));
  EXPECT_TRUE(d.no_address);
  EXPECT_TRUE(d.conflicts.empty());
}

TEST(Decide, AConflictNamesBothRecords) {
  Subject s = ada();
  s.rivals = {rival("email", false)};
  const auto d = decided(s);
  ASSERT_EQ(d.conflicts.size(), 1u);
  EXPECT_EQ(d.conflicts[0].kind, "duplicate-email");
  EXPECT_EQ(d.conflicts[0].records, (Words{"corp: uid=ada", "corp: uid=eve"}));
}

TEST(Decide, Promise12ContestedFieldsStayAndTheOthersGoOn) {
  Subject s = linked_ada();
  s.desired.enforced["email"] = "taken@example.org";
  s.rivals = {rival("email", true)};
  const auto d = decided(s);
  EXPECT_EQ(conflict_kinds(d), Words{"recycled-email"});
  const Action* a = find(d, ActionKind::update);
  ASSERT_TRUE(a);
  EXPECT_FALSE(find(a->changes, "email"));
  EXPECT_TRUE(find(a->changes, "title"));
  EXPECT_TRUE(find(d, ActionKind::revoke));
  EXPECT_FALSE(find(d, ActionKind::invite));
}

TEST(Decide, WhoHasTheValueAlreadyIsInNoConflict) {
  Subject s = linked_ada();
  s.rivals = {rival("email", false)};
  EXPECT_TRUE(decided(s).conflicts.empty());
}

// ---- adoption ----

TEST(Decide, AnAdoptionByEMailAloneWithAnotherFamilyNameIsMarked) {
  Policy p = policy();
  p.adopt = true;
  Subject s = ada();
  s.candidates = {stranger("41", {"email"})};
  s.candidates[0].family_name = "Byron";
  EXPECT_NE(find(decided(s, p), ActionKind::adopt)->reason.find("Byron"), std::string::npos);
  s.candidates[0].family_name = "LOVELACE";
  EXPECT_EQ(find(decided(s, p), ActionKind::adopt)->reason.find("CHECK"), std::string::npos);
  s.candidates[0].by = {"external id"};
  s.candidates[0].family_name = "Byron";
  EXPECT_EQ(find(decided(s, p), ActionKind::adopt)->reason.find("CHECK"), std::string::npos);
}

TEST(Decide, TheConflictOfAProtectedAccountSaysSo) {
  Policy p = policy();
  p.adopt = true;
  Subject s = ada();
  s.candidates = {stranger("41")};
  s.candidates[0].isolated = true;
  const auto d = decided(s, p);
  ASSERT_EQ(d.conflicts.size(), 1u);
  EXPECT_NE(d.conflicts[0].detail.find("protected"), std::string::npos);
  EXPECT_EQ(d.conflicts[0].accounts, Words{"41"});
}

// ---- roles ----

TEST(Decide, RolesThatNoRuleNamesStay) {
  Subject s = linked_ada();
  s.linked->account.roles = std::set<std::string>{"Keep", "Wanted", "Admins"};
  s.linked->written_roles.reset();
  EXPECT_FALSE(find(decided(s), ActionKind::revoke));
}

TEST(Decide, ARoleThatRollcallWroteGoesAlsoWhenNoRuleNamesItAnyMore) {
  Subject s = linked_ada();
  s.linked->account.roles = std::set<std::string>{"Keep", "Wanted", "Ancient"};
  s.linked->written_roles = std::set<std::string>{"Keep", "Wanted", "Ancient"};
  const Decision d = decided(s);
  const Action* a = find(d, ActionKind::revoke);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->changes[0].from, "Ancient");
}

TEST(Decide, AMissingRoleStopsThatRoleAlone) {
  Policy p = policy();
  p.missing_roles = {"Wanted"};
  Subject s = ada();
  const auto d = decided(s, p);
  EXPECT_EQ(kinds(d), (Words{"assign", "create", "invite"}));
  EXPECT_FALSE(decided(settled_ada(), p).settled) << "looked at again until the role is there";
}

TEST(Decide, WhileTheRoleListCannotBeReadNothingIsAssigned) {
  Policy p = policy();
  p.roles_readable = false;
  EXPECT_FALSE(find(decided(linked_ada(), p), ActionKind::assign));
  EXPECT_FALSE(decided(settled_ada(), p).settled);
}

TEST(Decide, OfAnAdoptedAccountWhoseRolesNobodyCanSeeTheyAreUnknown) {
  Capabilities c = capable();
  c.shows_roles = false;
  Subject s = linked_ada();
  s.linked->account.roles.reset();
  s.linked->written_roles.reset();
  s.linked->ownership = Ownership::adopted;
  const auto d = decided(s, policy(), c);
  EXPECT_TRUE(d.roles_unknown);
  EXPECT_FALSE(find(d, ActionKind::revoke));
  s.linked->ownership = Ownership::made;
  EXPECT_FALSE(decided(s, policy(), c).roles_unknown);
}

TEST(Decide, KnownRolesAreShownOnesThenWrittenOnesThenNoneForOurOwn) {
  Capabilities c = capable();
  LinkedAccount l = account_of_ada();
  l.written_roles = std::set<std::string>{"Written"};
  EXPECT_EQ(known_roles(l, c), (std::set<std::string>{"Keep", "Surplus"}));
  c.shows_roles = false;
  EXPECT_EQ(known_roles(l, c), std::set<std::string>{"Written"});
  l.written_roles.reset();
  EXPECT_EQ(known_roles(l, c), std::set<std::string>{});
  l.ownership = Ownership::adopted;
  EXPECT_EQ(known_roles(l, c), std::nullopt);
}

TEST(Decide, WhereRolesCannotBeTakenAwayAWarningNamesThePerson) {
  Capabilities c = capable();
  c.removes_roles = false;
  const auto d = decided(linked_ada(), policy(), c);
  ASSERT_EQ(d.warnings.size(), 1u);
  EXPECT_NE(d.warnings[0].find("Ada Lovelace"), std::string::npos);
  EXPECT_NE(d.warnings[0].find("Surplus"), std::string::npos);
}

TEST(Decide, ARevokeOfAMoverCountsAsStated) {
  const auto d = decided(linked_ada());
  EXPECT_TRUE(find(d, ActionKind::revoke)->stated);
}

// ---- differences ----

Words changed(const Subject& s, const Capabilities& c = capable()) {
  Words out;
  for (const auto& change : differences(s, *s.linked, c)) out.push_back(change.field);
  return out;
}

TEST(Differences, CaseCountsOnlyWhereTheProviderMindsIt) {
  Subject s = settled_ada();
  s.linked->account.fields["email"] = "ADA@Example.ORG";
  EXPECT_TRUE(changed(s).empty());
  s.linked->account.fields["title"] = "NEW";
  EXPECT_EQ(changed(s), Words{"title"});
}

TEST(Differences, AFieldThatIsNotShownIsComparedWithWhatWasWritten) {
  Subject s = settled_ada();
  s.desired.enforced["phone"] = "1";
  EXPECT_EQ(changed(s), Words{"phone"});
  s.linked->written["phone"] = "1";
  EXPECT_TRUE(changed(s).empty());
  s.linked->account.fields["phone"] = "2";   // what is shown wins over what was written
  EXPECT_EQ(changed(s), Words{"phone"});
}

TEST(Differences, AnEmptyDesireClearsAFieldAndAnEmptyFieldNeedsNone) {
  Subject s = settled_ada();
  s.desired.enforced["phone"] = "";
  EXPECT_TRUE(changed(s).empty());
  s.linked->account.fields["phone"] = "1";
  const auto d = differences(s, *s.linked, capable());
  ASSERT_EQ(d.size(), 1u);
  EXPECT_EQ(d[0].from, "1");
  EXPECT_EQ(d[0].to, std::nullopt);
}

TEST(Differences, AnExternalIdIsWrittenWhereThereIsNoneAndNeverOverwritten) {
  Subject s = settled_ada();
  s.linked->account.fields["externalId"] = "somebody else's";
  EXPECT_TRUE(changed(s).empty());
  s.linked->account.fields["externalId"] = "";
  EXPECT_EQ(changed(s), Words{"externalId"});
  s.linked->account.fields.erase("externalId");
  EXPECT_EQ(changed(s), Words{"externalId"});
  s.linked->written["externalId"] = "ada";   // cannot be read back, was written
  EXPECT_TRUE(changed(s).empty());
}

TEST(Differences, WhatIsSetOnceIsLeftToTheProvider) {
  Subject s = settled_ada();
  s.desired.on_create["openid"] = "ada";
  EXPECT_TRUE(changed(s).empty());
}

// ---- leaving ----

TEST(Decide, Promise2ALeaverIsSuspendedAtOnceAlsoOnAnIncompleteListing) {
  Policy p = policy();
  p.listing_complete = false;
  Subject s = settled_ada();
  s.standing = Standing::stated;
  const auto d = decided(s, p);
  ASSERT_EQ(kinds(d), Words{"suspend"});
  EXPECT_EQ(d.actions[0].reason, "inactive in hr");
  EXPECT_EQ(d.actions[0].account, "7");
}

TEST(Decide, WhoIsSuspendedAlreadyIsLeftAlone) {
  Subject s = settled_ada();
  s.standing = Standing::stated;
  s.linked->account.status = AccountStatus::suspended;
  EXPECT_TRUE(decided(s).actions.empty());
  s.standing = Standing::in;                 // suspended by others: not ours to reactivate
  EXPECT_FALSE(find(decided(s), ActionKind::reactivate));
}

TEST(Decide, AnAccountIsDeletedWhenItsDelayIsOverAndNotBefore) {
  Policy p = policy();
  p.delete_after = hours{24};
  Subject s = settled_ada();
  s.standing = Standing::absent;
  s.linked->suspended_by_us = true;
  s.linked->account.status = AccountStatus::suspended;
  s.linked->suspended_at = today - hours{23};
  const auto early = decided(s, p);
  EXPECT_TRUE(early.actions.empty());
  EXPECT_EQ(early.due, today + hours{1});
  s.linked->suspended_at = today - hours{24};
  EXPECT_EQ(kinds(decided(s, p)), Words{"delete"});
  s.linked->suspended_by_us = false;         // suspended by others: not ours to delete
  EXPECT_TRUE(decided(s, p).actions.empty());
}

TEST(Decide, AReactivationReturnsToTheStatusThatWasThereBefore) {
  Subject s = settled_ada();
  s.linked->suspended_by_us = true;
  s.linked->status_before = "3";
  s.linked->account.status = AccountStatus::suspended;
  s.linked->account.native_status = "2";
  const Decision d = decided(s);
  const Action* a = find(d, ActionKind::reactivate);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->changes, (std::vector<Change>{{"status", "2", "3"}}));
}

TEST(Decide, AStartDateAheadDelaysCreateReactivateAndInviteAndSuspendsNobody) {
  Subject s = ada();
  s.delayed = true;
  EXPECT_TRUE(decided(s).actions.empty());
  EXPECT_FALSE(decided(s).settled);
  s = settled_ada();
  s.delayed = true;
  s.linked->suspended_by_us = true;
  EXPECT_TRUE(decided(s).actions.empty());
  s.linked->suspended_by_us = false;
  s.invitation = InviteState::none;
  EXPECT_TRUE(decided(s).actions.empty());
}

}  // namespace
}  // namespace rollcall::core
