#include "language/mapping.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace rollcall::language {
namespace {

namespace fs = std::filesystem;

class Mapping : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        fs::path(testing::TempDir()) / ("rollcall-mapping-" + std::string(info->name()) + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& text, const std::string& name = "m.toml") {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  // The problems as they are shown, without the folder.
  std::string shown(const Problems& problems) {
    std::string out;
    for (Problem problem : problems) {
      problem.file = fs::path(problem.file).filename().string();
      out += to_string(problem) + "\n";
    }
    return out;
  }
  std::string source_problems(const std::string& text, bool scim = false) {
    auto loaded = load_source_mapping(write(text), scim);
    return loaded ? "" : shown(loaded.error());
  }
  std::string provider_problems(const std::string& text) {
    auto loaded = load_provider_mapping(write(text), {"username", "email", "firstname", "lastname"},
                                        {"custom_attribute_"}, "onelogin-v3");
    return loaded ? "" : shown(loaded.error());
  }
  SourceMapping source(const std::string& text, bool scim = false) {
    auto loaded = load_source_mapping(write(text), scim);
    EXPECT_TRUE(loaded) << (loaded ? "" : shown(loaded.error()));
    return loaded ? *loaded : SourceMapping{};
  }
  ProviderMapping provider(const std::string& text) {
    auto loaded = load_provider_mapping(write(text), {}, {}, "x");
    EXPECT_TRUE(loaded) << (loaded ? "" : shown(loaded.error()));
    return loaded ? *loaded : ProviderMapping{};
  }
  fs::path folder_;
};

const std::string minimal = "[person]\nid = \"{entryUUID}\"\nuserName = \"{uid}\"\n";

TEST_F(Mapping, TheContractsDefaultsHoldWhereNoFilterIsGiven) {
  const auto mapping = source(minimal);
  EXPECT_EQ(mapping.people_filter, "(objectClass=inetOrgPerson)");
  EXPECT_EQ(mapping.group_filter,
            "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))");
  EXPECT_FALSE(mapping.has_groups);
}

TEST_F(Mapping, TheAttributesToReadComeFromTheTemplates) {
  const auto mapping = source(
      minimal +
      "displayName = \"{cn ?? displayName}\"\nemail = \"{mail | lower} {UID}\"\nmanager = \"{manager | dn(uid)}\"\n"
      "[group]\nid = \"{entryUUID}\"\nname = \"{cn}\"\nmembers = \"{uniqueMember ?? member}\"\n");
  const RecordShape shape = mapping.shape();
  EXPECT_EQ(shape.attributes, (std::vector<std::string>{"cn", "displayName", "entryUUID", "mail", "manager", "UID"}));
  EXPECT_EQ(shape.group_attributes, (std::vector<std::string>{"cn", "entryUUID"}));
  EXPECT_EQ(shape.key_attributes, (std::vector<std::string>{"entryUUID"}));
  EXPECT_EQ(shape.member_attributes, (std::vector<std::string>{"uniqueMember", "member"}));
}

// Promise 12: identity is the immutable id.
TEST_F(Mapping, Promise12TheKeyIsWhatTheIdTemplateYields) {
  const auto shape = source("[person]\nid = \"{objectGUID | uuid}\"\nuserName = \"{uid}\"\n").shape();
  const Attributes guid = {
      {"objectguid", {std::string("\xa3\x08\x04\xa2\xd5\x26\xac\x4b\xa1\xa4\x9f\x07\xd5\x45\x90\x84", 16)}}};
  EXPECT_EQ(shape.person_key(guid), "a20408a3-26d5-4bac-a1a4-9f07d5459084");
  EXPECT_EQ(shape.person_key({{"uid", {"x"}}}), std::nullopt);
  EXPECT_EQ(shape.person_key({{"objectGUID", {"bad"}}}), std::nullopt);
  EXPECT_EQ(shape.person_key({{"objectGUID", {}}}), std::nullopt);
}

TEST_F(Mapping, AKeyIsNeverInvalidUtf8NorHasItControlCharacters) {
  const auto shape = source(minimal).shape();
  EXPECT_EQ(shape.person_key({{"entryUUID", {"b", "a"}}}), "a");
  EXPECT_EQ(shape.person_key({{"entryUUID", {"\xff"}}}), std::nullopt);
  EXPECT_EQ(shape.person_key({{"entryUUID", {std::string("a\0b", 3)}}}), std::nullopt);
  EXPECT_EQ(shape.person_key({{"entryUUID", {""}}}), std::nullopt);
}

TEST_F(Mapping, IdentityValuesHoldNothingEmpty) {
  const auto mapping = source(minimal + "title = \"{title}\"\nemail = \"{mail | lower}\"\n");
  const Attributes record = {{"uid", {"jdoe"}}, {"mail", {"J@X"}}, {"title", {""}}};
  const std::map<std::string, std::string> wanted = {{"email", "j@x"}, {"userName", "jdoe"}};
  EXPECT_EQ(mapping.identity_values(AttributesLookup(record)), wanted);
}

TEST_F(Mapping, ActiveIsNormalisedAndNonsenseIsReportedAndNotTakenForActive) {
  const auto mapping = source(minimal + "active = \"{enabled}\"\n");
  auto active = [&](Values values, std::vector<std::string>* bad) {
    const Attributes record = {{"enabled", std::move(values)}};
    const auto found = mapping.identity_values(AttributesLookup(record), bad);
    return found.count("active") ? found.at("active") : "-";
  };
  std::vector<std::string> bad;
  EXPECT_EQ(active({"TRUE"}, &bad), "true");
  EXPECT_EQ(active({"False"}, &bad), "false");
  EXPECT_EQ(active({}, &bad), "-");
  EXPECT_TRUE(bad.empty());
  EXPECT_EQ(active({"maybe"}, &bad), "-");
  EXPECT_EQ(bad, (std::vector<std::string>{"active is neither true nor false"}));
}

TEST_F(Mapping, DatesAreNormalisedAndNonsenseIsReported) {
  const auto mapping = source(minimal + "startDate = \"{s}\"\nendDate = \"{e}\"\n");
  std::vector<std::string> bad;
  const Attributes day = {{"s", {"2026-11-21"}}, {"e", {"2026-11-21"}}}, odd = {{"e", {"21.11.2026"}}};
  auto values = mapping.identity_values(AttributesLookup(day), &bad);
  EXPECT_EQ(values["startDate"], "2026-11-21T00:00:00Z");
  EXPECT_EQ(values["endDate"], "2026-11-21T23:59:59Z");
  EXPECT_TRUE(bad.empty());
  EXPECT_TRUE(mapping.identity_values(AttributesLookup(odd), &bad).empty());
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_NE(bad[0].find("endDate is no date"), std::string::npos);
}

// Promise 9: one bad record never stops the others, and is reported with the reason.
TEST_F(Mapping, Promise9InvalidUtf8AndControlCharactersAreReportedByAttribute) {
  const auto mapping = source(minimal + "familyName = \"{sn}\"\nemail = \"{mail}\"\ntitle = \"{title}\"\n");
  const Attributes record = {
      {"uid", {"j\r\ndoe"}}, {"sn", {"M\xfcller"}}, {"mail", {"a@x\xc2\x85"}}, {"title", {"a\nb\u202e"}}};
  std::vector<std::string> bad;
  auto values = mapping.identity_values(AttributesLookup(record), &bad);
  EXPECT_EQ(bad, (std::vector<std::string>{"email contains control characters", "familyName is not valid UTF-8",
                                           "userName contains control characters"}));
  EXPECT_EQ(values.count("familyName"), 0u);
  EXPECT_EQ(values["title"], "a\nb\u202e");
  EXPECT_EQ(values["userName"], "j\r\ndoe");
}

TEST_F(Mapping, AUserNameOfBlanksIsReported) {
  const Attributes record = {{"uid", {"  "}}};
  std::vector<std::string> bad;
  source(minimal).identity_values(AttributesLookup(record), &bad);
  EXPECT_EQ(bad, (std::vector<std::string>{"userName is nothing but white space"}));
}

TEST_F(Mapping, TheFingerprintFollowsTheMeaningAndNotTheLayout) {
  const auto first = source(minimal + "[table.t]\na = \"1\"\n").fingerprint;
  EXPECT_EQ(source("# c\n[table.t]\na = '1' # x\n[person]\nuserName = '{uid}'\nid='{entryUUID}'\n[account]\nx=\"y\"\n")
                .fingerprint,
            first);
  EXPECT_NE(source(minimal + "[table.t]\na = \"2\"\n").fingerprint, first);
  EXPECT_NE(source(minimal + "title = \"{title}\"\n[table.t]\na = \"1\"\n").fingerprint, first);
  EXPECT_TRUE(first.starts_with("sha256:"));
}

TEST_F(Mapping, TracesEveryAttribute) {
  const auto mapping = source(minimal + "email = \"{mail | lower}\"\n");
  const Attributes record = {{"entryUUID", {"e1"}}, {"mail", {"A@X"}}, {"uid", {"\xff"}}};
  const auto trace = mapping.trace(AttributesLookup(record));
  ASSERT_EQ(trace.size(), 3u);
  EXPECT_EQ(trace[0].key + "=" + trace[0].result, "id=e1");
  EXPECT_EQ(trace[1].key + "=" + trace[1].result, "email=a@x");
  EXPECT_EQ(trace[1].steps.size(), 2u);
  EXPECT_EQ(trace[2].problem, "is not valid UTF-8");
}

TEST_F(Mapping, AMissingIdOrUserNameIsAnErrorAtTheTablesHeader) {
  EXPECT_EQ(source_problems("\n[person]\nusername = \"{uid}\"\n"),
            "m.toml:2:1: person.id: this key is missing\n"
            "m.toml:2:1: person.userName: this key is missing: it is spelt `userName`, not `username`\n"
            "m.toml:3:1: person.username: this identity attribute is spelt `userName`\n");
  EXPECT_EQ(source_problems("[account]\nx = \"y\"\n"),
            "m.toml:1:1: person: the table [person] is missing: it makes an identity of a record\n");
}

TEST_F(Mapping, SeveralProblemsAreToldAtOnceWithTheirPlaces) {
  EXPECT_EQ(source_problems(
                "[persn]\n[source]\npeople = \"objectClass=x\"\ngroup = \"(a=b)\"\n"
                "[person]\nid = \"{entryUUID}\"\nuserName = \"{uid | lowr}\"\nactive = true\n\"x y\" = \"{a}\"\n"),
            "m.toml:1:2: persn: unknown table (did you mean `person`?)\n"
            "m.toml:8:10: person.active: a text is expected here, not a boolean\n");
  EXPECT_EQ(source_problems(
                "[source]\npeople = \"objectClass=x\"\ngroup = \"(a=b)\"\n"
                "[person]\nid = \"{entryUUID}\"\nuserName = \"{uid | lowr}\"\n\"x y\" = \"{a}\"\ngroups = \"{a}\"\n"),
            "m.toml:2:11: source.people: this is no LDAP filter (RFC 4515): one pair of parentheses is around it all\n"
            "m.toml:3:1: source.group: unknown key (did you mean `groups`?)\n"
            "m.toml:6:20: person.userName: unknown function `lowr` (did you mean `lower`?)\n"
            "m.toml:7:1: person.x y: a name of an identity attribute has letters, digits, `-` and `_`, and begins with "
            "a letter\n"
            "m.toml:8:1: person.groups: `groups` is filled in by rollcall: it cannot be mapped\n");
}

TEST_F(Mapping, TheColumnIsRightBehindEscapes) {
  EXPECT_EQ(source_problems("[person]\nid = \"{entryUUID}\"\nuserName = \"é\\\"{uid | nope}\"\n"),
            "m.toml:3:23: person.userName: unknown function `nope`\n");
}

TEST_F(Mapping, AnUnknownTableOfValuesIsNamedWithTheNearest) {
  EXPECT_EQ(source_problems("[table.sites]\nB = \"Berlin\"\n[person]\nid = \"{e}\"\nuserName = \"{uid}\"\ncity = \"{l "
                            "| lookup(site)}\"\n"),
            "m.toml:6:21: person.city: there is no table [table.site] (did you mean `sites`?)\n");
}

TEST_F(Mapping, WrongTypesAreErrors) {
  EXPECT_EQ(source_problems("person = \"x\"\ntable = 5\n"),
            "m.toml:1:1: person: a table [person] is expected here, not a text\n"
            "m.toml:2:1: table: a table [table] is expected here, not a number\n");
  EXPECT_EQ(source_problems("[table]\na = \"b\"\n[table.t]\nc = 5\n[person]\nid = [1]\nuserName.x = \"y\"\n"),
            "m.toml:2:1: table.a: tables of values are named: [table.NAME]\n"
            "m.toml:4:5: table.t.c: a text is expected here, not a number\n"
            "m.toml:6:6: person.id: a text is expected here, not a list\n"
            "m.toml:7:1: person.userName: a text is expected here, not a table (a key with dots stands in quotes: "
            "\"name.part\")\n");
}

TEST_F(Mapping, WhatIsNoTomlIsOneProblemWithItsPlace) {
  const std::string shown = source_problems("[person]\nid = \n");
  EXPECT_TRUE(shown.starts_with("m.toml:2:")) << shown;
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 1) << shown;
  EXPECT_TRUE(source_problems("[person]\nid = \"a\"\nid = \"b\"\n").starts_with("m.toml:3:"));
  EXPECT_TRUE(source_problems("[person]\nid = \"\xff\"\n").starts_with("m.toml:2:"));
}

