// The law of the Provider port in code: every provider passes this suite, the one in memory included. It is told from
// easy to hard, and a chapter is skipped where the capabilities say so - but then the verb must answer `unsupported`.
// The back end that it wants is told in provider_backend.hpp.
// Use: INSTANTIATE_TYPED_TEST_SUITE_P(OneLoginV3, ProviderContract, ABackEnd);
#pragma once

#include "contract/provider_contract_rare.hpp"

namespace rollcall::test {

// ---- Who are we? ----

TYPED_TEST_P(ProviderContract, GoodCredentialsAreAcceptedWithALineForPeople) {
  const auto line = this->run(this->provider().authenticate());
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_FALSE(line->empty());
  EXPECT_EQ(line->find('\n'), line->npos);
}

TYPED_TEST_P(ProviderContract, RolesHaveIdsAndNames) {
  const auto roles = this->run(this->provider().roles());
  if (!this->can().lists_roles) {
    this->expect_kind(roles, ErrorKind::unsupported);
    GTEST_SKIP() << "has no catalogue of roles";
  }
  ASSERT_TRUE(roles) << roles.error().message;
  ASSERT_GE(roles->size(), 2u);
  std::set<std::string> ids;
  for (const Role& role : *roles) {
    EXPECT_FALSE(role.name.empty());
    EXPECT_TRUE(ids.insert(role.id).second) << role.id;
  }
}

TYPED_TEST_P(ProviderContract, CanonicalOfCanonicalIsTheSame) {
  Fields fields = this->person("dora");
  fields[this->backend_.text_field()] = " \r\n Jos\xC3\xA9 \t\r x\n";
  const Fields once = this->provider().canonical(fields);
  EXPECT_EQ(this->provider().canonical(once), once);
}

// ---- Listing ----

TYPED_TEST_P(ProviderContract, AnEmptyTenantListsNobody) {
  if (!this->can().lists_accounts) {
    this->expect_kind(this->run(this->provider().list("")), ErrorKind::unsupported);
    GTEST_SKIP() << "lists no accounts";
  }
  EXPECT_TRUE(this->everybody().empty());
}

TYPED_TEST_P(ProviderContract, EveryPageIsListedAndNobodyTwice) {
  if (!this->can().lists_accounts) GTEST_SKIP() << "lists no accounts";
  std::set<std::string> ids, listed;
  for (int i = 0; i < 13; ++i) ids.insert(this->preload("person" + std::to_string(i)));
  for (const Account& account : this->everybody()) EXPECT_TRUE(listed.insert(account.id).second) << account.id;
  EXPECT_EQ(listed, ids);
}

TYPED_TEST_P(ProviderContract, TheListingShowsWhatTheCapabilitiesPromise) {
  if (!this->can().lists_accounts) GTEST_SKIP() << "lists no accounts";
  const Fields person = this->person("dora");
  const std::string id = this->preload("dora");
  const auto all = this->everybody();
  ASSERT_EQ(all.size(), 1u);
  this->expect_shown(all[0], person);
  for (const auto& name : this->can().listed_fields)
    EXPECT_TRUE(all[0].fields.contains(name) || !person.contains(name)) << name;
  EXPECT_EQ(all[0].roles.has_value(), this->can().shows_roles);
  EXPECT_EQ(all[0].status != AccountStatus::unknown, this->can().shows_status);
}

// ---- Looking somebody up ----

TYPED_TEST_P(ProviderContract, WhoIsNotThereIsNobodyAndNoError) {
  const std::pair<LookupBy, std::string> cases[] = {{LookupBy::id, "987654"},
                                                    {LookupBy::external_id, "nobody"},
                                                    {LookupBy::user_name, "nobody"},
                                                    {LookupBy::email, "nobody@example.com"}};
  for (const auto& [by, value] : cases) {
    const auto found = this->run(this->provider().find(by, value));
    if (!this->can().finds.contains(by)) {
      this->expect_kind(found, ErrorKind::unsupported);
      continue;
    }
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(found->has_value());
  }
}

TYPED_TEST_P(ProviderContract, AnAccountIsFoundByEveryNameThatCanBeLookedUp) {
  const Fields person = this->person("Dora");
  const std::string id = this->preload("Dora");
  const std::pair<LookupBy, std::string> cases[] = {{LookupBy::user_name, this->can().user_name_field},
                                                    {LookupBy::email, this->can().email_field}};
  ASSERT_TRUE(this->by_id(id));
  for (const auto& [by, field] : cases) {
    if (!this->can().finds.contains(by) || !person.contains(field)) continue;
    const auto found = this->run(this->provider().find(by, person.at(field)));
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_TRUE(found->has_value()) << field;
    EXPECT_EQ((*found)->id, id);
  }
}

TYPED_TEST_P(ProviderContract, AwkwardUserNamesAreFoundUnderExactlyThatName) {
  if (!this->can().finds.contains(LookupBy::user_name)) GTEST_SKIP() << "no look-up by user name";
  std::vector<std::pair<std::string, std::string>> made;
  for (const std::string name :
       {"a/b", "..", "x.xml", "o'neil", "50%", "%2e", "a b+c", "a?b=c&d#e", "jos\xC3\xA9", "\xE7\x8E\x8B"}) {
    Fields person = this->person("p" + std::to_string(made.size()));
    person[this->can().user_name_field] = name;
    made.emplace_back(name, this->backend_.preload(person));
  }
  for (const auto& [name, id] : made) {
    const auto found = this->run(this->provider().find(LookupBy::user_name, name));
    ASSERT_TRUE(found) << name << ": " << found.error().message;
    ASSERT_TRUE(found->has_value()) << name;
    EXPECT_EQ((*found)->id, id) << name;
  }
}

// ---- Creating ----

TYPED_TEST_P(ProviderContract, ACreatedAccountIsThereWithItsFields) {
  const Fields person = this->person("dora");
  const auto made = this->create(person);
  if (!this->can().account_before_acceptance) {
    this->expect_kind(made, ErrorKind::unsupported);
    GTEST_SKIP() << "no account before acceptance";
  }
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_FALSE(made->id.empty());
  EXPECT_FALSE(made->accepted);
  const auto found = this->by_id(made->id);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->accepted);
  this->expect_shown(*found, person);
  for (const auto& [name, value] : person) EXPECT_EQ(made->fields.count(name), 1u) << name;
}

