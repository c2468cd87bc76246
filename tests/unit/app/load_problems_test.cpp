#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/app/load_fixture.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class LoadProblems : public Load {};

TEST_F(LoadProblems, AMissingFileAndAFolderAreProblems) {
  auto missing = load(folder.path("none.toml"), SOURCE_DIR);
  ASSERT_FALSE(missing);
  EXPECT_THAT(language::to_string(missing.error().at(0)), HasSubstr("none.toml: cannot be read: No such file"));
  EXPECT_FALSE(load(folder.path(), SOURCE_DIR));
}

TEST_F(LoadProblems, AFileThatDoesNotParseTellsWhere) {
  EXPECT_THAT(problems("[state]\nurl = = 1\n"), StartsWith("rollcall.toml:2:7: "));
  EXPECT_THAT(problems("[state]\nurl = 'a'\nurl = 'b'\n"), StartsWith("rollcall.toml:3:"));
  EXPECT_THAT(problems("[state]\nurl = \"\xff\"\n"), StartsWith("rollcall.toml:2:"));
}

TEST_F(LoadProblems, AnEmptyFileDoesNothingAndSaysSo) {
  EXPECT_THAT(problems(""), StartsWith("rollcall.toml:1:1: source: nothing to do"));
}

TEST_F(LoadProblems, AnUnknownKeyIsNamedWithItsNearest) {
  EXPECT_EQ(problems(good_source + good_provider + "on-leav = 'x'\n"),
            "rollcall.toml:12:1: provider.onelogin.on-leav: unknown key of a provider of type onelogin-v3 (did you "
            "mean `on-leave`?)\n");
  EXPECT_EQ(problems("[scheduel]\npoll='5m'\n" + good_source),
            "rollcall.toml:1:2: scheduel: unknown key (did you mean `schedule`?)\n");
}

TEST_F(LoadProblems, AWrongTypeIsNamedWithBothTypes) {
  EXPECT_EQ(problems("[schedule]\npoll = 300\n" + good_source),
            "rollcall.toml:2:8: schedule.poll: wrong type: expected a text, not a whole number\n");
  EXPECT_THAT(problems(good_source + "page-size = \"many\"\n"), HasSubstr(":7:13: source.corp.page-size: wrong type"));
  EXPECT_THAT(problems(good_source + "start-tls = \"false\"\n"), HasSubstr(":7:13: source.corp.start-tls: wrong type"));
  EXPECT_THAT(problems("schedule = 1\n" + good_source), HasSubstr(":1:12: schedule: wrong type: expected a table"));
  EXPECT_THAT(problems("source = [1]\n"), HasSubstr(":1:10: source: wrong type: expected a table"));
  EXPECT_THAT(problems(good_source + "sentinels = [\"a=b\", 3]\n"),
              HasSubstr(":7:21: source.corp.sentinels: wrong type"));
}

TEST_F(LoadProblems, AMissingKeyStandsAtTheHeaderOfItsTable) {
  EXPECT_EQ(
      problems(good_source + "\n  [provider.x]\ntype = 'onelogin-v3'\nurl = 'https://a.b'\napi-key = {env='K'}\n"),
      "rollcall.toml:8:3: provider.x.on-leave: missing required key\n");
  EXPECT_THAT(problems(good_source + "[provider.x]\n"),
              HasSubstr("rollcall.toml:7:1: provider.x.type: missing required key\n"));
  EXPECT_THAT(problems("[source.x]\ntype='ldap'\n"),
              testing::AllOf(HasSubstr(":1:1: source.x.uris: missing"), HasSubstr(":1:1: source.x.people: missing"),
                             HasSubstr(":1:1: source.x.mapping: missing")));
  EXPECT_THAT(problems("[source.x]\ntype='ldap'\nuris=['ldaps://a']\npeople={}\nmapping='openldap'\n"),
              HasSubstr(":4:8: source.x.people.base: missing"));
  EXPECT_THAT(problems(good_source + "[smtp]\n"),
              testing::AllOf(HasSubstr(":7:1: smtp.url: missing"), HasSubstr(":7:1: smtp.from: missing")));
}