TEST_F(Mapping, AFileThatIsNotThereIsAProblemThatNamesIt) {
  for (const std::string& path : {(folder_ / "nope.toml").string(), folder_.string()}) {
    auto loaded = load_source_mapping(path, false);
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(to_string(loaded.error().front()).starts_with(path + ": ")) << to_string(loaded.error().front());
  }
}

TEST_F(Mapping, GroupsAreCheckedToo) {
  EXPECT_EQ(
      source_problems(minimal + "[group]\nid = \"{entryUUID}\"\nnames = \"{cn}\"\nmembers = \"{member | lower}\"\n"),
      "m.toml:4:1: group.name: this key is missing\n"
      "m.toml:6:1: group.names: unknown key (did you mean `name`?)\n"
      "m.toml:7:12: group.members: members are read as they are: only attributes and `??` in one pair of braces, as in "
      "{member ?? memberUid}\n");
}

TEST_F(Mapping, AnLdapMappingTakesNoScimPathsAndNoOptions) {
  EXPECT_EQ(source_problems("[person]\nid = \"{entryUUID}\"\nuserName = \"{uid}{cn;lang-ja}\"\nemail = "
                            "'{emails[primary eq true].value}'\n"
                            "title = \"{2.5.4.12}\"\n"),
            "m.toml:3:19: person.userName: `cn;lang-ja` has an option: only values without options are read\n"
            "m.toml:4:11: person.email: `emails[primary eq true].value` is no LDAP attribute; SCIM paths stand in the "
            "mappings of SCIM "
            "sources\n");
}