TYPED_TEST_P(ProviderContract, AUserNameThatIsTakenIsRefusedAndNothingIsMade) {
  if (!this->can().account_before_acceptance) GTEST_SKIP() << "no account before acceptance";
  ASSERT_TRUE(this->create(this->person("dora")));
  Fields twin = this->person("other");
  const std::string& field =
      this->can().user_name_field.empty() ? this->can().email_field : this->can().user_name_field;
  twin[field] = this->person("dora")[field];
  this->expect_kind(this->create(twin), ErrorKind::already_exists);
  EXPECT_TRUE(!this->can().lists_accounts || this->everybody().size() == 1);
}

TYPED_TEST_P(ProviderContract, ACreateWithoutAnyRequiredFieldIsRefused) {
  if (!this->can().account_before_acceptance || this->can().required_any.empty()) GTEST_SKIP() << "nothing is required";
  Fields nameless = {{this->backend_.text_field(), "Dora"}};
  this->expect_kind(this->create(nameless), ErrorKind::invalid);
}

TYPED_TEST_P(ProviderContract, APasswordIsTakenAndNeverShown) {
  if (this->can().password_field.empty() || !this->can().account_before_acceptance) GTEST_SKIP() << "takes no password";
  Fields person = this->person("dora");
  person["password"] = "Correct-Horse-1";
  const auto made = this->create(person);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(!this->can().shows_status || made->status == AccountStatus::active);
  EXPECT_FALSE(made->accepted);  // nobody has come yet
  EXPECT_FALSE(made->fields.contains("password"));
  EXPECT_FALSE(this->by_id(made->id)->fields.contains("password"));
}

