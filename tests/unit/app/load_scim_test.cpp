// What `check` says of [provider.NAME] with type = "scim".
#include <gmock/gmock.h>

#include "unit/app/load_fixture.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

const std::string source = "[source.corp]\ntype='ldap'\nuris=['ldaps://a']\npeople={base='dc=x'}\ngroups={base='dc=x'}\nmapping='openldap'\n";
const std::string head = source + "[provider.app]\ntype='scim'\nurl='https://app.example/scim/v2'\non-leave='suspend'\n";
const std::string with_token = head + "token={file='t'}\n";

using LoadScim = Load;

TEST_F(LoadScim, ATokenIsEnough) {
  const auto settings = good(with_token).settings.providers[0];
  EXPECT_EQ(settings.mapping, "scim");
  EXPECT_EQ(settings.rate.count, 25);
  EXPECT_EQ(problems(head), "rollcall.toml:7:1: provider.app.token: missing required key\n");
}

TEST_F(LoadScim, ThereAreNoInvitations) {
  for (const char* way : {"", "deliver='smtp'\n", "deliver='file'\npath='o'\n", "deliver='provider'\n"})
    EXPECT_THAT(problems(with_token + "[provider.app.invite]\n" + way), HasSubstr("the type scim has no invitations: leave this table out")) << way;
}

TEST_F(LoadScim, FieldsAreScimPathsOrThoseOfAnExtension) {
  folder.write("mappings/mine.toml", "[account]\nuserName='{userName}'\n'emails[type eq \"work\"].value'='{email}'\n'urn:example:2.0:User:badge'='{employeeNumber}'\n");
  EXPECT_EQ(problems(with_token + "mapping='mine'\n"), "no problem");
  folder.write("mappings/mine.toml", "[account]\ndisplayName='{userName}'\n\"emails.value\"='{email}'\nactive='true'\n");
  const std::string text = problems(with_token + "mapping='mine'\n");
  EXPECT_THAT(text, HasSubstr("account.emails.value: unknown field of scim"));
  EXPECT_THAT(text, HasSubstr("account.active: unknown field of scim"));
}

}  // namespace
}  // namespace rollcall::app
