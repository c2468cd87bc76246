#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/source_reading.hpp"

namespace rollcall::sources {
namespace {

using test::known_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RecordShape shape_by(const std::string& id) {
  RecordShape shape;
  shape.attributes = {"cn", "entryUUID", "mail", "uid"};
  shape.group_attributes = {"cn", "entryUUID"};
  shape.member_attributes = {"member", "uniqueMember", "memberUid"};
  shape.people_filter = "(objectClass=inetOrgPerson)";
  shape.group_filter = "(|(objectClass=groupOfNames)(objectClass=posixGroup))";
  shape.person_key = shape.group_key = [id](const Attributes& entry) -> std::optional<std::string> {
    const auto at = entry.find(id);
    if (at == entry.end()) return std::nullopt;
    return at->second.front();
  };
  shape.key_attributes = {id};
  return shape;
}

std::string person(const std::string& id, const std::string& more = "") {
  return "dn: uid=" + id + ",ou=People,dc=x\nobjectClass: inetOrgPerson\nentryUUID: id-" + id + "\nuid: " + id + "\n" +
         more + "\n";
}

class LdifSourceTest : public testing::Test {
 protected:
  LdifSourceTest() {
    settings_.name = "contractors";
    settings_.type = "ldif";
    settings_.path =
        std::filesystem::temp_directory_path() / ("ldif_source_test." + std::to_string(::getpid()) + ".ldif");
  }
  ~LdifSourceTest() override { std::remove(settings_.path.c_str()); }

  void write(const std::string& text) { std::ofstream(settings_.path, std::ios::binary) << text; }
  ReadReport read(const Known& known = {}) {
    auto source = make_ldif_source(settings_, shape_);
    EXPECT_TRUE(source);
    records_.clear();
    return (*source)->read(known, [this](Record&& r) { records_.push_back(std::move(r)); });
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const Record& r : records_) out.push_back(r.key);
    return out;
  }
  // A first read of good content, then one of other content against it.
  ReadReport read_after(const std::string& before, const std::string& after) {
    write(before);
    EXPECT_TRUE(read().complete);
    const Known known = known_of(records_);
    write(after);
    return read(known);
  }