TYPED_TEST_P(ProviderContract, AnExternalIdIsThereAfterTheUpdate) {
  const std::string field = this->can().external_id_field;
  if (field.empty() || !this->can().external_id_changes) GTEST_SKIP() << "no external id, or one that only a create sets";
  const std::string id = this->preload("dora");
  ASSERT_TRUE(this->run(this->provider().update(id, Fields{{field, "0e1a-77"}})));
  EXPECT_EQ(this->by_id(id)->fields.at(field), "0e1a-77");
}

// ---- Changing ----

TYPED_TEST_P(ProviderContract, AnUpdateChangesTheseFieldsAlone) {
  Fields expected = this->person("dora");
  const std::string id = this->preload("dora");
  expected[this->backend_.text_field()] = "Changed";
  const Fields change = {{this->backend_.text_field(), "Changed"}};
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = this->run(this->provider().update(id, change));
    ASSERT_TRUE(done) << done.error().message;
    const auto found = this->by_id(id);
    ASSERT_TRUE(found);
    this->expect_shown(*found, expected);
  }
}

TYPED_TEST_P(ProviderContract, AnEmptyTextClearsAField) {
  const std::string id = this->preload("dora");
  const Fields change = {{this->backend_.text_field(), ""}};
  ASSERT_TRUE(this->run(this->provider().update(id, change)));
  this->expect_shown(*this->by_id(id), change);
}

TYPED_TEST_P(ProviderContract, AnUpdateOfNobodyIsNotFound) {
  this->expect_kind(this->run(this->provider().update("987654", Fields{{this->backend_.text_field(), "x"}})),
                    ErrorKind::not_found);
}

TYPED_TEST_P(ProviderContract, AnyTextIsReadBackAsCanonicalSays) {
  const std::string field = this->backend_.text_field();
  const std::string id = this->preload("dora");
  for (const std::string& text :
       {std::string("<&>\"'"), std::string("Jos\xC3\xA9 \xE7\x8E\x8B \xF0\x9F\x98\x80"), std::string("a\r\nb\rc\nd\te"),
        std::string("\xE2\x80\x8F\xD8\xAF\xD9\x88\xD8\xB1\xD8\xA7\xE2\x80\xAC"),
        std::string("]]>&amp;&#65;%20+\\u0041"), std::string("  spaces  "), std::string(10'000, 'x'),
        std::string("{{x}} ${y} $(z)")}) {
    const Fields change = this->provider().canonical({{field, text}});
    const auto done = this->run(this->provider().update(id, change));
    ASSERT_TRUE(done) << done.error().message;
    const auto found = this->by_id(id);
    ASSERT_TRUE(found);
    this->expect_shown(*found, change);
  }
}

// ---- Roles ----

TYPED_TEST_P(ProviderContract, RolesAreGrantedAndAGrantTwiceIsOne) {
  const auto roles = this->role_ids();
  const std::string id = this->preload("dora");
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = this->set_roles(id, {roles[0], roles[1]}, {roles[0], roles[1]}, {});
    ASSERT_TRUE(done) << done.error().message;
    this->expect_roles(id, {roles[0], roles[1]});
  }
}

TYPED_TEST_P(ProviderContract, ARoleIsTakenAwayAndTheOthersStay) {
  const auto roles = this->role_ids();
  const std::string id = this->preload("dora");
  ASSERT_TRUE(this->set_roles(id, {roles[0], roles[1]}, {roles[0], roles[1]}, {}));
  const auto done = this->set_roles(id, {roles[1]}, {}, {roles[0]});
  if (!this->can().removes_roles) {
    this->expect_kind(done, ErrorKind::unsupported);
    GTEST_SKIP() << "takes no role away";
  }
  ASSERT_TRUE(done) << done.error().message;
  this->expect_roles(id, {roles[1]});
  ASSERT_TRUE(this->set_roles(id, {}, {}, {roles[1]}));
  this->expect_roles(id, {});
}

TYPED_TEST_P(ProviderContract, RolesOfNobodyAreNotFound) {
  const auto roles = this->role_ids();
  this->expect_kind(this->set_roles("987654", {roles[0]}, {roles[0]}, {}), ErrorKind::not_found);
}

// ---- Leaving and coming back ----

