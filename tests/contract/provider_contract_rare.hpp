// Chapters of provider_contract.hpp about capabilities that few providers have. Included there, and only there.
#pragma once

#include "contract/provider_backend.hpp"

namespace rollcall::test {

TYPED_TEST_P(ProviderContract, ACreateWithoutOneOfTheFieldsThatAreAllRequiredIsRefused) {
  if (this->can().required_all.empty() || !this->can().account_before_acceptance) GTEST_SKIP() << "no field is required in any case";
  for (const auto& field : this->can().required_all) {
    Fields person = this->person("dora");
    person.erase(field);
    this->expect_kind(this->create(person), ErrorKind::invalid);
  }
}

TYPED_TEST_P(ProviderContract, AnIdThatOnlyACreateSetsIsTheAccounts) {
  if (this->can().external_id_changes) GTEST_SKIP() << "an external id is a field like any other";
  const std::string field = this->can().external_id_field;
  Fields person = this->person("dora");
  person[field] = "0e1a-77";
  for (int twice = 0; twice < 2; ++twice) {  // the second is the first again, whose answer was lost
    const auto made = this->create(person);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->id, "0e1a-77");
  }
  EXPECT_TRUE(*this->run(this->provider().find(LookupBy::external_id, "0e1a-77")));
  this->expect_kind(this->run(this->provider().update("0e1a-77", Fields{{field, "0e1a-78"}})), ErrorKind::invalid);
}

TYPED_TEST_P(ProviderContract, WhetherSomebodyHasComeIsToldInOneCall) {
  if (this->can().lists_acceptance) {
    this->expect_kind(this->run(this->provider().has_accepted("1")), ErrorKind::unsupported);
    GTEST_SKIP() << "the listing shows it";
  }
  const std::string id = this->create(this->person("dora")).value().id;
  auto request = this->invitation(id, "dora");
  ASSERT_TRUE(this->run(this->provider().invite(request)));
  EXPECT_FALSE(this->run(this->provider().has_accepted(id)).value());
  this->backend_.accept(request.email);
  EXPECT_TRUE(this->run(this->provider().has_accepted(id)).value());
  this->expect_kind(this->run(this->provider().invite(request)), ErrorKind::already_exists);
}

TYPED_TEST_P(ProviderContract, WhoChangedLatelyIsListedAndNobodyElse) {
  const Instant begun = system_now();
  if (!this->can().lists_changes) {
    this->expect_kind(this->run(this->provider().list_changed(begun, "")), ErrorKind::unsupported);
    GTEST_SKIP() << "does not tell what changed";
  }
  std::set<std::string> changed, listed;
  for (int i = 0; i < 14; ++i) {                       // every second one changes; more than a page of some
    const std::string id = this->preload("person" + std::to_string(i));
    if (i % 2 == 0) continue;
    ASSERT_TRUE(this->run(this->provider().update(id, Fields{{this->backend_.text_field(), "Changed"}})));
    changed.insert(id);
  }
  const auto made = this->create(this->person("dora"));
  ASSERT_TRUE(made) << made.error().message;
  changed.insert(made->id);
  if (this->can().suspends) ASSERT_TRUE(this->run(this->provider().suspend(made->id)));
  for (const Account& account : this->changed_since(begun)) {
    EXPECT_TRUE(listed.insert(account.id).second) << account.id;
    EXPECT_EQ(account.roles.has_value(), this->can().shows_roles);
    if (account.id != made->id) EXPECT_EQ(account.fields.at(this->backend_.text_field()), "Changed");
    if (account.id == made->id && this->can().suspends && this->can().shows_status) EXPECT_EQ(account.status, AccountStatus::suspended);
  }
  EXPECT_EQ(listed, changed);
  EXPECT_TRUE(this->changed_since(system_now() + std::chrono::hours(1)).empty());
}

TYPED_TEST_P(ProviderContract, ALivingInvitationIsMailedAgainAndADeadOneIsNotFound) {
  if (!this->can().resends_invitations) GTEST_SKIP() << "mails no invitation again";
  const std::string id = this->can().account_before_acceptance ? this->preload("dora") : "";
  auto request = this->invitation(id, "dora");
  const auto first = this->run(this->provider().send_invitation(request));
  ASSERT_TRUE(first) << first.error().message;
  request.again = first->id;
  const auto second = this->run(this->provider().send_invitation(request));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->id, first->id);
  ASSERT_TRUE(this->run(this->provider().cancel_invitation(first->id)));
  this->expect_kind(this->run(this->provider().send_invitation(request)), ErrorKind::not_found);
}

TYPED_TEST_P(ProviderContract, RolesAndFieldsGoTogetherWhereTheCapabilitiesSaySo) {
  if (!this->can().roles_with_fields) GTEST_SKIP() << "roles go alone";
  const auto roles = this->role_ids();
  const std::string id = this->preload("dora");
  RoleChange change;
  change.whole = change.add = {roles[0]};
  change.fields[this->backend_.text_field()] = "Changed";
  ASSERT_TRUE(this->run(this->provider().set_roles(id, change)));
  EXPECT_EQ(this->by_id(id)->fields.at(this->backend_.text_field()), "Changed");
  this->expect_roles(id, {roles[0]});
}

}  // namespace rollcall::test
