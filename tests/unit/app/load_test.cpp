#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/load_fixture.hpp"

namespace rollcall::app {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

TEST_F(Load, TheSampleOfTheContractWithoutTheScimPartsIsRight) {
  folder.write("invitation.mustache", "Subject: Welcome\n\nHello {{displayName}}\n");
  const auto configuration = good(R"([state]
url = "sqlite:/var/lib/rollcall/state.db"
key = { credential = "state-key" }
[log]
level  = "info"
format = "auto"
[schedule]
poll   = "5m"
full   = "24h"
jitter = "10%"
zone   = "UTC"
[source.corp]
type          = "ldap"
uris          = ["ldaps://ldap1.example.org", "ldaps://ldap2.example.org"]
start-tls     = false
ca-file       = "ca.pem"
bind-dn       = "cn=rollcall,ou=services,dc=example,dc=org"
bind-password = { credential = "corp-bind-password" }
people        = { base = "ou=people,dc=example,dc=org", scope = "sub" }
groups        = { base = "ou=groups,dc=example,dc=org", scope = "sub", nested = true }
mapping       = "openldap"
changes       = "auto"
page-size     = 1000
sentinels     = ["uid=canary,ou=people,dc=example,dc=org"]
minimum       = 1
absent-for    = "15m"
[source.contractors]
type    = "ldif"
path    = "contractors.ldif"
mapping = "openldap"
[admin]
listen  = "127.0.0.1:9464"
control = "/run/rollcall/control"
[join]
keys = ["employeeNumber", "email"]
[join.authority]
department = ["contractors", "corp"]
[provider.onelogin]
type        = "onelogin-v3"
url         = "https://api.onelogin.com"
api-key     = { credential = "onelogin-api-key" }
mapping     = "onelogin-v3"
on-leave    = "suspend"
delete-after = "30d"
match       = ["external_id", "email"]
adopt       = true
protect     = ["email eq \"root@example.org\""]
scope       = "active eq true"
rate        = "4000/h"
concurrency = 8
timeout     = "30s"
retry       = "5m"
roles       = "replace"
audit       = "2%"
[provider.onelogin.limits]
suspend = "100, 10%"
[provider.onelogin.invite]
when      = "always"
to        = "{personalEmail ?? email}"
deliver   = "smtp"
path      = "outbox"
wave      = "200/h"
remind    = "7d"
reminders = 2
quiet     = "20:00-07:00"
template  = "invitation.mustache"
landing   = "https://portal.example.org/welcome?u={userId}&c={code}"
application-name = "Portal"
[[provider.onelogin.role]]
role   = "Sales"
group  = "sales"
source = "corp"
[[provider.onelogin.role]]
role = "{group | after('app-')}"
group = "app-*"
[[provider.onelogin.role]]
role = "Managers"
when = "title co \"Manager\" and department pr"
[smtp]
url      = "smtps://mail.example.org:465"
from     = "IT <it@example.org>"
user     = "rollcall"
password = { credential = "smtp-password" }
)");
  const auto& settings = configuration.settings;
  EXPECT_EQ(settings.file, folder.path("rollcall.toml"));
  EXPECT_EQ(settings.state.key.name, "state-key");
  ASSERT_EQ(settings.sources.size(), 2U);
  EXPECT_EQ(settings.sources[0].name, "corp");
  EXPECT_EQ(settings.sources[0].ca_file, folder.path("ca.pem"));
  EXPECT_TRUE(settings.sources[0].groups.nested);
  EXPECT_EQ(settings.sources[1].path, folder.path("contractors.ldif"));
  EXPECT_EQ(settings.join.authority.at("department"), (std::vector<std::string>{"contractors", "corp"}));
  ASSERT_EQ(settings.providers.size(), 1U);
  const auto& provider = settings.providers[0];
  EXPECT_EQ(provider.delete_after, Duration(720h));
  EXPECT_EQ(provider.rate.count, 4000);
  EXPECT_EQ(provider.options.at("audit"), "2%");
  EXPECT_EQ(provider.secrets.at("api-key").name, "onelogin-api-key");
  EXPECT_EQ(provider.invite.path, folder.path("outbox"));
  EXPECT_EQ(provider.invite.template_file, folder.path("invitation.mustache"));
  EXPECT_FALSE(provider.limits.contains("invite"));  // the wave paces them
  const auto& rules = configuration.providers.at("onelogin");
  ASSERT_EQ(rules.roles.size(), 3U);
  EXPECT_TRUE(rules.roles[0].role.is_constant());
  EXPECT_EQ(rules.roles[1].role.text(language::GroupLookup("app-crm")), "crm");
  EXPECT_TRUE(rules.roles[2].when);
  EXPECT_EQ(rules.protect.size(), 1U);
  EXPECT_EQ(configuration.source_mappings.size(), 2U);
}

TEST_F(Load, TheExampleThatIsInstalledIsRight) {
  const auto result = load(SOURCE_DIR "/etc/rollcall.toml.example", SOURCE_DIR);
  for (const auto& problem : result ? std::vector<language::Problem>() : result.error())
    ADD_FAILURE() << language::to_string(problem);
}

TEST_F(Load, DefaultsAreThoseOfTheContract) {
  const auto configuration = good(good_source + good_provider);
  const auto& settings = configuration.settings;
  EXPECT_EQ(settings.state.url, "sqlite:/var/lib/rollcall/state.db");
  EXPECT_EQ(settings.schedule.poll, Duration(5min));
  EXPECT_EQ(settings.schedule.full, Duration(24h));
  EXPECT_DOUBLE_EQ(settings.schedule.jitter, 0.1);
  EXPECT_EQ(settings.admin.control, "/run/rollcall/control");
  EXPECT_EQ(settings.sources[0].absent_for, Duration(15min));
  EXPECT_EQ(settings.sources[0].minimum, 1);
  EXPECT_TRUE(settings.join.keys.empty());
  const auto& provider = settings.providers[0];
  EXPECT_EQ(provider.mapping, "onelogin-v3");
  EXPECT_EQ(provider.scope, "active eq true");
  EXPECT_EQ(provider.rate.count, 4000);
  EXPECT_EQ(provider.rate.per, Duration(1h));
  EXPECT_FALSE(provider.adopt);
  EXPECT_EQ(provider.options.at("roles"), "replace");
  EXPECT_EQ(provider.options.at("audit"), "2%");
  EXPECT_EQ(provider.limits.at("suspend").text, "100, 10%");
  EXPECT_EQ(provider.limits.at("delete").text, "50, 5%");
  EXPECT_EQ(provider.limits.at("recreate").text, "5");
  EXPECT_EQ(provider.limits.at("invite").text, "100");
  EXPECT_FALSE(provider.limits.contains("create"));
  EXPECT_FALSE(provider.invite.present);
}

TEST_F(Load, SeveralSourcesJoinByEmployeeNumberThenEmail) {
  const auto configuration =
      good(good_source + "[source.b]\ntype='ldif'\npath='b.ldif'\nmapping='openldap'\n" + good_provider);
  EXPECT_EQ(configuration.settings.join.keys, (std::vector<std::string>{"employeeNumber", "email"}));
}

TEST_F(Load, SourcesKeepTheOrderOfTheFile) {
  const auto source = [](const std::string& name) {
    return "[source." + name + "]\ntype='ldif'\npath='x'\nmapping='openldap'\n";
  };
  const auto configuration = good(source("zeta") + source("alpha") + source("mid"));
  ASSERT_EQ(configuration.settings.sources.size(), 3U);
  EXPECT_EQ(configuration.settings.sources[0].name, "zeta");
  EXPECT_EQ(configuration.settings.sources[2].name, "mid");
}

TEST_F(Load, AMappingBesideTheConfigurationComesBeforeTheInstalledOne) {
  const auto mine = folder.write(
      "mappings/openldap.toml",
      "[person]\nid='{entryUUID}'\nuserName='{uid}'\n[group]\nid='{entryUUID}'\nname='{cn}'\nmembers='{member}'\n");
  EXPECT_EQ(good(good_source).source_mappings.at("corp").file, mine);
}

TEST_F(Load, AStateWithARelativePathStandsBesideTheConfiguration) {
  EXPECT_EQ(good("[state]\nurl = 'sqlite:state.db'\n" + good_source).settings.state.url,
            "sqlite:" + folder.path("state.db"));
}

TEST_F(Load, LdapiIsNoClearText) {
  EXPECT_EQ(
      problems(
          "[source.c]\ntype='ldap'\nuris=['ldapi:///']\nsasl='EXTERNAL'\npeople={base='dc=x'}\nmapping='openldap'\n"),
      "no problem");
}

TEST_F(Load, OneSideAloneIsANoteAndNoProblem) {
  EXPECT_EQ(good(good_source).notes.size(), 1U);
  EXPECT_EQ(good(good_source + good_provider).notes.size(), 0U);
}

// ---- the fingerprint ----

TEST_F(Load, TheFingerprintIsOfTheMeaning) {
  const auto first = fingerprint(good_source + good_provider + "retry = '5m'\nrate = '4000/h'\n");
  EXPECT_THAT(first, StartsWith("sha256:"));
  EXPECT_EQ(first, fingerprint("# a comment\n" + good_provider + "rate = '4000/h'\nretry='300s'\n\n" + good_source));
  EXPECT_EQ(first, fingerprint(good_source + good_provider)) << "defaults spelt out mean the same";
  EXPECT_EQ(first, fingerprint("[log]\nlevel='debug'\n[admin]\nlisten='127.0.0.1:1'\n" + good_source + good_provider));
  EXPECT_NE(first, fingerprint(good_source + good_provider + "scope = 'active eq false'\n"));
  EXPECT_NE(first, fingerprint(good_source + "minimum = 2\n" + good_provider));
}

TEST_F(Load, TheFingerprintKnowsTheOrderOfSourcesAndOfRoleRules) {
  const std::string second = "[source.two]\ntype='ldif'\npath='x'\nmapping='openldap'\n";
  EXPECT_NE(fingerprint(good_source + second), fingerprint(second + good_source));
  const auto rules = [&](const std::string& a, const std::string& b) {
    const std::string head = "[[provider.onelogin.role]]\n";
    return fingerprint(good_source + good_provider + head + a + head + b);
  };
  EXPECT_NE(rules("role='A'\ngroup='g'\n", "role='B'\nwhen='title pr'\n"),
            rules("role='A'\nwhen='title pr'\n", "role='B'\ngroup='g'\n"));
}

TEST_F(Load, TheFingerprintKnowsTheMappings) {
  const std::string person = "[person]\nid='{entryUUID}'\nuserName='{uid}'\n";
  const std::string source = "[source.a]\ntype='ldif'\npath='x'\nmapping='mine'\n";
  folder.write("mappings/mine.toml", person);
  const auto before = fingerprint(source);
  folder.write("mappings/mine.toml", "# only a comment\n" + person);
  EXPECT_EQ(before, fingerprint(source));
  folder.write("mappings/mine.toml", person + "title='{title}'\n");
  EXPECT_NE(before, fingerprint(source));
}

}  // namespace
}  // namespace rollcall::app