TYPED_TEST_P(ProviderContract, ASuspendedAccountIsShownAsSuspendedAndComesBackAsItWas) {
  const std::string id = this->preload("dora");
  const auto before = this->by_id(id);
  const auto done = this->run(this->provider().suspend(id));
  if (!this->can().suspends) {
    this->expect_kind(done, ErrorKind::unsupported);
    this->expect_kind(this->run(this->provider().reactivate(id, "")), ErrorKind::unsupported);
    GTEST_SKIP() << "cannot suspend";
  }
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_TRUE(this->run(this->provider().suspend(id)));
  EXPECT_TRUE(!this->can().shows_status || this->by_id(id)->status == AccountStatus::suspended);
  for (int twice = 0; twice < 2; ++twice) {
    ASSERT_TRUE(this->run(this->provider().reactivate(id, before->native_status)));
    EXPECT_EQ(this->by_id(id)->status, before->status);
    EXPECT_EQ(this->by_id(id)->native_status, before->native_status);
  }
}

TYPED_TEST_P(ProviderContract, AReactivationWithoutAStatusMakesActive) {
  if (!this->can().suspends || !this->can().shows_status) GTEST_SKIP() << "cannot suspend, or shows no status";
  const std::string id = this->preload("dora");
  ASSERT_TRUE(this->run(this->provider().suspend(id)));
  ASSERT_TRUE(this->run(this->provider().reactivate(id, "")));
  EXPECT_EQ(this->by_id(id)->status, AccountStatus::active);
}

TYPED_TEST_P(ProviderContract, SuspendingNobodyIsNotFound) {
  if (!this->can().suspends) GTEST_SKIP() << "cannot suspend";
  this->expect_kind(this->run(this->provider().suspend("987654")), ErrorKind::not_found);
}

TYPED_TEST_P(ProviderContract, ARemovedAccountIsGoneAndRemovingItAgainIsSuccess) {
  const std::string id = this->preload("dora");
  const std::string stays = this->preload("eve");
  const auto done = this->run(this->provider().remove(id));
  if (!this->can().deletes) {
    this->expect_kind(done, ErrorKind::unsupported);
    GTEST_SKIP() << "cannot delete";
  }
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_FALSE(this->by_id(id));
  EXPECT_TRUE(this->by_id(stays));
  EXPECT_TRUE(this->run(this->provider().remove(id)));
}

// ---- Invitations ----

TYPED_TEST_P(ProviderContract, AnInvitationYieldsWhatTheCapabilitiesPromise) {
  const std::string id = this->can().account_before_acceptance ? this->preload("dora") : "";
  const auto answer = this->run(this->provider().invite(this->invitation(id, "dora")));
  if (this->can().invite == InviteWay::none || this->can().invite == InviteWay::mail) {
    this->expect_kind(answer, ErrorKind::unsupported);
    GTEST_SKIP() << "nothing for our own mail";
  }
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(!answer->link.empty(), this->can().invite == InviteWay::link);
  EXPECT_EQ(!answer->code.empty(), this->can().invite == InviteWay::code);
}

TYPED_TEST_P(ProviderContract, TheProviderSendsTheInvitationItself) {
  const std::string id = this->can().account_before_acceptance ? this->preload("dora") : "";
  const auto answer = this->run(this->provider().send_invitation(this->invitation(id, "dora")));
  if (!this->can().sends_invitations) {
    this->expect_kind(answer, ErrorKind::unsupported);
    GTEST_SKIP() << "sends no invitations";
  }
  ASSERT_TRUE(answer) << answer.error().message;
}

TYPED_TEST_P(ProviderContract, AnInvitationOfNobodyIsNotFound) {
  if (!this->can().account_before_acceptance) GTEST_SKIP() << "no account before acceptance";
  const auto request = this->invitation("987654", "nobody");
  if (this->can().invite == InviteWay::link || this->can().invite == InviteWay::code)
    this->expect_kind(this->run(this->provider().invite(request)), ErrorKind::not_found);
  if (this->can().sends_invitations)
    this->expect_kind(this->run(this->provider().send_invitation(request)), ErrorKind::not_found);
}