  SourceSettings settings_;
  RecordShape shape_ = shape_by("entryUUID");
  std::vector<Record> records_;
};

TEST_F(LdifSourceTest, ReadsPeopleAndGroupsWithTheirLocatorsAndMembers) {
  write("version: 1\n\n# a comment\n" +
        person("a", "cn:: w4RyZ2Vy\ncn;lang-ja: other\nmail: a@x\nmail: b@x\ntitle: not mapped\n") +
        "dn: cn=g,dc=x\nobjectClass: groupOfNames\nentryUUID: id-g\ncn: g\nmember: UID=a, ou=people,dc=x\n\n");
  const ReadReport report = read();
  EXPECT_TRUE(report.complete) << report.detail;
  ASSERT_THAT(keys(), ElementsAre("id-a", "id-g"));
  const Record& a = records_[0];
  EXPECT_EQ(a.locator, "uid=a,ou=People,dc=x");
  EXPECT_EQ(a.normal_locator, "uid=a,ou=people,dc=x");
  EXPECT_EQ(a.attributes,
            (Attributes{{"cn", {"\xC3\x84rger"}}, {"entryUUID", {"id-a"}}, {"mail", {"a@x", "b@x"}}, {"uid", {"a"}}}));
  EXPECT_EQ(a.has, 0b1111u);
  EXPECT_EQ(records_[1].kind, RecordKind::group);
  EXPECT_THAT(records_[1].members, ElementsAre("UID=a, ou=people,dc=x"));
  EXPECT_EQ(report.people, 1);
  EXPECT_EQ(report.groups, 1);
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(report.content_id, testing::StartsWith("sha256:"));
}

TEST_F(LdifSourceTest, HandsNothingOnWhenNothingChanged) {
  const std::string text = person("a", "mail: a@x\nmail: b@x\n") + person("b");
  const ReadReport report = read_after(text, text);
  EXPECT_TRUE(report.complete);
  EXPECT_THAT(records_, IsEmpty());
  EXPECT_THAT(report.seen_people, ElementsAre(true, true));
  EXPECT_EQ(report.people, 2);
}

TEST_F(LdifSourceTest, FindsEverybodyAmongManyKnown) {
  for (const int count : {1, 2, 3, 17, 1000}) {
    std::string text;
    for (int i = 0; i < count; ++i) text += person("p" + std::to_string(i));
    const ReadReport report = read_after(text, text + person("new"));
    EXPECT_THAT(keys(), ElementsAre("id-new")) << count;
    EXPECT_EQ(std::count(report.seen_people.begin(), report.seen_people.end(), true), count);
  }
}

TEST_F(LdifSourceTest, SeesNoChangeInTheOrderOfValuesAndRecords) {
  EXPECT_TRUE(read_after(person("a", "mail: a@x\nmail: b@x\n") + person("b"),
                         person("b") + person("a", "mail: b@x\nmail: a@x\n"))
                  .complete);
  EXPECT_THAT(records_, IsEmpty());
}

TEST_F(LdifSourceTest, HandsOnWhoChangedMovedOrIsNewAndCountsWhatIsLacking) {
  const ReadReport report = read_after(person("a", "mail: a@x\n") + person("b", "mail: b@x\n") + person("c"),
                                       person("a") + person("b", "mail: b@x\n") + person("d"));
  EXPECT_TRUE(report.complete);
  EXPECT_THAT(keys(), ElementsAre("id-a", "id-d"));
  EXPECT_THAT(report.lacking, ElementsAre(0, 0, 1, 0));
  EXPECT_EQ(std::count(report.seen_people.begin(), report.seen_people.end(), true), 2);
}

TEST_F(LdifSourceTest, MakesOnlyTheOwnerOfABadRecordUnknown) {
  for (const char* bad : {"mail:: !!!\n", "mail no colon\n", "mail:< file:///etc/hostname\n", "mail:: YQ\n"}) {
    const ReadReport report = read_after(person("a", "mail: a@x\n") + person("b") + person("c"),
                                         person("a", bad) + person("b", "mail: new@x\n") + person("c"));
    EXPECT_TRUE(report.complete) << bad << report.detail;
    EXPECT_THAT(keys(), ElementsAre("id-b")) << bad;
    EXPECT_THAT(report.unusable, ElementsAre("id-a")) << bad;
    EXPECT_EQ(report.people, 2);
    EXPECT_THAT(report.seen_people, ElementsAre(true, true, true));
    EXPECT_THAT(report.lacking, ElementsAre(0, 0, 0, 0));
    ASSERT_EQ(report.warnings.size(), 1u);
    EXPECT_EQ(report.warnings[0].record, settings_.path + ":1: uid=a,ou=People,dc=x");
  }
}

TEST_F(LdifSourceTest, NamesThePlaceAndTheDnOfARecordWithoutId) {
  write(person("a") + "\n# no id\ndn: uid=b,dc=x\nobjectClass: inetOrgPerson\nuid: b\n\n");
  const ReadReport report = read();
  EXPECT_TRUE(report.complete);
  EXPECT_THAT(keys(), ElementsAre("id-a"));
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_EQ(report.warnings[0].record, settings_.path + ":8: uid=b,dc=x");
  EXPECT_THAT(report.warnings[0].detail, HasSubstr("id yields nothing"));
  EXPECT_THAT(report.unusable_locators, ElementsAre("uid=b,dc=x"));
}

TEST_F(LdifSourceTest, NamesTheLineBehindFoldedLinesAndComments) {
  write(
      "version: 1\r\n\r\n# c\r\n folded comment\r\n"
      "dn: uid=a,\r\n dc=x\r\nobjectClass: inetOrgPerson\r\nentryUUID: 1\r\n\r\n\r\n"
      "dn: uid=b,dc=x\r\nobjectClass: inetOrgPerson\r\n\r\n");
  const ReadReport report = read();
  EXPECT_TRUE(report.complete) << report.detail;
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].locator, "uid=a,dc=x");
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_EQ(report.warnings[0].record, settings_.path + ":11: uid=b,dc=x");
}

TEST_F(LdifSourceTest, IsIncompleteWhenTheFileIsCutShort) {
  const std::string text = person("a") + person("b", "mail: somebody@example.test\n");
  for (const std::size_t cut : {text.size() - 3, text.size() - 20}) {
    write(text.substr(0, cut));
    const ReadReport report = read();
    EXPECT_FALSE(report.complete);
    EXPECT_TRUE(report.reached);
    EXPECT_THAT(report.detail, HasSubstr("cut short"));
    EXPECT_THAT(keys(), ElementsAre("id-a"));  // never half a record
  }
}

TEST_F(LdifSourceTest, IsIncompleteWithoutTheFile) {
  std::remove(settings_.path.c_str());
  const ReadReport report = read();
  EXPECT_FALSE(report.complete);
  EXPECT_FALSE(report.reached);
  EXPECT_THAT(report.detail, HasSubstr("No such file"));
  settings_.path = std::filesystem::temp_directory_path();
  EXPECT_FALSE(read().complete);
  settings_.path += "/ldif_source_test.none";
}

TEST_F(LdifSourceTest, IsIncompleteForChangeRecordsAndNamesTheirLines) {
  write(person("a") + "dn: uid=b,dc=x\nchangetype: delete\n\n" + person("c"));
  const ReadReport report = read();
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.detail, HasSubstr(settings_.path + ":6: changetype: this is a change record of uid=b,dc=x"));
  EXPECT_THAT(keys(), ElementsAre("id-a", "id-c"));
}

TEST_F(LdifSourceTest, IsIncompleteForARecordThatIsNobodys) {
  for (const char* record : {"cn: no dn\nsn: x\n\n", "dn:: !!!!\ncn: x\n\n", "dn: not a dn\ncn: x\n\n",
                             "dn:< file:///etc/hostname\ncn: x\n\n"}) {
    write(person("a") + record + person("b"));
    const ReadReport report = read();
    EXPECT_FALSE(report.complete) << record;
    EXPECT_THAT(report.detail, HasSubstr(settings_.path + ":6: ")) << record;
    EXPECT_THAT(keys(), ElementsAre("id-a", "id-b")) << record;
  }
}

