#include "unit/store/databases.hpp"

#include <gmock/gmock.h>

#include <map>

#include "crypto/hash.hpp"

namespace rollcall::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Records : public Store {
 protected:
  static RecordRow person(const std::string& key) {
    RecordRow row;
    row.source = "corp";
    row.key = key;
    row.locator = "uid=" + key + ",dc=x";
    row.dn_ref = "uid=" + key + ",dc=x";
    row.user_ref = key;
    row.content = crypto::to_hex(crypto::fingerprint("content of " + key));
    row.body = "{}";
    return row;
  }
  static RecordRow group(const std::string& key) {
    RecordRow row = person(key);
    row.kind = RecordKind::group;
    row.dn_ref = "cn=" + key + ",dc=x";
    row.user_ref.clear();
    return row;
  }
  std::int64_t put(const RecordRow& row) {
    auto id = state_->put_record(row);
    EXPECT_TRUE(id) << id.error().message;
    return id.value_or(0);
  }
};

TEST_P(Records, AStoredRecordComesBackWithEveryMember) {
  RecordRow row = person("k1");
  row.name = "N", row.members_hash = crypto::to_hex(crypto::fingerprint("m")), row.has = ~0ull,
  row.body = R"({"cn":["Zoë"]})";
  row.member_count = 5'000'000'000, row.absent_since = at(1), row.absent_reads = 2, row.absent_content = "sha256:x",
  row.gone = true;
  row.emptied_since = at(4'000'000'000'000), row.emptied_reads = 3, row.first_seen = at(9);
  row.id = put(row);
  const auto back = state_->record(row.id).value();
  ASSERT_TRUE(back);
  EXPECT_EQ(back->has, ~0ull);
  EXPECT_EQ(back->member_count, 5'000'000'000);
  EXPECT_EQ(back->emptied_since, at(4'000'000'000'000));
  EXPECT_EQ(back->body, row.body);
  EXPECT_EQ(std::tie(back->source, back->key, back->locator, back->dn_ref, back->user_ref, back->name, back->content),
            std::tie(row.source, row.key, row.locator, row.dn_ref, row.user_ref, row.name, row.content));
  EXPECT_EQ(std::tie(back->members_hash, back->absent_since, back->absent_reads, back->absent_content, back->gone),
            std::tie(row.members_hash, row.absent_since, row.absent_reads, row.absent_content, row.gone));
  EXPECT_EQ(std::tie(back->emptied_reads, back->first_seen), std::tie(row.emptied_reads, row.first_seen));
}

TEST_P(Records, AnUpdateByIdChangesTheRowAndNoOther) {
  RecordRow a = person("a");
  const auto b = put(person("b"));
  a.id = put(a);
  a.locator = "uid=moved,dc=x";
  EXPECT_EQ(put(a), a.id);
  EXPECT_EQ(state_->record("corp", RecordKind::person, "a").value()->locator, "uid=moved,dc=x");
  EXPECT_EQ(state_->record(b).value()->locator, "uid=b,dc=x");
}

TEST_P(Records, AnUpdateOfARowThatIsGoneIsAnError) {
  RecordRow row = person("a");
  row.id = 4711;
  EXPECT_EQ(state_->put_record(row).error().kind, ErrorKind::not_found);
}

TEST_P(Records, TheSameKeyTwiceIsRefusedWithoutNamingValues) {
  put(person("secret-key"));
  const auto again = state_->put_record(person("secret-key"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
  EXPECT_EQ(again.error().message.find("secret-key"), std::string::npos) << again.error().message;
}

TEST_P(Records, TextsThatABackendWouldCutOrRefuseAreRefusedOnBoth) {
  RecordRow row = person("a");
  row.body = std::string("a\0b", 3);
  EXPECT_EQ(state_->put_record(row).error().kind, ErrorKind::invalid);
  row.body = "\xff";
  EXPECT_EQ(state_->put_record(row).error().kind, ErrorKind::invalid);
  EXPECT_EQ(state_->count_records("corp", RecordKind::person).value(), 0);
}

TEST_P(Records, KnownHoldsTheFingerprintsInOrderOfTheKeys) {
  for (const char* key : {"a", "b", "c", "d", "e"}) put(person(key));
  RecordRow row = group("g");
  row.members_hash = crypto::to_hex(crypto::fingerprint("members"));
  row.has = 5;
  const auto id = put(row);
  const Known known = state_->known("corp").value();
  ASSERT_EQ(known.people.size(), 5u);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_LT(known.people[i - 1].key, known.people[i].key);
  ASSERT_EQ(known.groups.size(), 1u);
  EXPECT_EQ(known.groups[0].key, crypto::fingerprint("g"));
  EXPECT_EQ(known.groups[0].content, crypto::fingerprint("content of g"));
  EXPECT_EQ(known.groups[0].members, crypto::fingerprint("members"));
  EXPECT_EQ(known.groups[0].has, 5u);
  EXPECT_EQ(known.groups[0].row, id);
  EXPECT_THAT(state_->known("other").value().people, IsEmpty());
}

TEST_P(Records, PagesGoByIdAndKind) {
  const auto a = put(person("a"));
  put(group("g"));
  const auto b = put(person("b"));
  const auto page = state_->records_page("corp", RecordKind::person, 0, 1).value();
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].id, a);
  EXPECT_EQ(state_->records_page("corp", RecordKind::person, a, 10).value().at(0).id, b);
  EXPECT_THAT(state_->records_page("corp", RecordKind::person, b, 10).value(), IsEmpty());
}

TEST_P(Records, MissingRecordsAreThoseAbsentGoneOrEmptied) {
  put(person("here"));
  RecordRow absent = person("absent"), gone = person("gone"), emptied = group("emptied");
  absent.absent_since = at(5), gone.gone = true, emptied.emptied_since = at(6);
  absent.id = put(absent);
  put(gone), put(emptied);
  EXPECT_EQ(state_->missing_records("corp").value().size(), 3u);
  EXPECT_EQ(state_->count_records("corp", RecordKind::person).value(), 1);
  EXPECT_EQ(state_->count_records("corp", RecordKind::group).value(), 1);
  absent.absent_since = {};
  put(absent);
  EXPECT_EQ(state_->missing_records("corp").value().size(), 2u);
  EXPECT_EQ(state_->count_records("corp", RecordKind::person).value(), 2);
}

TEST_P(Records, AReferenceFindsByDnKeyAndUserName) {
  RecordRow row = person("KEY-A");
  row.user_ref = "dora";
  const auto id = put(row);
  const auto grp = put(group("team"));
  for (const char* ref : {"uid=KEY-A,dc=x", "key-a", "KEY-A", "dora"})
    EXPECT_THAT(state_->records_by_ref("corp", ref).value(), ElementsAre(std::pair(id, RecordKind::person))) << ref;
  EXPECT_THAT(state_->records_by_ref("corp", "cn=team,dc=x").value(), ElementsAre(std::pair(grp, RecordKind::group)));
  EXPECT_THAT(state_->records_by_ref("other", "dora").value(), IsEmpty());
  EXPECT_THAT(state_->records_by_ref("corp", "").value(), IsEmpty());
  EXPECT_THAT(state_->records_by_user("corp", "dora").value(), ElementsAre(id));
}

TEST_P(Records, ReplacingMembersAnswersWhatChanged) {
  const auto g = put(group("g"));
  EXPECT_THAT(state_->replace_members(g, {{"b", "B"}, {"a", "A"}, {"b", "B2"}}).value().added, ElementsAre("a", "b"));
  const auto delta = state_->replace_members(g, {{"c", "C"}, {"b", "b"}}).value();
  EXPECT_THAT(delta.added, ElementsAre("c"));
  EXPECT_THAT(delta.removed, ElementsAre("a"));
  const auto members = state_->members(g, "", 10).value();
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].raw, "b");  // spelt anew, which is no change of membership
  EXPECT_EQ(state_->members(g, "b", 10).value().at(0).ref, "c");
  EXPECT_THAT(state_->groups_with("corp", "c").value(), ElementsAre(g));
  EXPECT_EQ(state_->replace_members(4711, {}).error().kind, ErrorKind::not_found);
}