TEST_F(LoadProblems, AllProblemsComeAtOnceInTheOrderOfTheFile) {
  const auto text = problems("[schedule]\npoll = 'often'\nzone = 'Nowhere/Land'\n[log]\nlevel = 'loud'\n" +
                             good_source + "bogus = 1\n");
  const auto at = [&](const char* part) { return text.find(part); };
  EXPECT_LT(at(":2:8:"), at(":3:8:"));
  EXPECT_LT(at(":3:8:"), at(":5:9:"));
  EXPECT_LT(at(":5:9:"), at(":12:1:"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
}

TEST_F(LoadProblems, ASecretInTheClearIsRefusedWithoutBeingShown) {
  const auto text = problems(
      good_source + "[provider.x]\ntype='onelogin-v3'\nurl='https://a.b'\non-leave='keep'\napi-key = 'hunter2'\n");
  EXPECT_THAT(text, StartsWith("rollcall.toml:11:11: provider.x.api-key: a secret must not stand here in the clear"));
  EXPECT_THAT(text, testing::AllOf(HasSubstr("{ credential = \"NAME\" }"), HasSubstr("{ file = \"PATH\" }"),
                                   HasSubstr("{ env = \"NAME\" }")));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST_F(LoadProblems, ASecretHasExactlyOneForm) {
  const auto with = [&](const std::string& key) { return problems("[state]\nkey = " + key + "\n" + good_source); };
  EXPECT_THAT(with("{}"), HasSubstr(":2:7: state.key: expected {"));
  EXPECT_THAT(with("{ env = 'A', file = 'b' }"), HasSubstr("state.key: expected {"));
  EXPECT_THAT(with("{ envv = 'A' }"), HasSubstr(":2:9: state.key.envv: unknown key (did you mean `env`?)"));
  EXPECT_THAT(with("{ credential = '../shadow' }"), HasSubstr("state.key.credential: expected the name"));
  EXPECT_THAT(with("{ env = '' }"), HasSubstr("state.key.env: must not be empty"));
  EXPECT_THAT(with("7"), HasSubstr("state.key: wrong type"));
}

TEST_F(LoadProblems, AFileSecretIsRelativeToTheConfiguration) {
  EXPECT_EQ(good("[state]\nkey = { file = 'k' }\n" + good_source).settings.state.key.name, folder.path("k"));
}

TEST_F(LoadProblems, WhatComesLaterIsRefusedAndNotIgnored) {
  EXPECT_THAT(problems(good_source + "changes = 'syncrepl'\n"),
              HasSubstr(":7:11: source.corp.changes: \"syncrepl\" is not in this version"));
  EXPECT_THAT(problems("[state]\nurl = 'postgresql://h/db'\n" + good_source),
              HasSubstr(":2:7: state.url: a state in PostgreSQL comes with the pair of hosts"));
}

TEST_F(LoadProblems, ASourceThatIsPushedToAndTheEndpointNeedEachOther) {
  const std::string hr = "[source.hr]\ntype = 'scim'\nmapping = 'scim'\nsilence = '36h'\n";
  EXPECT_THAT(problems(hr), HasSubstr(":2:8: source.hr.type: a source of type scim is pushed to the SCIM endpoint: add the table [scim]"));
  EXPECT_THAT(problems("[scim]\nlisten = '127.0.0.1:80'\n" + good_source), HasSubstr("scim: no source has type = \"scim\""));
  const Settings settings = good("[scim]\nmax-body = '64KiB'\nrate = '9/m'\n" + hr).settings;
  EXPECT_EQ(settings.scim.max_body, 64 * 1024);
  EXPECT_EQ(settings.scim.rate, (Rate{9, std::chrono::minutes{1}}));
  EXPECT_EQ(settings.sources.front().silence, std::chrono::hours{36});
  EXPECT_THAT(problems("[scim]\n" + hr + "minimum = 1\n"), HasSubstr("source.hr.minimum: unknown key of a source of type scim"));
}

TEST_F(LoadProblems, TheEndpointIsOpenInClearTextToThisHostOnly) {
  const std::string hr = "[source.hr]\ntype = 'scim'\nmapping = 'scim'\n";
  EXPECT_THAT(problems("[scim]\nlisten = '192.0.2.1:80'\n" + hr), HasSubstr("scim.listen: \"192.0.2.1:80\" is not a loopback address"));
  EXPECT_EQ(good("[scim]\nlisten = '192.0.2.1:443'\ncertificate = 'c.pem'\nkey = 'k.pem'\n" + hr).settings.scim.key, folder.path("k.pem"));
  EXPECT_THAT(problems("[scim]\ncertificate = 'c.pem'\n" + hr), HasSubstr("certificate and key go together"));
  EXPECT_THAT(problems("[scim]\nmax-body = '1MB'\n" + hr), HasSubstr("expected a size such as 64KiB or 1MiB"));
}

TEST_F(LoadProblems, UnknownTypesNameTheKnownOnes) {
  const std::string unknown = problems(good_source + "[provider.z]\ntype = 'onelogin-v33'\nurl = 'https://z'\n");
  EXPECT_THAT(unknown, testing::StartsWith("rollcall.toml:8:8: provider.z.type: unknown provider type \"onelogin-v33\"; this build knows: onelogin-v3"));
  EXPECT_THAT(unknown, testing::EndsWith("(did you mean `onelogin-v3`?)\n"));
  EXPECT_THAT(problems("[source.z]\ntype = 'ldpa'\n"),
              HasSubstr("unknown source type \"ldpa\"; this build knows: ldap, ldif, scim (did you mean `ldap`?)"));
}

TEST_F(LoadProblems, ClearTextBeyondThisHostIsRefused) {
  const auto ldap = [&](const std::string& keys) {
    return problems("[source.c]\ntype='ldap'\n" + keys + "\npeople={base='dc=x'}\nmapping='openldap'\n");
  };
  EXPECT_THAT(ldap("uris=['ldaps://a', 'ldap://b.example']"),
              HasSubstr(":3:20: source.c.uris: \"ldap\" is clear text"));
  EXPECT_EQ(ldap("uris=['ldap://b.example']\nstart-tls=true"), "no problem");
  EXPECT_THAT(ldap("uris=['ldaps://b.example']\nstart-tls=true"), HasSubstr("source.c.uris: start-tls is for ldap://"));
  EXPECT_THAT(ldap("uris=['ldaps://u:hunter2@b']"),
              testing::AllOf(HasSubstr("must not carry"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(ldap("uris=['ldaps://b/dc=x']"), HasSubstr("HOST or HOST:PORT only"));
  EXPECT_THAT(ldap("uris=[]"), HasSubstr("at least one URI"));
  EXPECT_THAT(
      problems(good_source +
               "[provider.x]\ntype='onelogin-v3'\nurl='http://api.example.org'\napi-key={env='K'}\non-leave='keep'\n"),
      HasSubstr(":9:5: provider.x.url: \"http\" is clear text"));
  EXPECT_EQ(problems("[smtp]\nurl='smtp://mail.example.org'\nfrom='a@b.c'\n" + good_source),
            "no problem");  // STARTTLS is demanded
}

TEST_F(LoadProblems, ABindNeedsBothANameAndAPassword) {
  EXPECT_THAT(problems(good_source + "bind-dn = 'cn=x'\n"),
              HasSubstr("source.corp.bind-password: missing required key"));
  EXPECT_THAT(problems(good_source + "bind-password = {env='P'}\n"),
              HasSubstr("source.corp.bind-dn: missing required key"));
  EXPECT_THAT(problems(good_source + "bind-dn='cn=x'\nbind-password={env='P'}\nsasl='EXTERNAL'\n"),
              HasSubstr("source.corp.sasl: either"));
}

TEST_F(LoadProblems, KeysOfLdapMeanNothingInAnLdifSource) {
  EXPECT_THAT(problems("[source.f]\ntype='ldif'\npath='x'\nmapping='openldap'\nuris=['ldaps://a']\n"),
              HasSubstr(":5:1: source.f.uris: unknown key of a source of type ldif"));
}

TEST_F(LoadProblems, AnLdapFilterIsBalanced) {
  EXPECT_THAT(
      problems(
          "[source.c]\ntype='ldap'\nuris=['ldaps://a']\npeople={base='dc=x', filter='(a=b'}\nmapping='openldap'\n"),
      HasSubstr(":4:29: source.c.people.filter: expected an LDAP filter"));
}

TEST_F(LoadProblems, NamesOfSourcesAndProvidersAreSimple) {
  EXPECT_THAT(problems("[source.\"Corp DE\"]\ntype='ldif'\npath='x'\nmapping='openldap'\n"),
              HasSubstr(":1:9: source.\"Corp DE\": a name is made of"));
}

TEST_F(LoadProblems, AMappingThatIsNowhereNamesWhereItWasLookedFor) {
  const auto text = problems("[source.c]\ntype='ldif'\npath='x'\nmapping='opneldap'\n");
  EXPECT_THAT(text, testing::AllOf(HasSubstr(":4:9: source.c.mapping: there is no mapping \"opneldap\""),
                                   HasSubstr("mappings nor in " SOURCE_DIR)));
}

TEST_F(LoadProblems, ProblemsOfAMappingComeWithItsOwnPlaceAndOnce) {
  folder.write("mappings/mine.toml", "[person]\nid = '{entryUUID}'\nuserName = '{uid | lowr}'\n");
  const auto text = problems(
      "[source.a]\ntype='ldif'\npath='x'\nmapping='mine'\n[source.b]\ntype='ldif'\npath='y'\nmapping='mine'\n");
  EXPECT_THAT(text, StartsWith("mappings/mine.toml:3:"));
  EXPECT_THAT(text, HasSubstr("lower"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(LoadProblems, AProviderMappingThatGivesNoNameIsRefused) {
  folder.write("mappings/nameless.toml", "[account]\nfirstname = '{givenName}'\n");
  EXPECT_THAT(problems(good_source + good_provider + "mapping = 'nameless'\n"),
              HasSubstr(":12:11: provider.onelogin.mapping: the mapping \"nameless\" sets neither"));
}

TEST_F(LoadProblems, AnUnknownProviderFieldInAMappingIsRefused) {
  folder.write("mappings/typo.toml", "[account]\nusername = '{userName}'\nfristname = '{givenName}'\n");
  EXPECT_THAT(problems(good_source + good_provider + "mapping = 'typo'\n"),
              testing::AllOf(HasSubstr("mappings/typo.toml:3:1:"), HasSubstr("firstname")));
}

TEST_F(LoadProblems, AnAttributeThatNoSourceSetsIsRefusedUnlessItIsGuarded) {
  EXPECT_EQ(problems(good_source + good_provider + "scope = \"contract pr or userName eq \\\"x\\\"\"\n"), "no problem");
  EXPECT_THAT(problems(good_source + good_provider + "scope = \"userName eq \\\"x\\\" or contract eq \\\"y\\\"\"\n"),
              HasSubstr(":12:31: provider.onelogin.scope: no source mapping sets the attribute \"contract\""));
  EXPECT_EQ(problems(good_source + good_provider + "[provider.onelogin.invite]\nto = '{personalEmail ?? email}'\n"),
            "no problem");
  EXPECT_THAT(problems(good_source + good_provider + "[provider.onelogin.invite]\nto = '{personalEmail}'\n"),
              HasSubstr(":13:8: provider.onelogin.invite.to: no source mapping sets the attribute \"personalEmail\""));
}

TEST_F(LoadProblems, AConditionThatDoesNotParseTellsWhereInIt) {
  EXPECT_THAT(problems(good_source + good_provider + "scope = \"userName eq \\\"x\\\" adn active eq true\"\n"),
              HasSubstr(":12:28: provider.onelogin.scope: "));
  EXPECT_THAT(problems(good_source + good_provider + "[[provider.onelogin.role]]\nrole='A'\nwhen='title co'\n"),
              HasSubstr("rollcall.toml:14:"));
}

TEST_F(LoadProblems, ProtectNamesFieldsOfTheAccount) {
  EXPECT_THAT(problems(good_source + good_provider + "protect = ['mail eq \"a\"']\n"),
              HasSubstr(":12:13: provider.onelogin.protect: an account of the type onelogin-v3 has no field \"mail\" "
                        "(did you mean `email`?)"));
  EXPECT_EQ(
      problems(good_source + good_provider + "protect = ['custom_attribute_vip pr', 'email ew \"@example.org\"']\n"),
      "no problem");
}

TEST_F(LoadProblems, AdoptDemandsAWordAboutProtection) {
  EXPECT_THAT(problems(good_source + good_provider + "adopt = true\n"),
              HasSubstr(":7:1: provider.onelogin.protect: missing required key"));
  EXPECT_EQ(problems(good_source + good_provider + "adopt = true\nprotect = []\n"), "no problem");
}

TEST_F(LoadProblems, MatchNamesFieldsThatAccountsAreLookedUpBy) {
  EXPECT_THAT(problems(good_source + good_provider + "match = ['external_id', 'mail']\n"),
              HasSubstr(":12:25: provider.onelogin.match: accounts of the type onelogin-v3 are looked up by "
                        "external_id, username, email"));
  folder.write("mappings/short.toml", "[account]\nusername = '{userName}'\n");
  EXPECT_THAT(problems(good_source + good_provider + "mapping='short'\nmatch = ['email']\n"),
              HasSubstr("the mapping does not set \"email\""));
}

TEST_F(LoadProblems, LeavingIsAChoiceWithoutDefault) {
  const auto with = [&](const std::string& keys) {
    return problems(good_source + "[provider.x]\ntype='onelogin-v3'\nurl='https://a.b'\napi-key={env='K'}\n" + keys);
  };
  EXPECT_THAT(with("on-leave='disable'\n"),
              HasSubstr(":11:10: provider.x.on-leave: \"disable\" is none of keep, suspend, delete"));
  EXPECT_THAT(with("on-leave='keep'\ndelete-after='30d'\n"), HasSubstr(":12:14: provider.x.delete-after:"));
  EXPECT_EQ(with("on-leave='delete'\n"), "no problem");
}

TEST_F(LoadProblems, LimitsKnowTheirKinds) {
  const auto with = [&](const std::string& keys) {
    return problems(good_source + good_provider + "[provider.onelogin.limits]\n" + keys);
  };
  EXPECT_THAT(with("supsend = '5'\n"),
              HasSubstr(":13:1: provider.onelogin.limits.supsend: unknown key (did you mean `suspend`?)"));
  EXPECT_THAT(with("suspend = 'some'\n"), HasSubstr(":13:11: provider.onelogin.limits.suspend: expected a count"));
  EXPECT_THAT(with("suspend = 5\n"), HasSubstr("wrong type: expected a text"));
  const auto limits = good(good_source + good_provider + "[provider.onelogin.limits]\ncreate = '0'\nrecreate = '7'\n")
                          .settings.providers[0]
                          .limits;
  EXPECT_EQ(limits.at("create").count, 0);
  EXPECT_EQ(limits.at("recreate").count, 7);
}

TEST_F(LoadProblems, ARoleRuleHasEitherAGroupOrACondition) {
  const auto with = [&](const std::string& keys) {
    return problems(good_source + good_provider + "[[provider.onelogin.role]]\n" + keys);
  };
  EXPECT_THAT(with("role='A'\n"), HasSubstr(":12:1: provider.onelogin.role.group: missing required key"));
  EXPECT_THAT(with("role='A'\ngroup='g'\nwhen='title pr'\n"),
              HasSubstr(":15:6: provider.onelogin.role.when: a rule has either"));
  EXPECT_THAT(with("group='g'\n"), HasSubstr(":12:1: provider.onelogin.role.role: missing required key"));
  EXPECT_THAT(with("role='A'\ngroup='g'\nsource='crop'\n"),
              HasSubstr(":15:8: provider.onelogin.role.source: there is no source \"crop\" (did you mean `corp`?)"));
  EXPECT_THAT(with("role='{grp}'\ngroup='g'\n"), HasSubstr(":13:8: provider.onelogin.role.role:"));
  EXPECT_THAT(with("role='{group}'\nwhen='title pr'\n"), HasSubstr("no group to name the role by"));
  EXPECT_THAT(problems(good_source + good_provider + "[provider.onelogin.role]\nrole='A'\n"),
              HasSubstr("[[provider.onelogin.role]]"));
}

TEST_F(LoadProblems, ARoleRuleNamesItsSourceWhenSeveralHaveGroups) {
  const std::string second = "[source.two]\ntype='ldif'\npath='x'\ngroups={}\nmapping='openldap'\n";
  const std::string rule = "[[provider.onelogin.role]]\nrole='A'\ngroup='g'\n";
  EXPECT_THAT(problems(good_source + second + good_provider + rule),
              HasSubstr("provider.onelogin.role.source: missing required key"));
  EXPECT_EQ(problems(good_source + second + good_provider + rule + "source='two'\n"), "no problem");
}

TEST_F(LoadProblems, InvitationsNeedAWayToGo) {
  const auto with = [&](const std::string& keys) {
    return problems(good_source + good_provider + "[provider.onelogin.invite]\n" + keys);
  };
  EXPECT_EQ(with(""), "no problem");
  EXPECT_THAT(with("deliver='smtp'\n"),
              HasSubstr(":13:9: provider.onelogin.invite.deliver: \"smtp\" needs the table [smtp]"));
  EXPECT_THAT(with("deliver='file'\n"), HasSubstr(":12:1: provider.onelogin.invite.path: missing required key"));
  EXPECT_THAT(with("deliver='pigeon'\n"), HasSubstr("is none of provider, smtp, file"));
  EXPECT_THAT(with("template='none.mustache'\n"), HasSubstr(":13:10: provider.onelogin.invite.template: the file"));
  folder.write("t.mustache", "Dear {{displayName}}\n");
  EXPECT_THAT(with("template='t.mustache'\n"), HasSubstr("must be \"Subject: ...\""));
  EXPECT_THAT(with("quiet='at night'\n"), HasSubstr("provider.onelogin.invite.quiet: expected hours"));
  EXPECT_THAT(with("reminders=2\n"), HasSubstr("provider.onelogin.invite.reminders: needs remind"));
  EXPECT_THAT(with("landing='http://portal.example.org/{code}'\n"),
              HasSubstr("provider.onelogin.invite.landing: \"http\" is clear text"));
}

TEST_F(LoadProblems, JoiningNamesKnownAttributesAndSources) {
  EXPECT_THAT(
      problems(good_source + "[join]\nkeys=['employeNumber']\n"),
      HasSubstr(
          ":8:7: join.keys: no source mapping sets the attribute \"employeNumber\" (did you mean `employeeNumber`?)"));
  EXPECT_THAT(problems(good_source + "[join.authority]\ndepartment=['hr']\n"),
              HasSubstr(":8:13: join.authority.department: there is no source \"hr\""));
}

}  // namespace
}  // namespace rollcall::app
