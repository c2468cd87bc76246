// What `check` says of [provider.NAME] with type = "onelogin-v1" or "onelogin-v2".
#include <gmock/gmock.h>

#include "unit/app/load_fixture.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

const std::string source = "[source.corp]\ntype='ldap'\nuris=['ldaps://a']\npeople={base='dc=x'}\ngroups={base='dc=x'}\nmapping='openldap'\n";

std::string head(const std::string& version) {
  return source + "[provider.o]\ntype='onelogin-v" + version + "'\nurl='https://api.eu.onelogin.com/behind/a/path'\non-leave='suspend'\n";
}
const std::string credentials = "client-id='id'\nclient-secret={file='s'}\n";

using LoadOneLogin = Load;

TEST_F(LoadOneLogin, BothVersionsTakeTheSameKeys) {
  for (const std::string version : {"1", "2"}) {
    const auto settings = good(head(version) + credentials).settings.providers[0];
    EXPECT_EQ(settings.mapping, "onelogin-v" + version);
    EXPECT_EQ(settings.options.at("revoke-on-exit"), "false");
    EXPECT_EQ(settings.options.at("client-id"), "id");
    EXPECT_EQ(settings.rate.count, 4000);
    EXPECT_EQ(good(head(version) + credentials + "revoke-on-exit=true\n").settings.providers[0].options.at("revoke-on-exit"), "true");
  }
}

TEST_F(LoadOneLogin, CredentialsAreRequiredAndTheSecretIsNeverPlain) {
  EXPECT_THAT(problems(head("1") + "client-id='id'\n"), HasSubstr("rollcall.toml:7:1: provider.o.client-secret: missing required key"));
  EXPECT_THAT(problems(head("2") + "client-secret={file='s'}\n"), HasSubstr("rollcall.toml:7:1: provider.o.client-id: missing required key"));
  EXPECT_THAT(problems(head("2") + "client-id='id'\nclient-secret='plain'\n"), HasSubstr("provider.o.client-secret: "));
  EXPECT_THAT(problems(head("1") + credentials + "api-key={file='k'}\n"), HasSubstr("provider.o.api-key: unknown key"));
}

TEST_F(LoadOneLogin, FieldsAreTheVersionsOwn) {
  folder.write("mappings/mine.toml", "[account]\nusername='{userName}'\nemail='{email}'\nfirstname='{givenName}'\nlastname='{familyName}'\n\"custom_attributes.cost\"='{costCenter ?? department}'\nopenid_name='{userName}'\n");
  EXPECT_EQ(problems(head("1") + credentials + "mapping='mine'\n"), "no problem");
  EXPECT_THAT(problems(head("2") + credentials + "mapping='mine'\n"), HasSubstr("openid_name"));
}

TEST_F(LoadOneLogin, APushedPasswordGoesToTheFieldForClearText) {
  const std::string names = "[account]\nusername='{userName}'\nemail='{email}'\nfirstname='{givenName}'\nlastname='{familyName}'\n";
  folder.write("mappings/mine.toml", names + "password='{password}'\n");
  EXPECT_EQ(problems(head("1") + credentials + "mapping='mine'\n"), "no problem");
  folder.write("mappings/mine.toml", names + "password_using_salt='{password}'\n");
  EXPECT_THAT(problems(head("1") + credentials + "mapping='mine'\n"), HasSubstr("mine.toml:6:22: account.password_using_salt: a pushed password goes to the field password"));
}

TEST_F(LoadOneLogin, WhatACreateNeedsMustBeMapped) {
  folder.write("mappings/mine.toml", "[account]\nusername='{userName}'\n");
  EXPECT_THAT(problems(head("1") + credentials + "mapping='mine'\n"), HasSubstr("does not set firstname"));
  EXPECT_THAT(problems(head("2") + credentials + "mapping='mine'\n"), HasSubstr("does not set email"));
}

}  // namespace
}  // namespace rollcall::app
