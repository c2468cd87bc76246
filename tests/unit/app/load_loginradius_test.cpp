// What `check` says of [provider.NAME] with type = "loginradius".
#include <gmock/gmock.h>

#include "unit/app/load_fixture.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

const std::string head = "[source.corp]\ntype='ldap'\nuris=['ldaps://a']\npeople={base='dc=x'}\ngroups={base='dc=x'}\nmapping='openldap'\n"
                         "[provider.l]\ntype='loginradius'\nurl='https://api.loginradius.com'\non-leave='suspend'\n";
const std::string whole = head + "api-key={file='k'}\napi-secret={file='s'}\norganization='org_1'\n";
const std::string invite = "[provider.l.invite]\n";

using LoadLoginRadius = Load;

TEST_F(LoadLoginRadius, KeySecretOrganisationAndInvitationsAreEnough) {
  const auto settings = good(whole + invite).settings.providers[0];
  EXPECT_EQ(settings.mapping, "loginradius");
  EXPECT_EQ(settings.rate.count, 5);
  EXPECT_EQ(settings.options.at("audit"), "2%");
  EXPECT_EQ(settings.options.at("block-by"), "IsActive");
  EXPECT_EQ(settings.options.at("roles-path"), "/v2/manage/account/{uid}/orgcontext/{orgid}/roles");
  EXPECT_EQ(settings.invite.deliver, "provider");
}

TEST_F(LoadLoginRadius, WhatIsMissingIsNamed) {
  EXPECT_THAT(problems(head + invite), HasSubstr("provider.l.api-key: missing required key"));
  EXPECT_THAT(problems(head + invite), HasSubstr("provider.l.api-secret: missing required key"));
  EXPECT_THAT(problems(head + invite), HasSubstr("provider.l.organization: missing required key"));
  EXPECT_THAT(problems(whole), HasSubstr("provider.l.invite: missing required table: LoginRadius makes accounts by invitation alone"));
}

TEST_F(LoadLoginRadius, OnlyLoginRadiusCanMailItsInvitations) {
  EXPECT_THAT(problems(whole + invite + "deliver='file'\npath='o'\n"), HasSubstr("provider.l.invite.deliver: the type loginradius gives out no link"));
}

TEST_F(LoadLoginRadius, TheLandingPageIsSaidOnceAndHoldsNothingThatNobodyFillsIn) {
  EXPECT_EQ(problems(whole + invite + "landing='https://p.example/w?o={orgId}'\n"), "no problem");
  EXPECT_THAT(problems(whole + invite + "landing='https://p.example/w?c={code}'\n"), HasSubstr("provider.l.invite.landing: holds {code}, which LoginRadius does not fill in"));
  EXPECT_THAT(problems(whole + "invitation-url='https://p.example'\n" + invite + "landing='https://p.example/w'\n"), HasSubstr("is the same as invitation-url"));
}

TEST_F(LoadLoginRadius, PathTemplatesHoldTheUid) {
  EXPECT_EQ(problems(whole + "assign-path='/v2/manage/account/{uid}/orgcontext/roles'\nroles-path='none'\n" + invite), "no problem");
  EXPECT_THAT(problems(whole + "roles-path='/v2/roles'\n" + invite), HasSubstr("provider.l.roles-path: must begin with / and hold {uid}"));
}

}  // namespace
}  // namespace rollcall::app
