// The LDAP source against a real slapd: what it reads, and what it concludes.
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/dn.hpp"
#include "support/slapd.hpp"
#include "support/source_reading.hpp"

#define START(server, ...)                                                               \
  Slapd server(std::vector<std::string>{__VA_ARGS__});                                   \
  if (server.missing()) GTEST_SKIP() << "there is no slapd here: apt-get install slapd"; \
  ASSERT_TRUE(server.there())

namespace rollcall::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

SourceSettings settings_of(const Slapd& server) {
  SourceSettings out;
  out.name = "corp";
  out.type = "ldap";
  out.uris = {server["LDAP_URI"]};
  out.bind_dn = server["READER_DN"];
  out.people = {.base = "ou=People,dc=example,dc=test", .present = true};
  out.groups = {.base = "ou=Groups,dc=example,dc=test", .present = true};
  out.timeout = std::chrono::seconds(20);
  return out;
}

Reading read_all(const Slapd& server, const Known& known = {}) {
  return read(settings_of(server), server["READER_PW"], known);
}

std::string text_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

class LdapSourceTest : public testing::Test {
 protected:
  std::string directory(std::vector<std::string> options) { return made_directory(folder_, std::move(options)); }
  TemporaryFolder folder_;
};

TEST_F(LdapSourceTest, ReadsWhatTheLdifOfTheSameContentHolds) {
  const std::string file =
      directory({"--people",       "120", "--groups",      "9",   "--unicode",  "0.5", "--hard-names",    "0.4",
                 "--multi-mail",   "0.5", "--lang",        "0.5", "--photo",    "0.5", "--unique-groups", "2",
                 "--posix-groups", "2",   "--dn-variants", "0.5", "--dangling", "0.2", "--missing-mail",  "0.1"});
  START(server, "--ldif", file);
  const Reading over_ldap = read_all(server);
  SourceSettings settings = settings_of(server);
  settings.path = file;
  auto ldif = sources::make_ldif_source(settings, shape_by("entryUUID"));
  ASSERT_TRUE(ldif);
  const Reading from_file = read(**ldif);
  EXPECT_TRUE(over_ldap.report.complete) << over_ldap.report.detail;
  EXPECT_TRUE(from_file.report.complete) << from_file.report.detail;
  EXPECT_EQ(over_ldap.report.people, 120);
  EXPECT_EQ(over_ldap.report.groups, 13);
  EXPECT_THAT(over_ldap.report.warnings, IsEmpty());
  ASSERT_EQ(over_ldap.records.size(), from_file.records.size());
  for (std::size_t i = 0; i < over_ldap.records.size(); ++i) {
    EXPECT_EQ(over_ldap.records[i].key, from_file.records[i].key);
    EXPECT_EQ(over_ldap.records[i].normal_locator, from_file.records[i].normal_locator);
    EXPECT_EQ(over_ldap.records[i].attributes, from_file.records[i].attributes) << over_ldap.records[i].locator;
    EXPECT_EQ(over_ldap.records[i].has, from_file.records[i].has);
    EXPECT_EQ(over_ldap.records[i].members.size(), from_file.records[i].members.size());
  }
}

TEST_F(LdapSourceTest, ResolvesEverySpellingOfAMember) {
  START(server, "--ldif",
        directory({"--people", "200", "--groups", "30", "--hard-names", "0.5", "--dn-variants", "0.7",
                   "--unique-groups", "5"}));
  const Reading reading = read_all(server);
  std::set<std::string> people;
  for (const Record& r : reading.records) people.insert(r.normal_locator);
  std::size_t members = 0;
  for (const Record& r : reading.records)
    for (const std::string& member : r.members) {
      ++members;
      EXPECT_TRUE(people.contains(sources::member_ref(member))) << member << " -> " << sources::member_ref(member);
    }
  EXPECT_GT(members, 100u);
}

