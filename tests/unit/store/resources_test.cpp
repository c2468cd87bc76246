#include <gmock/gmock.h>

#include "unit/store/databases.hpp"

namespace rollcall::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Resources : public Store {
 protected:
  std::int64_t put(RecordKind kind, const std::string& id, const std::string& handle, std::vector<std::string> emails = {},
                   const std::string& source = "hr") {
    RecordRow record;
    record.source = source;
    record.kind = kind;
    record.key = id;
    record.content = std::string(32, '0');
    const auto number = state_->put_record(record);
    EXPECT_TRUE(number) << number.error().message;
    ResourceRow row{number.value_or(0), source, kind, id, handle, "x-" + id, "Display of " + handle, 1, at(5), at(6), "{}"};
    EXPECT_OK(state_->put_resource(row, emails));
    return row.record;
  }
  std::vector<std::int64_t> dirty() {
    std::vector<std::int64_t> out;
    const auto rows = state_->dirty().value();
    for (const auto& [record, _] : rows) out.push_back(record);
    return out;
  }
  static constexpr auto user = RecordKind::person, group = RecordKind::group;
  using Key = State::ResourceKey;
};

TEST_P(Resources, AStoredResourceComesBackWithEveryMember) {
  const auto number = put(user, "u1", "ada", {"ada@x"});
  ResourceRow row = state_->resource("hr", "u1").value().value();
  EXPECT_EQ(row.record, number);
  EXPECT_EQ(std::tie(row.handle, row.external_id, row.display, row.version, row.created, row.modified, row.body),
            std::make_tuple("ada", "x-u1", "Display of ada", 1, at(5), at(6), "{}"));
  row.version = 2, row.modified = at(9), row.created = at(1), row.handle = "eve";
  EXPECT_OK(state_->put_resource(row, std::vector<std::string>{"eve@x"}));
  const ResourceRow back = state_->resource(number).value().value();
  EXPECT_EQ(std::tie(back.version, back.modified, back.created, back.handle), std::make_tuple(2, at(9), at(5), "eve"));
  EXPECT_THAT(state_->resources_by("hr", user, Key::email, "ada@x").value(), IsEmpty());
  EXPECT_THAT(state_->resources_by("hr", user, Key::email, "eve@x").value(), ElementsAre(number));
}

TEST_P(Resources, LookUpsNameTheirSourceAndKind) {
  const auto mine = put(user, "u1", "ada", {"ada@x"});
  const auto other = put(user, "u1", "ada", {"ada@x"}, "other");
  const auto team = put(group, "g1", "ada");
  EXPECT_THAT(state_->resources_by("hr", user, Key::handle, "ada").value(), ElementsAre(mine));
  EXPECT_THAT(state_->resources_by("other", user, Key::external_id, "x-u1").value(), ElementsAre(other));
  EXPECT_THAT(state_->resources_by("hr", group, Key::handle, "ada").value(), ElementsAre(team));
  EXPECT_THAT(state_->resources_by("hr", user, Key::email, "ada@x").value(), ElementsAre(mine));
  EXPECT_FALSE(state_->resource("third", "u1").value());
}

TEST_P(Resources, TheDatabaseKeepsUserNamesUniqueWithinASource) {
  put(user, "u1", "ada");
  const auto second = state_->put_resource({99, "hr", user, "u2", "ada", "", "", 1, {}, {}, "{}"}, {});
  EXPECT_FALSE(second);
}

TEST_P(Resources, PagesGoOnBehindARecordOrAtAnOffset) {
  std::vector<std::int64_t> all;
  for (int i = 0; i < 5; ++i) all.push_back(put(user, "u" + std::to_string(i), "n" + std::to_string(i)));
  const auto page = [&](std::int64_t after, std::int64_t offset, std::int64_t limit) {
    std::vector<std::int64_t> out;
    const auto rows = state_->resources_page("hr", user, after, offset, limit).value();
    for (const auto& row : rows) out.push_back(row.record);
    return out;
  };
  EXPECT_THAT(page(0, 0, 2), ElementsAre(all[0], all[1]));
  EXPECT_THAT(page(all[1], 0, 2), ElementsAre(all[2], all[3]));
  EXPECT_THAT(page(0, 4, 9), ElementsAre(all[4]));
  EXPECT_THAT(page(0, 9, 9), IsEmpty());
  EXPECT_EQ(state_->count_resources("hr", user).value(), 5);
}