TYPED_TEST_P(ProviderContract, WhoFollowedTheInvitationHasAccepted) {
  const bool mail = this->can().invite == InviteWay::mail;
  if (this->can().invite == InviteWay::none || !this->backend_.can_accept())
    GTEST_SKIP() << "nobody can follow an invitation here";
  std::string id;
  if (this->can().account_before_acceptance) id = this->create(this->person("dora")).value().id;
  auto request = this->invitation(id, "dora");
  ASSERT_TRUE(mail ? this->run(this->provider().send_invitation(request))
                   : this->run(this->provider().invite(request)));
  if (!id.empty()) {
    EXPECT_FALSE(this->by_id(id)->accepted);
  }
  this->backend_.accept(request.email);
  if (id.empty()) {
    const auto found = this->run(this->provider().find(LookupBy::email, request.email));
    ASSERT_TRUE(found && *found);
    id = (*found)->id;
  }
  EXPECT_TRUE(this->by_id(id)->accepted);
}

TYPED_TEST_P(ProviderContract, AnInvitationIsRecalledOrTheVerbSaysThatItCannotBe) {
  const std::string id = this->can().account_before_acceptance ? this->preload("dora") : "";
  if (!this->can().cancels_invitations) {
    this->expect_kind(this->run(this->provider().cancel_invitation("i1")), ErrorKind::unsupported);
    GTEST_SKIP() << "recalls no invitation";
  }
  const bool mail = this->can().invite == InviteWay::mail;
  const auto request = this->invitation(id, "dora");
  const auto answer =
      mail ? this->run(this->provider().send_invitation(request)) : this->run(this->provider().invite(request));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(this->run(this->provider().cancel_invitation(answer->id)));
  EXPECT_TRUE(this->run(this->provider().cancel_invitation(answer->id)));
}

REGISTER_TYPED_TEST_SUITE_P(ProviderContract, GoodCredentialsAreAcceptedWithALineForPeople, RolesHaveIdsAndNames,
                            CanonicalOfCanonicalIsTheSame, AnEmptyTenantListsNobody, EveryPageIsListedAndNobodyTwice,
                            TheListingShowsWhatTheCapabilitiesPromise, WhoIsNotThereIsNobodyAndNoError,
                            AnAccountIsFoundByEveryNameThatCanBeLookedUp, AwkwardUserNamesAreFoundUnderExactlyThatName,
                            ACreatedAccountIsThereWithItsFields, AUserNameThatIsTakenIsRefusedAndNothingIsMade,
                            ACreateWithoutAnyRequiredFieldIsRefused,
                            ACreateWithoutOneOfTheFieldsThatAreAllRequiredIsRefused,
                            AnIdThatOnlyACreateSetsIsTheAccounts, WhetherSomebodyHasComeIsToldInOneCall,
                            APasswordIsTakenAndNeverShown, AnExternalIdIsThereAfterTheUpdate,
                            AnUpdateChangesTheseFieldsAlone, AnEmptyTextClearsAField, AnUpdateOfNobodyIsNotFound,
                            AnyTextIsReadBackAsCanonicalSays, RolesAreGrantedAndAGrantTwiceIsOne,
                            RolesAndFieldsGoTogetherWhereTheCapabilitiesSaySo, ARoleIsTakenAwayAndTheOthersStay,
                            RolesOfNobodyAreNotFound, ASuspendedAccountIsShownAsSuspendedAndComesBackAsItWas,
                            AReactivationWithoutAStatusMakesActive, SuspendingNobodyIsNotFound,
                            ARemovedAccountIsGoneAndRemovingItAgainIsSuccess,
                            AnInvitationYieldsWhatTheCapabilitiesPromise, TheProviderSendsTheInvitationItself,
                            AnInvitationOfNobodyIsNotFound, WhoFollowedTheInvitationHasAccepted,
                            AnInvitationIsRecalledOrTheVerbSaysThatItCannotBe,
                            ALivingInvitationIsMailedAgainAndADeadOneIsNotFound, WhoChangedLatelyIsListedAndNobodyElse);

}  // namespace rollcall::test