TEST_F(LdapSourceTest, ReadsTheSamePagedAndUnpaged) {
  START(server, "--ldif", directory({"--people", "250", "--groups", "20"}));
  SourceSettings settings = settings_of(server);
  settings.page_size = 0;
  const Reading whole = read(settings, server["READER_PW"]);
  EXPECT_TRUE(whole.report.complete) << whole.report.detail;
  EXPECT_THAT(whole.records, SizeIs(270));
  for (const int size : {1, 2, 50, 249, 250, 1000}) {
    settings.page_size = size;
    const Reading paged = read(settings, server["READER_PW"]);
    EXPECT_TRUE(paged.report.complete) << paged.report.detail;
    EXPECT_EQ(paged.records, whole.records) << size;
  }
}

TEST_F(LdapSourceTest, AsksForSmallerPagesWhereTheServerWantsThem) {
  START(server, "--ldif", directory({"--people", "250", "--groups", "2"}), "--pagelimit", "60");
  const Reading reading = read_all(server);
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  EXPECT_EQ(reading.report.people, 250);
}

TEST_F(LdapSourceTest, ReadsUnpagedWherePagingIsForbidden) {
  START(server, "--ldif", directory({"--people", "50", "--groups", "2"}), "--pagetotal", "disabled");
  const Reading reading = read_all(server);
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  EXPECT_EQ(reading.report.people, 50);
}

TEST_F(LdapSourceTest, IsIncompleteWhenALimitStrikesOnTheThirdPage) {
  START(server, "--ldif", directory({"--people", "500", "--groups", "2"}), "--pagetotal", "250");
  SourceSettings settings = settings_of(server);
  settings.page_size = 100;
  const Reading reading = read(settings, server["READER_PW"]);
  EXPECT_FALSE(reading.report.complete);
  EXPECT_TRUE(reading.report.reached);
  EXPECT_THAT(reading.report.detail,
              AllOf(HasSubstr("sizeLimitExceeded"), HasSubstr("size.prtotal"), HasSubstr(settings.bind_dn)));
  EXPECT_GE(reading.report.people, 200);
  EXPECT_EQ(reading.report.groups, 2);  // the groups are read all the same
}

TEST_F(LdapSourceTest, IsIncompleteUnderAHardSizeLimitWhateverThePageSize) {
  START(server, "--ldif", directory({"--people", "100", "--groups", "2"}), "--sizelimit", "30");
  for (const int size : {0, 10, 1000}) {
    SourceSettings settings = settings_of(server);
    settings.page_size = size;
    EXPECT_FALSE(read(settings, server["READER_PW"]).report.complete) << size;
  }
}

TEST_F(LdapSourceTest, TellsAWrongPasswordAndTriesItAtNoOtherServer) {
  START(server, "--loglevel", "stats");
  SourceSettings settings = settings_of(server);
  settings.uris.push_back(server["LDAP_URI"]);
  const Reading reading = read(settings, "certainly-wrong");
  EXPECT_FALSE(reading.report.complete);
  EXPECT_FALSE(reading.report.reached);
  EXPECT_THAT(reading.report.detail, AllOf(HasSubstr("the bind as cn=reader,dc=example,dc=test was refused"),
                                           Not(HasSubstr("certainly-wrong"))));
  ASSERT_TRUE(server.control({"stop"}));     // then the log is whole
  const std::string log = text_of(server["SLAPD_LOG"]);
  std::size_t refused = 0;
  for (auto at = log.find("err=49"); at != std::string::npos; at = log.find("err=49", at + 1)) ++refused;
  EXPECT_EQ(refused, 1u);
}

TEST_F(LdapSourceTest, RefusesAnEmptyPasswordBeforeAnyBind) {
  SourceSettings settings;
  settings.uris = {"ldap://127.0.0.1:1"};
  settings.bind_dn = "cn=reader,dc=x";
  const auto source = sources::make_ldap_source(settings, shape_by("entryUUID"), Secret());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, ErrorKind::refused);
  EXPECT_THAT(source.error().message, HasSubstr("bind-password is empty"));
}

TEST_F(LdapSourceTest, RefusesAPasswordInClearBeyondThisHost) {
  SourceSettings settings;
  settings.uris = {"ldap://ldap.example.org"};
  settings.bind_dn = "cn=reader,dc=x";
  const auto source = sources::make_ldap_source(settings, shape_by("entryUUID"), Secret("x"));
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().message, HasSubstr("in clear"));
  settings.start_tls = true;
  EXPECT_TRUE(sources::make_ldap_source(settings, shape_by("entryUUID"), Secret("x")));
}