TEST_F(Mapping, AScimSourceHasPathsAndNoFilters) {
  EXPECT_EQ(source("[person]\nid = \"{id}\"\nuserName = \"{name.familyName}\"\n", true).people_filter, "");
  EXPECT_EQ(source_problems("[source]\npeople = \"(a=b)\"\n[person]\nid = \"{id}\"\nuserName = \"{userName}\"\n", true),
            "m.toml:2:1: source.people: a SCIM source is pushed: it has no filters\n");
}

// Promise 10: what is kept with a person stands in the clear.
TEST_F(Mapping, Promise10APushedPasswordIsHandedOnAndNeverAnAttribute) {
  const std::string pushed = "[person]\nid = \"{id}\"\nuserName = \"{userName}\"\n";
  const SourceMapping taking = source(pushed + "password = \"{password}\"\n", true);
  EXPECT_TRUE(taking.takes_passwords);
  EXPECT_FALSE(taking.person.contains("password"));
  EXPECT_FALSE(source(pushed, true).takes_passwords);
  for (const char* wrong : {"password = \"x{password}\"", "password = \"{userName}\""})
    EXPECT_TRUE(source_problems(pushed + wrong, true).starts_with("m.toml:4:13: person.password: a password is never kept with a person")) << wrong;
  EXPECT_TRUE(source_problems(pushed + "nickName = \"{Password}\"", true).starts_with("m.toml:4:14: person.nickName: `Password` is in no record"));
  EXPECT_TRUE(source_problems(pushed + "Password = \"{password}\"", true).starts_with("m.toml:4:1: person.Password: this key is spelt `password`"));
  EXPECT_TRUE(source_problems(minimal + "password = \"{password}\"").starts_with("m.toml:4:13: person.password: a password is never kept"));
}