TEST_F(LdifSourceTest, FollowsNothingThatPointsElsewhere) {
  write(person("a") + "include: file:///etc/hostname\n\n");
  const ReadReport report = read();
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.detail, HasSubstr(":6: include: is not supported"));
}

TEST_F(LdifSourceTest, RefusesBinaryFilesAndEmptyOnes) {
  write(person("a") + std::string("\0\n", 2));
  EXPECT_FALSE(read().complete);
  write("");
  const ReadReport report = read();
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.detail, HasSubstr("only 0 people"));
}

TEST_F(LdifSourceTest, KeepsToBaseScopeAndOwnFilter) {
  write(person("a") + "dn: uid=deep,ou=sub,ou=People,dc=x\nobjectClass: inetOrgPerson\nentryUUID: deep\n\n" +
        "dn: uid=far,dc=x\nobjectClass: inetOrgPerson\nentryUUID: far\n\n");
  settings_.people.base = "OU=people, dc=x";
  read();
  EXPECT_THAT(keys(), ElementsAre("id-a", "deep"));
  settings_.people.scope = "one";
  read();
  EXPECT_THAT(keys(), ElementsAre("id-a"));
  settings_.people.scope = "base";
  settings_.people.base = "uid=far,dc=x";
  read();
  EXPECT_THAT(keys(), ElementsAre("far"));
  settings_.people = {.filter = "(entryUUID=deep)"};
  read();
  EXPECT_THAT(keys(), ElementsAre("deep"));
}

TEST_F(LdifSourceTest, WantsItsSentinelsAmongPeopleAndGroups) {
  write(person("a") + "dn: cn=g,dc=x\nobjectClass: groupOfNames\nentryUUID: g\n\n");
  settings_.sentinels = {"UID=A, OU=people,dc=x", "cn=G,dc=x"};
  EXPECT_TRUE(read().complete);
  settings_.sentinels.push_back("uid=canary,dc=x");
  const ReadReport report = read();
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.detail, HasSubstr("the sentinel uid=canary,dc=x was not seen"));
  settings_.sentinels = {"canary"};
  EXPECT_FALSE(make_ldif_source(settings_, shape_));
}

TEST_F(LdifSourceTest, WantsTheMinimum) {
  write(person("a"));
  settings_.minimum = 2;
  const ReadReport report = read();
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.detail, HasSubstr("only 1 people were read, and minimum is 2"));
}

TEST_F(LdifSourceTest, TakesAKeyOnceAndNamesTheOther) {
  shape_ = shape_by("mail");
  write(person("a", "mail: same@x\n") + person("b", "mail: same@x\n") + person("a", "mail: same@x\n"));
  const ReadReport report = read();
  EXPECT_EQ(report.people, 1);
  EXPECT_THAT(keys(), ElementsAre("same@x"));
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_THAT(report.warnings[0].record, HasSubstr("uid=b"));
}

TEST_F(LdifSourceTest, LeavesOutAnEntryOfMoreThanAMebibyteAndKeepsWhatWasKnown) {
  const ReadReport report =
      read_after(person("a") + person("b"), person("a", "cn: " + std::string(1 << 20, 'x') + "\n") + person("b"));
  EXPECT_TRUE(report.complete) << report.detail;
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_THAT(report.unusable, ElementsAre("id-a"));
}

TEST_F(LdifSourceTest, KeepsOctetsThatAreNoText) {
  write(person("a", "cn:: AP/+\n"));
  EXPECT_TRUE(read().complete);
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].attributes.at("cn").front(), std::string("\0\xff\xfe", 3));
}

TEST_F(LdifSourceTest, TakesMembersFromTheFirstAttributeThatHasSome) {
  write(person("a") +
        "dn: cn=g,dc=x\nobjectClass: posixGroup\nentryUUID: g\nmemberUid: a\nuniqueMember: uid=a,dc=x#'01'B\n\n");
  read();
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_THAT(records_[1].members, ElementsAre("uid=a,dc=x#'01'B"));
}

TEST_F(LdifSourceTest, GivesAGroupAnewWhenOneMemberChanged) {
  const std::string group = "dn: cn=g,dc=x\nobjectClass: groupOfNames\nentryUUID: g\nmember: uid=a\n";
  read_after(person("a") + group + "member: uid=b\n\n", person("a") + group + "member: uid=c\n\n");
  EXPECT_THAT(keys(), ElementsAre("g"));
  EXPECT_THAT(records_[0].members, ElementsAre("uid=a", "uid=c"));
}

TEST_F(LdifSourceTest, RefusesAFilterThatCannotBeRead) {
  settings_.people.filter = "(uid=";
  const auto source = make_ldif_source(settings_, shape_);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, ErrorKind::invalid);
}

TEST_F(LdifSourceTest, ProbeCounts) {
  write(person("a") + person("b"));
  auto source = make_ldif_source(settings_, shape_);
  EXPECT_EQ((*source)->probe(), settings_.path + ": 2 people, 0 groups");
}

}  // namespace
}  // namespace rollcall::sources