TEST_F(LdapSourceTest, RefusesSettingsThatCannotBeMeant) {
  const auto made = [](auto change) {
    SourceSettings settings;
    settings.uris = {"ldap://127.0.0.1"};
    settings.bind_dn = "cn=reader,dc=x";
    change(settings);
    return sources::make_ldap_source(settings, shape_by("entryUUID"), Secret("x")).has_value();
  };
  EXPECT_TRUE(made([](SourceSettings&) {}));
  EXPECT_FALSE(made([](SourceSettings& s) { s.uris.clear(); }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.uris = {"http://127.0.0.1"}; }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.uris = {"ldap://"}; }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.people.filter = "(uid="; }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.groups.filter = "(&(a=b)"; }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.sentinels = {"canary"}; }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.sasl = "PLAIN"; }));
  EXPECT_FALSE(made([](SourceSettings& s) { s.bind_dn = ""; }));
}

TEST_F(LdapSourceTest, IsIncompleteWhenTheBaseIsMissingOrHidden) {
  START(server, "--ldif", directory({"--people", "5", "--groups", "2"}), "--access",
        "to dn.subtree=\"ou=People,dc=example,dc=test\" by dn.exact=\"cn=reader,dc=example,dc=test\" none by * break");
  const Reading hidden = read_all(server);
  EXPECT_FALSE(hidden.report.complete);
  EXPECT_THAT(hidden.report.detail,
              HasSubstr("the base was not found, or cn=reader,dc=example,dc=test may not see it"));
  EXPECT_EQ(hidden.report.groups, 2);
  SourceSettings settings = settings_of(server);
  settings.people.base = "ou=Nobody,dc=example,dc=test";
  EXPECT_FALSE(read(settings, server["READER_PW"]).report.complete);
}

TEST_F(LdapSourceTest, CountsRightWhenAnAccessRuleHidesHalfAndTheAnswerIsSuccess) {
  START(server, "--ldif", directory({"--people", "40", "--groups", "2"}), "--access",
        "to dn.subtree=\"ou=People,dc=example,dc=test\" filter=(uid=*1) by dn.exact=\"cn=reader,dc=example,dc=test\" "
        "none by * break");
  SourceSettings settings = settings_of(server);
  settings.bind_dn = server["BIND_DN"];
  const Reading all = read(settings, server["BIND_PW"]);
  EXPECT_EQ(all.report.people, 40);
  const Reading hidden = read_all(server, known_of(all.records));
  EXPECT_TRUE(hidden.report.complete);
  EXPECT_EQ(hidden.report.people, 36);
  EXPECT_EQ(std::count(hidden.report.seen_people.begin(), hidden.report.seen_people.end(), false), 4);
  EXPECT_THAT(hidden.records, IsEmpty());
}

TEST_F(LdapSourceTest, CountsAnAttributeThatVanished) {
  START(server, "--ldif", directory({"--people", "30", "--groups", "2"}), "--access",
        "to attrs=title by dn.exact=\"cn=reader,dc=example,dc=test\" none by * break");
  SourceSettings settings = settings_of(server);
  settings.bind_dn = server["BIND_DN"];
  const Known known = known_of(read(settings, server["BIND_PW"]).records);
  const Reading hidden = read_all(server, known);
  EXPECT_TRUE(hidden.report.complete);
  const auto attributes = shape_by("").attributes;
  for (std::size_t i = 0; i < attributes.size(); ++i)
    EXPECT_EQ(hidden.report.lacking[i] == 30, attributes[i] == "title") << attributes[i];
}