TEST_F(Mapping, AProviderGetsAPushedPasswordAsItIsAndInOneField) {
  const ProviderMapping mapping = provider("[account]\nusername = \"{userName}\"\npassword = \"{password}\"\n");
  EXPECT_EQ(mapping.password_field, "password");
  EXPECT_EQ(mapping.enforced_fields(), std::set<std::string>{"username"});
  EXPECT_TRUE(unset_uses(mapping, {"userName"}).empty()) << "no source mapping has to set it";
  const auto wrong = [&](const std::string& text) {
    auto loaded = load_provider_mapping(write(text), {}, {}, "x");
    return loaded ? "" : shown(loaded.error());
  };
  const std::string rule = "a pushed password is handed on as it is, to one field: password = \"{password}\" in [account]\n";
  EXPECT_EQ(wrong("[account]\nemail = \"{email}\"\npassword = \"x{password}\"\n"), "m.toml:3:15: account.password: " + rule);
  EXPECT_EQ(wrong("[account]\nemail = \"{email}\"\n[account-on-create]\npassword = \"{password}\"\n"),
            "m.toml:4:14: account-on-create.password: " + rule);
  EXPECT_EQ(wrong("[account]\na = \"{password}\"\nb = \"{password}\"\n"), "m.toml:3:7: account.b: " + rule);
  EXPECT_EQ(wrong("[account]\npassword = \"{password}\"\n[account-on-create]\npassword = \"x\"\n"), "") << "for whom nothing was pushed";
}

