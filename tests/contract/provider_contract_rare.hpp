// Chapters of provider_contract.hpp about capabilities that few providers have. Included there, and only there.
#pragma once

#include "contract/provider_backend.hpp"

namespace rollcall::test {

TYPED_TEST_P(ProviderContract, ACreateWithoutOneOfTheFieldsThatAreAllRequiredIsRefused) {
  if (this->can().required_all.empty()) GTEST_SKIP() << "no field is required in any case";
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

}  // namespace rollcall::test