TEST_P(Resources, MembersAreASet) {
  const auto team = put(group, "g1", "team");
  EXPECT_TRUE(state_->add_member(team, "hr", {"u1", "u1"}).value());
  EXPECT_FALSE(state_->add_member(team, "hr", {"u1", "u1"}).value());
  EXPECT_TRUE(state_->has_member(team, "u1").value());
  EXPECT_TRUE(state_->remove_member(team, "u1").value());
  EXPECT_FALSE(state_->remove_member(team, "u1").value());
  EXPECT_FALSE(state_->has_member(team, "u1").value());
}

TEST_P(Resources, MembersAreShownWithWhatTheyAre) {
  const auto team = put(group, "g1", "team");
  put(group, "g2", "inner");
  put(user, "u1", "ada");
  for (const char* ref : {"g2", "u1", "stranger"}) EXPECT_TRUE(state_->add_member(team, "hr", {ref, ref}).value());
  const auto members = state_->shown_members(team, "hr").value();
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(std::tie(members[0].id, members[0].kind), std::make_tuple("g2", group));
  EXPECT_EQ(std::tie(members[1].raw, members[1].id), std::make_tuple("stranger", ""));
  EXPECT_EQ(std::tie(members[2].id, members[2].kind), std::make_tuple("u1", user));
  const auto groups = state_->groups_of_member("hr", "u1").value();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(std::tie(groups[0].id, groups[0].display), std::make_tuple("g1", "Display of team"));
}

TEST_P(Resources, ASealedPasswordWaitsForOneProviderUntilItIsDelivered) {
  const auto ada = put(user, "u1", "ada"), again = put(user, "u2", "ada2"), eve = put(user, "u3", "eve");
  IdentityRow person;
  person.person = "ada";
  person.records = {ada, again};
  EXPECT_OK(state_->put_identity(person));
  EXPECT_OK(state_->put_sealed({ada, "a", at(5), "first"}));
  EXPECT_OK(state_->put_sealed({ada, "b", at(5), "other"}));
  EXPECT_OK(state_->put_sealed({ada, "a", at(6), "second"}));       // takes the place of the first
  EXPECT_OK(state_->put_sealed({again, "a", at(7), "third"}));
  EXPECT_OK(state_->put_sealed({eve, "a", at(8), "hers"}));
  const SealedRow newest = state_->sealed("a", "ada").value().value();
  EXPECT_EQ(std::tie(newest.record, newest.body, newest.since), std::make_tuple(again, "third", at(7)));
  EXPECT_FALSE(state_->sealed("c", "ada").value());
  EXPECT_OK(state_->put_sealed({ada, "a", at(7), "came meanwhile"}));
  EXPECT_OK(state_->erase_sealed(newest, "ada"));
  EXPECT_EQ(state_->sealed("a", "ada").value()->body, "came meanwhile");
  EXPECT_OK(state_->erase_resource(ada));
  EXPECT_FALSE(state_->sealed("a", "ada").value());
  EXPECT_FALSE(state_->sealed("b", "ada").value());
  person.person = "eve", person.records = {eve};
  EXPECT_OK(state_->put_identity(person));
  EXPECT_OK(state_->keep_sealed_for({"a"}));
  EXPECT_TRUE(state_->sealed("a", "eve").value());
  EXPECT_OK(state_->keep_sealed_for({"b"}));
  EXPECT_FALSE(state_->sealed("a", "eve").value());
}

TEST_P(Resources, TheMembersOfAGroupAreLookedAtAgain) {
  const auto team = put(group, "g1", "team");
  const auto ada = put(user, "u1", "ada"), bob = put(user, "u2", "bob");
  put(user, "u3", "eve");
  for (const char* ref : {"u1", "bob"}) EXPECT_TRUE(state_->add_member(team, "hr", {ref, ref}).value());
  EXPECT_OK(state_->mark_members_dirty(team));
  EXPECT_THAT(dirty(), UnorderedElementsAre(ada, bob));
  EXPECT_TRUE(state_->standing(ada).value().dirty);
  EXPECT_FALSE(state_->standing(team).value().dirty);
}

TEST_P(Resources, WhereAPersonStandsIsReadAtOnce) {
  const auto ada = put(user, "u1", "ada");
  EXPECT_EQ(state_->standing(ada).value().person, "");
  EXPECT_FALSE(state_->standing(ada).value().dirty);
  EXPECT_OK(state_->put_identity({.person = "p1", .body = "{}", .records = {ada}}));
  EXPECT_OK(state_->mark_dirty({0}));
  EXPECT_EQ(state_->standing(ada).value().person, "p1");
  EXPECT_TRUE(state_->standing(ada).value().dirty);      // with everybody
  EXPECT_OK(state_->clear_dirty({0}));
  EXPECT_FALSE(state_->standing(ada).value().dirty);
}