TEST_F(Mapping, AnIdThatIsTheSameForEverybodyIsAnError) {
  EXPECT_EQ(source_problems("[person]\nid = \"x\"\nuserName = \"{uid}\"\n"),
            "m.toml:2:7: person.id: an id without an attribute in it is the same for everybody\n");
}

TEST_F(Mapping, AnUnknownProviderFieldIsNamedWithTheNearest) {
  EXPECT_EQ(provider_problems("[account]\nfristname = \"{givenName}\"\ncustom_attribute_tier = "
                              "\"x\"\n[account-on-create]\ncustom_attribute_ = \"x\"\n"),
            "m.toml:2:1: account.fristname: unknown field of onelogin-v3 (did you mean `firstname`?)\n"
            "m.toml:5:1: account-on-create.custom_attribute_: unknown field of onelogin-v3\n");
}

TEST_F(Mapping, AProviderMappingNeedsAnAccountAndNamesAFieldOnce) {
  EXPECT_EQ(provider_problems(minimal),
            "m.toml:1:1: account: the table [account] is missing: it makes a provider's fields of an identity\n");
  EXPECT_EQ(provider_problems("[account]\nemail = \"{email}\"\n[account-on-create]\nemail = \"{email}\"\n"),
            "m.toml:4:1: account-on-create.email: this field stands in [account] already, which enforces it\n");
}