TEST_P(Records, EveryMemberComesInOrderOfCodePoints) {
  const auto g = put(group("g")), h = put(group("h"));
  ASSERT_TRUE(state_->replace_members(g, {{"b", ""}, {"B", ""}, {"ä", ""}, {"_", ""}, {"a-b", ""}, {"ab", ""}}));
  ASSERT_TRUE(state_->replace_members(h, {{"b", ""}}));
  std::vector<std::string> refs;
  ASSERT_TRUE(state_->each_member("corp", [&](std::string_view ref, std::int64_t) { refs.emplace_back(ref); }));
  EXPECT_THAT(refs, ElementsAre("B", "_", "a-b", "ab", "b", "b", "ä"));
}

TEST_P(Records, WithinTheRowsOfAQueryTheSameQueryMayBeAskedAgain) {
  const auto g = put(group("g"));
  ASSERT_TRUE(state_->replace_members(g, {{"a", ""}, {"b", ""}}));
  int inner = 0;
  const auto count = [&](std::string_view, std::int64_t) { ++inner; };
  ASSERT_TRUE(state_->each_member(
      "corp", [&](std::string_view, std::int64_t) { EXPECT_OK(state_->each_member("corp", count)); }));
  EXPECT_EQ(inner, 4);
}

TEST_P(Records, OnlyMembersThatMatchNoRecordAtAllDangle) {
  RecordRow gone = person("gone");
  gone.gone = true;
  put(gone);
  RecordRow upper = person("UPPER");
  put(upper);
  put(person("here"));
  const auto g = put(group("g"));
  ASSERT_TRUE(state_->replace_members(g, {{"uid=here,dc=x", "1"},
                                          {"gone", "2"},
                                          {"upper", "3"},
                                          {"cn=g,dc=x", "4"},
                                          {"uid=ghost,dc=x", "UID=Ghost"},
                                          {"phantom", "Phantom"},
                                          {"zombie", "Zombie"}}));
  const auto dangling = state_->dangling_members("corp", 2).value();
  ASSERT_EQ(dangling.size(), 1u);
  EXPECT_EQ(dangling[0].group, g);
  EXPECT_EQ(dangling[0].count, 3);
  EXPECT_THAT(dangling[0].examples, ElementsAre("Phantom", "UID=Ghost"));
}