TEST_F(LdapSourceTest, HandsOnNothingWhenNothingChangedAndOnlyWhatDid) {
  START(server, "--ldif", directory({"--people", "60", "--groups", "6", "--multi-mail", "1"}));
  const Reading first = read_all(server);
  const Known known = known_of(first.records);
  const Reading same = read_all(server, known);
  EXPECT_TRUE(same.report.complete);
  EXPECT_THAT(same.records, IsEmpty());
  EXPECT_EQ(std::count(same.report.seen_people.begin(), same.report.seen_people.end(), true), 60);
  EXPECT_EQ(std::count(same.report.seen_groups.begin(), same.report.seen_groups.end(), true), 6);

  // All values of mail anew in another order; title of another person; a photo, which nobody asks for.
  std::string reordered, dn = first.records[0].locator;
  const Values mail = first.records[0].attributes.at("mail");
  for (auto value = mail.rbegin(); value != mail.rend(); ++value) reordered += "mail: " + *value + "\n";
  ASSERT_TRUE(server.modify("dn: " + dn + "\nchangetype: modify\nreplace: mail\n" + reordered +
                            "-\nreplace: jpegPhoto\njpegPhoto:: /9j/4A==\n\n" + "dn: " + first.records[1].locator +
                            "\nchangetype: modify\nreplace: title\ntitle: Chief\n\n"));
  const Reading changed = read_all(server, known);
  ASSERT_THAT(changed.keys(), ElementsAre(first.records[1].key));
  EXPECT_THAT(changed.records[0].attributes.at("title"), ElementsAre("Chief"));
}

TEST_F(LdapSourceTest, KnowsWhoMovedByIdAndGivesTheNewLocator) {
  START(server, "--ldif", directory({"--people", "5", "--groups", "1"}));
  SourceSettings settings = settings_of(server);
  settings.people.base = "dc=example,dc=test";
  const Reading first = read(settings, server["READER_PW"]);
  ASSERT_TRUE(server.modify("dn: " + first.records[0].locator +
                            "\nchangetype: modrdn\nnewrdn: uid=renamed\ndeleteoldrdn: 0\n"
                            "newsuperior: ou=Left,dc=example,dc=test\n\n"));
  const Reading moved = read(settings, server["READER_PW"], known_of(first.records));
  EXPECT_TRUE(moved.report.complete);
  ASSERT_GE(moved.records.size(), 1u);
  EXPECT_EQ(moved.records[0].key, first.records[0].key);
  EXPECT_EQ(moved.records[0].normal_locator, "uid=renamed,ou=left,dc=example,dc=test");
  EXPECT_EQ(std::count(moved.report.seen_people.begin(), moved.report.seen_people.end(), true), 5);
}

TEST_F(LdapSourceTest, WantsSentinelsAndMinimum) {
  START(server, "--ldif", directory({"--people", "5", "--groups", "2"}));
  SourceSettings settings = settings_of(server);
  settings.sentinels = {"UID=U0000003, ou=people,dc=example,dc=test", "cn=G00001,ou=Groups,dc=example,dc=test"};
  settings.minimum = 5;
  EXPECT_TRUE(read(settings, server["READER_PW"]).report.complete);
  settings.sentinels.push_back("uid=canary,ou=People,dc=example,dc=test");
  settings.minimum = 6;
  const Reading reading = read(settings, server["READER_PW"]);
  EXPECT_FALSE(reading.report.complete);
  EXPECT_THAT(reading.report.detail,
              AllOf(HasSubstr("sentinel uid=canary"), HasSubstr("minimum is 6"), Not(HasSubstr("U0000003"))));
}

TEST_F(LdapSourceTest, NeverAsksForPasswordsPhotosOrEverything) {
  START(server, "--ldif", directory({"--people", "5", "--groups", "2", "--photo", "1"}), "--loglevel", "stats");
  EXPECT_TRUE(read_all(server).report.complete);
  const std::string log = text_of(server["SLAPD_LOG"]);
  EXPECT_THAT(log, HasSubstr("SRCH attr=cn displayName"));
  for (const char* word : {"userPassword", "jpegPhoto", "attr=*", "attr=+"}) EXPECT_THAT(log, Not(HasSubstr(word)));
  EXPECT_THAT(log, Not(HasSubstr(server["READER_PW"])));
}