TEST_F(Mapping, EnforcedFieldsHoldNoEmptyValueAndBadOnesAreReported) {
  const auto mapping = provider(
      "[account]\nemail = \"{email}\"\nfirstname = \"{givenName}\"\nlastname = \"{familyName}\"\n"
      "[account-on-create]\nopenid_name = \"{userName}\"\n\"profile.x\" = \"fixed\"\n");
  Identity identity;
  identity.values = {{"email", "a@x"}, {"userName", "jdoe"}, {"familyName", "\xff"}};
  std::vector<std::string> bad;
  EXPECT_EQ(mapping.enforced(identity, &bad), (Fields{{"email", "a@x"}}));
  EXPECT_EQ(bad, (std::vector<std::string>{"lastname is not valid UTF-8"}));
  EXPECT_EQ(mapping.created_with(identity), (Fields{{"openid_name", "jdoe"}, {"profile.x", "fixed"}}));
  EXPECT_EQ(mapping.enforced_fields(), (std::set<std::string>{"email", "firstname", "lastname"}));
  EXPECT_EQ(mapping.trace(identity).size(), 5u);
}

TEST_F(Mapping, AnAttributeThatNoSourceSetsIsAnErrorUnlessItsAbsenceIsProvidedFor) {
  const auto mapping = provider(
      "[account]\na = \"{email} {deprtment}\"\nb = \"{mobile ?? phone}\"\nc = \"{title | default('x')}\"\n"
      "d = \"{active}{groups | join(',')}{sources}\"\n[account-on-create]\ne = \"{USERNAME}{startDate | lower}\"\n");
  EXPECT_EQ(shown(unset_uses(mapping, {"email", "userName", "department"})),
            "m.toml:2:15: account.a: no source mapping sets `deprtment` (did you mean `department`?): set it there, or "
            "say here what "
            "holds without it (`??`, `default`, in a condition `pr`)\n"
            "m.toml:7:17: account-on-create.e: no source mapping sets `startDate`: set it there, or say here what "
            "holds without it "
            "(`??`, `default`, in a condition `pr`)\n");
}

TEST_F(Mapping, ConditionsAndTemplatesOfTheConfigurationAreCheckedTheSameWay) {
  const Problem at{"c.toml", 7, 9, "provider.p.scope", ""};
  const auto condition = Condition::parse("active eq true and title eq \"x\" and (phone pr or mobile co \"1\")");
  const Problems problems = unset_uses(*condition, {"userName"}, at);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(to_string(problems[0]).find("c.toml:7:9: provider.p.scope: no source mapping sets `mobile`"), 0u);
  EXPECT_NE(problems[1].text.find("`title`"), std::string::npos);
  EXPECT_TRUE(unset_uses(*Template::parse("{personalEmail ?? email}"), {"email"}, at).empty());
  EXPECT_EQ(unset_uses(*Template::parse("{personalEmail}"), {"email"}, at).size(), 1u);
}

TEST_F(Mapping, IsSearchedBesideTheConfigurationFirst) {
  const std::string config = (folder_ / "etc").string(), data = (folder_ / "data").string();
  EXPECT_EQ(mapping_path("m", config, data), "");
  const std::string last = write("", "data/m.toml");
  EXPECT_EQ(mapping_path("m", config, data), last);
  const std::string second = write("", "data/mappings/m.toml");
  EXPECT_EQ(mapping_path("m", config, data), second);
  const std::string first = write("", "etc/mappings/m.toml");
  EXPECT_EQ(mapping_path("m", config, data), first);
  EXPECT_EQ(mapping_path("../m", (folder_ / "etc/mappings/x").string(), data), "");
  EXPECT_EQ(mapping_path("", config, data), "");
}

}  // namespace
}  // namespace rollcall::language