TEST_P(Records, AnErasedRecordTakesItsMembersAndKeysWithIt) {
  const auto g = put(group("g"));
  ASSERT_TRUE(state_->replace_members(g, {{"a", ""}}));
  ASSERT_TRUE(state_->put_join_keys(g, {{"email", "a@x"}}));
  EXPECT_OK(state_->erase_record(g));
  EXPECT_FALSE(state_->record(g).value());
  EXPECT_THAT(state_->groups_with("corp", "a").value(), IsEmpty());
  EXPECT_THAT(state_->records_by_join_key("email", "a@x").value(), IsEmpty());
  EXPECT_NE(put(group("g")), g) << "an id is never given twice";
}

TEST_P(Records, SourcesKeepTheirFigures) {
  SourceRow row{.name = "corp",
                .last_read = at(1),
                .last_complete = at(2),
                .people = 3,
                .groups = 4,
                .complete = true,
                .detail = "d",
                .content_id = "c",
                .accepted = "h1"};
  EXPECT_OK(state_->put_source(row));
  row.people = 5;
  EXPECT_OK(state_->put_source(row));
  const auto back = state_->source("corp").value();
  ASSERT_TRUE(back);
  EXPECT_EQ(std::tie(back->people, back->groups, back->complete, back->accepted, back->last_complete),
            std::tie(row.people, row.groups, row.complete, row.accepted, row.last_complete));
  EXPECT_EQ(state_->sources().value().size(), 1u);
  EXPECT_FALSE(state_->source("none").value());
}