TEST_P(Resources, WhatBecameOfAPersonAtAProviderIsReadAtOnce) {
  const auto of = [&](const std::string& provider) { return state_->outcome(provider, "p1").value(); };
  EXPECT_FALSE(of("a").known);
  EXPECT_OK(state_->put_desired({.provider = "a", .person = "p1", .in_scope = true, .hash = "h", .body = "{}"}, {}));
  EXPECT_TRUE(of("a").known && of("a").in_scope && !of("a").settled && !of("b").known);
  EXPECT_OK(state_->put_account({.provider = "a", .id = "7", .person = "p1", .link = Link::made, .body = "{}", .written = "{}", .status = "active"}, {}));
  EXPECT_EQ(of("a").account, "7");
  EXPECT_EQ(of("a").status, "active");
  EXPECT_EQ(of("b").account, "");
  EXPECT_OK(state_->settle("a", "p1", "h", {}));
  EXPECT_TRUE(of("a").settled);
  EXPECT_OK(state_->put_hold({.id = "h1", .provider = "a", .person = "p1", .kind = "suspend", .state = "waived"}));
  EXPECT_FALSE(of("a").held);
  EXPECT_OK(state_->put_hold({.id = "h1", .provider = "a", .person = "p1", .kind = "suspend", .state = "held"}));
  EXPECT_TRUE(of("a").held && !of("b").held);
  EXPECT_OK(state_->put_invitation({.id = "i1", .provider = "a", .person = "p1", .state = "sent"}));
  EXPECT_OK(state_->put_invitation({.id = "i2", .provider = "a", .person = "p1", .state = "expired"}));
  EXPECT_EQ(of("a").invitation, "sent");                 // the living one before the newest
  EXPECT_OK(state_->put_action({.run = "r", .provider = "a", .person = "p1", .kind = "update", .outcome = "failed", .detail = "why"}));
  EXPECT_EQ(of("a").error, "why");
  EXPECT_OK(state_->put_action({.run = "r", .provider = "a", .person = "p1", .kind = "assign", .outcome = "skipped", .detail = "an earlier step"}));
  EXPECT_OK(state_->put_action({.run = "s", .provider = "a", .person = "p1", .kind = "update"}));      // under way
  EXPECT_EQ(of("a").error, "why");
  EXPECT_OK(state_->put_action({.run = "r", .provider = "a", .person = "p1", .kind = "update", .outcome = "done", .detail = "well"}));
  EXPECT_EQ(of("a").error, "");
}

TEST_P(Resources, WhatIsReadTogetherIsOfOneInstant) {
  auto other = open();
  EXPECT_OK(state_->begin_reading());
  EXPECT_EQ(state_->count_resources("hr", user).value(), 0);
  EXPECT_OK(other->transaction([&]() -> Result<void> { return other->mark_dirty({5}); }));
  EXPECT_FALSE(state_->standing(5).value().dirty);
  state_->end_reading();
  EXPECT_TRUE(state_->standing(5).value().dirty);
  state_->end_reading();                                 // nothing has begun
}

TEST_P(Resources, ADeletedResourceLeavesItsRecord) {
  const auto team = put(group, "g1", "team");
  EXPECT_TRUE(state_->add_member(team, "hr", {"u1", "u1"}).value());
  EXPECT_OK(state_->erase_resource(team));
  EXPECT_FALSE(state_->resource("hr", "g1").value());
  EXPECT_TRUE(state_->record(team).value());
  EXPECT_THAT(state_->groups_with("hr", "u1").value(), IsEmpty());
}

TEST_P(Resources, TokensComeBackAndEnd) {
  EXPECT_OK(state_->put_token({"t1", "hr", "hash", at(1), at(2), "10.0.0.0/8", {}}));
  EXPECT_OK(state_->put_source({.name = "hr"}));
  EXPECT_OK(state_->touch_token("t1", at(7)));
  EXPECT_OK(state_->touch_token("t1", at(6)));      // late news
  const TokenRow row = state_->token("t1").value().value();
  EXPECT_EQ(std::tie(row.source, row.hash, row.created, row.expires, row.allow, row.last_used),
            std::make_tuple("hr", "hash", at(1), at(2), "10.0.0.0/8", at(7)));
  EXPECT_EQ(state_->source("hr").value()->last_read, at(7));
  EXPECT_EQ(state_->tokens().value().size(), 1u);
  EXPECT_TRUE(state_->erase_token("t1").value());
  EXPECT_FALSE(state_->erase_token("t1").value());
  EXPECT_FALSE(state_->token("t1").value());
}

ON_BOTH_BACKENDS(Resources);

}  // namespace
}  // namespace rollcall::store