TEST_F(LdapSourceTest, IsIncompleteWhenTheServerIsKilledMidway) {
  START(server, "--ldif", directory({"--people", "400", "--groups", "5"}));
  SourceSettings settings = settings_of(server);
  settings.page_size = 50;
  auto source = sources::make_ldap_source(settings, shape_by("entryUUID"), Secret(server["READER_PW"]));
  ASSERT_TRUE(source);
  std::set<std::string> keys;
  std::size_t records = 0;
  const ReadReport report = (*source)->read({}, [&](Record&& r) {
    if (records++ == 0) {
      EXPECT_TRUE(server.control({"kill"}));
    }
    keys.insert(r.key);
  });
  EXPECT_FALSE(report.complete);
  EXPECT_TRUE(report.reached);
  EXPECT_THAT(report.detail, HasSubstr("the connection broke"));
  EXPECT_GT(records, 0u);
  EXPECT_LT(records, 400u);
  EXPECT_EQ(keys.size(), records);
  ASSERT_TRUE(server.control({"start"}));
  const Reading next = read(**source);
  EXPECT_TRUE(next.report.complete) << next.report.detail;
  EXPECT_EQ(next.report.people, 400);
}

TEST_F(LdapSourceTest, CancelEndsARunningReadAndNotTheNext) {
  START(server, "--ldif", directory({"--people", "400", "--groups", "5"}));
  SourceSettings settings = settings_of(server);
  settings.page_size = 50;
  auto source = sources::make_ldap_source(settings, shape_by("entryUUID"), Secret(server["READER_PW"]));
  const ReadReport report = (*source)->read({}, [&](Record&&) { (*source)->cancel(); });
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.detail, HasSubstr("cancelled"));
  EXPECT_LT(report.people, 400);
  EXPECT_TRUE(read(**source).report.complete);
}

TEST_F(LdapSourceTest, ReadsPeopleOnlyWhereNoGroupsAreConfigured) {
  START(server, "--ldif", directory({"--people", "5", "--groups", "2"}));
  SourceSettings settings = settings_of(server);
  settings.groups = {};
  const Reading reading = read(settings, server["READER_PW"]);
  EXPECT_TRUE(reading.report.complete);
  EXPECT_THAT(reading.records, SizeIs(5));
}

TEST_F(LdapSourceTest, TakesTheOwnFilterBeforeTheMappings) {
  START(server, "--ldif", directory({"--people", "20", "--groups", "2"}));
  SourceSettings settings = settings_of(server);
  settings.people.filter = "(uid=u0000007)";
  EXPECT_EQ(read(settings, server["READER_PW"]).report.people, 1);
  settings.people.filter = "(noSuchAttribute=x)";
  const Reading none = read(settings, server["READER_PW"]);
  EXPECT_FALSE(none.report.complete);
  ASSERT_THAT(none.report.warnings, SizeIs(1));
  EXPECT_THAT(none.report.warnings[0].detail, HasSubstr("(noSuchAttribute=x) matched nothing"));
}

TEST_F(LdapSourceTest, ProbeSaysWhatWasReached) {
  START(server);
  auto source = sources::make_ldap_source(settings_of(server), shape_by("entryUUID"), Secret(server["READER_PW"]));
  EXPECT_EQ((*source)->probe(),
            server["LDAP_URI"] + ": OpenLDAP, bound as cn=reader,dc=example,dc=test, paged results yes");
  auto wrong = sources::make_ldap_source(settings_of(server), shape_by("entryUUID"), Secret("wrong"));
  ASSERT_FALSE((*wrong)->probe());
  EXPECT_EQ((*wrong)->probe().error().kind, ErrorKind::unauthenticated);
}

TEST_F(LdapSourceTest, BindsByPeerCredentialsOnALocalSocket) {
  START(server, "--ldif", directory({"--people", "5", "--groups", "2"}));
  SourceSettings settings = settings_of(server);
  settings.uris = {server["LDAPI_URI"]};
  settings.sasl = "EXTERNAL";
  settings.bind_dn.clear();
  const Reading reading = read(settings, "");
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  EXPECT_EQ(reading.report.people, 5);
}

}  // namespace
}  // namespace rollcall::test