// --- who is to be looked at again ---

TEST_P(Records, AnotherConfigurationMakesEverybodyDirtyOnce) {
  EXPECT_OK(state_->mark_stale("a"));
  EXPECT_EQ(state_->dirty().value().size(), 1u);
  EXPECT_OK(state_->clear_dirty({0}));
  EXPECT_OK(state_->mark_stale("a"));
  EXPECT_THAT(state_->dirty().value(), IsEmpty());
  EXPECT_OK(state_->mark_stale("b"));
  EXPECT_OK(state_->mark_stale("b"));
  EXPECT_EQ(state_->dirty().value(), (std::vector<std::pair<std::int64_t, std::string>>{{0, ""}}));
}

// --- identities ---

TEST_P(Records, AnIdentityKeepsItsRecordsThroughChanges) {
  IdentityRow row;
  row.person = "p1", row.hash = "h", row.body = "{}", row.records = {7, 8};
  row.presence = Presence::absent, row.active = false, row.left_since = at(4);
  EXPECT_OK(state_->put_identity(row));
  row.records = {8, 9};
  EXPECT_OK(state_->put_identity(row));
  const auto back = state_->identity("p1").value();
  ASSERT_TRUE(back);
  EXPECT_THAT(back->records, ElementsAre(8, 9));
  EXPECT_EQ(back->presence, Presence::absent);
  EXPECT_FALSE(back->active);
  EXPECT_FALSE(state_->person_of(7).value());
  EXPECT_EQ(state_->person_of(9).value(), "p1");
  EXPECT_EQ(state_->count_identities().value(), 1);
  EXPECT_OK(state_->erase_identity("p1"));
  EXPECT_FALSE(state_->person_of(9).value());
}

TEST_P(Records, PagesOfIdentitiesCarryTheirRecords) {
  for (int i = 0; i < 5; ++i) {
    IdentityRow row;
    row.person = "p" + std::to_string(i);
    if (i != 2) row.records = {i * 10 + 1, i * 10 + 2};
    EXPECT_OK(state_->put_identity(row));
  }
  const auto page = state_->identities_page("p0", 3).value();
  ASSERT_EQ(page.size(), 3u);
  EXPECT_THAT(page[0].records, ElementsAre(11, 12));
  EXPECT_THAT(page[1].records, IsEmpty());
  EXPECT_THAT(page[2].records, ElementsAre(31, 32));
}

TEST_P(Records, PeopleAreFoundByKeyUserNameMailAndDn) {
  RecordRow record = person("k");
  record.locator = "UID=K, DC=X";
  IdentityRow row;
  row.person = "Key-1", row.user_name = "dora", row.email = "dora@x.org", row.records = {put(record)};
  EXPECT_OK(state_->put_identity(row));
  for (const char* text : {"Key-1", "dora", "DORA", "Dora@X.org", "uid=k,dc=x", "UID=K,DC=x", "UID=K, DC=X"})
    EXPECT_THAT(state_->find_people(text).value(), ElementsAre("Key-1")) << text;
  for (const char* text : {"key-1", "", "nobody"}) EXPECT_THAT(state_->find_people(text).value(), IsEmpty()) << text;
}

TEST_P(Records, JoinKeysFindRecordsUntilTheyAreReplaced) {
  EXPECT_OK(state_->put_join_keys(1, {{"email", "a@x"}, {"employeeNumber", "7"}, {"email", "a@x"}}));
  EXPECT_OK(state_->put_join_keys(2, {{"email", "a@x"}}));
  EXPECT_THAT(state_->records_by_join_key("email", "a@x").value(), ElementsAre(1, 2));
  EXPECT_OK(state_->put_join_keys(1, {{"employeeNumber", "7"}}));
  EXPECT_THAT(state_->records_by_join_key("email", "a@x").value(), ElementsAre(2));
  EXPECT_THAT(state_->records_by_join_key("employeeNumber", "7").value(), ElementsAre(1));
}

ON_BOTH_BACKENDS(Records);

}  // namespace
}  // namespace rollcall::store
