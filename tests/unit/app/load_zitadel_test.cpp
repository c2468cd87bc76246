// What `check` says of [provider.NAME] with type = "zitadel".
#include <gmock/gmock.h>

#include "unit/app/load_fixture.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

const std::string source = "[source.corp]\ntype='ldap'\nuris=['ldaps://a']\npeople={base='dc=x'}\ngroups={base='dc=x'}\nmapping='openldap'\n";
const std::string head = source + "[provider.z]\ntype='zitadel'\nurl='https://z.example'\non-leave='suspend'\n";
const std::string with_token = head + "token={file='t'}\n";
const std::string landing = "landing='https://p.example/w?u={userId}&c={code}'\n";

using LoadZitadel = Load;

TEST_F(LoadZitadel, ATokenOrAKeyFileIsEnough) {
  const auto settings = good(with_token + "organization='1'\nproject='2'\n[[provider.z.role]]\nrole='sales'\ngroup='sales'\n").settings.providers[0];
  EXPECT_EQ(settings.mapping, "zitadel");
  EXPECT_EQ(settings.options.at("project"), "2");
  EXPECT_EQ(settings.options.at("email-verified"), "true");
  EXPECT_EQ(settings.rate.count, 25);
  EXPECT_EQ(good(head + "key-file={file='k'}\naudience='https://login.example'\n").settings.providers[0].options.at("audience"), "https://login.example");
}

TEST_F(LoadZitadel, NeitherOrBothCredentialsAreRefused) {
  EXPECT_EQ(problems(head), "rollcall.toml:7:1: provider.z.token: missing required key: a service account's personal access token, or key-file with its JSON key\n");
  EXPECT_THAT(problems(with_token + "key-file={file='k'}\n"), HasSubstr(":12:10: provider.z.key-file: token and key-file exclude each other"));
  EXPECT_THAT(problems(with_token + "audience='https://x'\n"), HasSubstr("provider.z.audience: belongs to key-file"));
}

TEST_F(LoadZitadel, RolesNeedTheProject) {
  EXPECT_THAT(problems(with_token + "[[provider.z.role]]\nrole='sales'\ngroup='sales'\n"), HasSubstr(":7:1: provider.z.project: missing required key: the rules name roles of a project"));
}

TEST_F(LoadZitadel, TheLandingPageMustTakeTheCode) {
  const std::string invite = with_token + "[provider.z.invite]\n";
  EXPECT_EQ(good(invite).settings.providers[0].invite.deliver, "provider");
  EXPECT_EQ(good(invite + landing + "application-name='Portal'\n").notes.size(), 0u);
  EXPECT_THAT(problems(invite + "landing='https://p.example/?u={userId}'\n"), HasSubstr(":13:9: provider.z.invite.landing: must hold {userId} and {code}"));
  EXPECT_THAT(problems(invite + "deliver='file'\npath='o'\n"), HasSubstr("provider.z.invite.landing: missing required key: the type zitadel gives out a code"));
  const std::string tail = "/?u={userId}&c={code}'\n";
  EXPECT_THAT(problems(invite + "landing='https://" + std::string(180, 'p') + tail), HasSubstr("longer than the 200 bytes"));
  EXPECT_EQ(problems(invite + "deliver='file'\npath='o'\nlanding='https://" + std::string(180, 'p') + tail), "no problem");
  EXPECT_THAT(problems(invite + "application-name='" + std::string(201, 'a') + "'\n"), HasSubstr("provider.z.invite.application-name: is longer"));
}

TEST_F(LoadZitadel, AnApplicationNameThatNobodyReadsIsNoted) {
  const auto notes = good(with_token + "[provider.z.invite]\ndeliver='file'\npath='o'\n" + landing + "application-name='Portal'\n").notes;
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].line, 16);
  EXPECT_THAT(notes[0].text, HasSubstr("nobody reads it"));
}

TEST_F(LoadZitadel, TheUsersIdIsSetByTheCreateAlone) {
  folder.write("mappings/mine.toml", "[account]\nuserId='{employeeNumber}'\nemail='{email}'\n\"profile.givenName\"='{givenName}'\n");
  const std::string text = problems(with_token + "mapping='mine'\n");
  EXPECT_THAT(text, HasSubstr("enforces userId in [account], but it is set once and for all"));
  EXPECT_THAT(text, HasSubstr("does not set profile.familyName, which an account of the type zitadel needs"));
}

}  // namespace
}  // namespace rollcall::app
