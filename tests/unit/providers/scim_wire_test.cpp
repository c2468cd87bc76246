#include "providers/scim/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/scim/errors.hpp"
#include "providers/scim/pages.hpp"

namespace rollcall::providers::scim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::string enterprise(protocol::enterprise_urn);
const Fields zoe = {{"userName", "zo\xC3\xAB"}, {"externalId", "key-1"}, {"name.givenName", "Zo\xC3\xAB"}, {std::string(work_email), "zoe@example.com"},
                    {enterprise + ":department", "\xE7\x8E\x8B"}};

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

// ---- fields ----

TEST(ScimFields, AreThePlacesOfRfc7643ThatADirectoryFills) {
  for (const char* field : {"userName", "externalId", "name.familyName", "preferredLanguage", "password", "emails[type eq \"home\"].value",
                            "phoneNumbers[type eq \"mobile\"].value", "addresses[type eq \"work\"].postalCode"})
    EXPECT_TRUE(fields().contains(field)) << field;
  EXPECT_TRUE(fields().contains(enterprise + ":manager.value"));
  for (const char* field : {"id", "active", "groups", "meta.created", "emails.value", "name", "emails[type eq \"work\"].type"})
    EXPECT_FALSE(fields().contains(field)) << field;
}

TEST(ScimFields, APlaceIsReadFromItsName) {
  const auto email = place_of(work_email);
  ASSERT_TRUE(email);
  EXPECT_EQ(std::tie(email->attribute, email->type, email->sub), std::make_tuple("emails", "work", "value"));
  const auto manager = place_of(enterprise + ":manager.value");
  EXPECT_EQ(std::tie(manager->urn, manager->attribute, manager->sub), std::make_tuple(enterprise, "manager", "value"));
  EXPECT_EQ(place_of("urn:ietf:params:scim:schemas:core:2.0:User:title")->urn, "");
  EXPECT_EQ(place_of("urn:example:2.0:User:badge")->attribute, "badge");
  for (const char* no : {"urn:example:2.0:User:", "urn:example:2.0:User:a.", "urn:ietf:params:scim:schemas:core:2.0:Group:displayName", "nonsense", "emails[type eq \"x\"].value"})
    EXPECT_FALSE(place_of(no)) << no;
}

TEST(ScimFields, WhatIsEmptyIsShownOnlyWhereItIsEnforcedAndTheServiceHasIt) {
  Attributes attributes;
  attributes.add(protocol::user_urn, parsed(R"({"attributes":[{"name":"userName","type":"string"},{"name":"Title","type":"string"},
      {"name":"emails","type":"complex","subAttributes":[{"name":"value","type":"string"}]}]})"));
  const std::set<std::string> enforced = {"title", "nickName", std::string(work_email), "externalId"};
  EXPECT_THAT(read_fields(parsed(R"({"id":"1","userName":"a","password":"no"})"), enforced, attributes),
              UnorderedElementsAre(Pair("userName", "a"), Pair("title", ""), Pair(work_email, ""), Pair("externalId", "")));
  EXPECT_THAT(read_fields(parsed(R"({"id":"1","userName":"a"})"), {}, attributes), UnorderedElementsAre(Pair("userName", "a")));
}

TEST(ScimFields, NamesAreReadWithoutCaseAndAnElementWithoutATypeStandsForWork) {
  const Fields read = read_fields(parsed(R"({"USERNAME":"a","Emails":[{"Type":"HOME","value":"h@x"},{"value":"w@x"}],"active":true,
      "urn:example:2.0:User":{"badge":7,"desk":{"floor":"3"}}})"), {}, {});
  EXPECT_EQ(read.at("userName"), "a");
  EXPECT_EQ(read.at("emails[type eq \"home\"].value"), "h@x");
  EXPECT_EQ(read.at(std::string(work_email)), "w@x");
  EXPECT_EQ(read.at("urn:example:2.0:User:badge"), "7");
  EXPECT_EQ(read.at("urn:example:2.0:User:desk.floor"), "3");
}

TEST(ScimFields, AChangeLeavesTheRestOfAResourceAsItIs) {
  const auto now = parsed(R"({"schemas":["urn:x"],"id":"1","userName":"a","strange":[1,null],"emails":[{"type":"work","value":"w@x","primary":true},{"type":"home","value":"h@x"}],
      "name":{"givenName":"G"}})");
  const Fields changes = {{std::string(work_email), ""}, {"emails[type eq \"other\"].value", "o@x"}, {"name.givenName", ""}, {"title", "T"},
                          {"urn:example:2.0:User:badge", "7"}};
  EXPECT_EQ(json::write(changed(now, changes, {}).value()),
            R"({"schemas":["urn:x","urn:example:2.0:User"],"id":"1","userName":"a","strange":[1,null],)"
            R"("emails":[{"type":"home","value":"h@x"},{"type":"other","value":"o@x"}],"title":"T","urn:example:2.0:User":{"badge":"7"}})");
}

// ---- writing ----

TEST(ScimWire, ACreateHasTheSchemasTheMarkAndEveryField) {
  EXPECT_EQ(write_create(zoe, {}).value(),
            "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\",\"" + enterprise + "\"],\"emails\":[{\"type\":\"work\",\"value\":\"zoe@example.com\",\"primary\":true}],"
            "\"externalId\":\"key-1\",\"name\":{\"givenName\":\"Zo\xC3\xAB\"},\"" + enterprise + "\":{\"department\":\"\xE7\x8E\x8B\"},\"userName\":\"zo\xC3\xAB\",\"active\":true}");
}

TEST(ScimWire, WhatAServiceCannotTakeIsNamed) {
  EXPECT_THAT(write_create({{"title", "x"}}, {}).error().message, HasSubstr("userName: cannot be empty"));
  EXPECT_THAT(changed({}, {{"title", "\xFF"}}, {}).error().message, HasSubstr("title: is no UTF-8"));
  EXPECT_THAT(changed({}, {{"urn:x:", "1"}}, {}).error().message, HasSubstr("urn:x:: is no attribute of a SCIM user"));
  EXPECT_THAT(operations({{"userName", ""}}, {}).error().message, HasSubstr("cannot be empty"));
}

TEST(ScimWire, APatchOfSingleValuesNeedsNoLook) {
  const auto made = operations({{"name.givenName", "Zo\xC3\xAB"}, {"title", ""}, {"active", "false"}, {enterprise + ":department", "x"}}, {});
  EXPECT_EQ(json::write(made.value().value()),
            "[{\"op\":\"replace\",\"path\":\"active\",\"value\":false},{\"op\":\"replace\",\"path\":\"name.givenName\",\"value\":\"Zo\xC3\xAB\"},{\"op\":\"remove\",\"path\":\"title\"},"
            "{\"op\":\"replace\",\"path\":\"" + enterprise + ":department\",\"value\":\"x\"}]");
}

TEST(ScimWire, ValuesOfManyGoAsAWholeOnceTheyWereLookedAt) {
  const Fields changes = {{std::string(work_email), "n@x"}, {"emails[type eq \"home\"].value", ""}, {"title", ""}};
  EXPECT_FALSE(operations(changes, {}).value());
  const auto now = parsed(R"({"userName":"a","emails":[{"type":"work","value":"w@x","display":"W"},{"type":"home","value":"h@x"}]})");
  EXPECT_EQ(json::write(operations(changes, {}, &now).value().value()),
            R"([{"op":"replace","path":"emails","value":[{"type":"work","value":"n@x","display":"W"}]}])");  // no title is there to remove
}

TEST(ScimWire, TypesComeFromTheService) {
  Attributes attributes;
  attributes.add("urn:example:2.0:User", parsed(R"({"attributes":[{"name":"remote","type":"boolean"},{"name":"floor","type":"integer"},{"name":"code","type":"string"}]})"));
  const Fields changes = {{"urn:example:2.0:User:remote", "TRUE"}, {"urn:example:2.0:User:floor", "3"}, {"urn:example:2.0:User:code", "3"}};
  EXPECT_THAT(json::write(changed(json::Object(), changes, attributes).value()), HasSubstr(R"({"code":"3","floor":3,"remote":true})"));
}

TEST(ScimWire, AFilterQuotesAndEncodesWhatPeopleAreCalled) {
  EXPECT_EQ(equality("userName", "o\"ne\\il & \xC3\xAB"), "userName%20eq%20%22o%5C%22ne%5C%5Cil%20%26%20%C3%AB%22");
}

TEST(ScimWire, MembersAreAddedTogetherAndTakenAwayOneByOne) {
  EXPECT_EQ(json::write(member_operations({{"1", true}, {"2\"", false}, {"3", true}})),
            R"([{"op":"remove","path":"members[value eq \"2\\\"\"]"},{"op":"add","path":"members","value":[{"value":"1"},{"value":"3"}]}])");
  const auto group = parsed(R"({"id":"g","displayName":"S","members":[{"value":"1","display":"One"},{"value":"2"},{"value":"g2","type":"Group"}],"x":1})");
  EXPECT_EQ(json::write(with_members(group, {{"1", true}, {"2", false}, {"3", true}})),
            R"({"id":"g","displayName":"S","x":1,"members":[{"value":"1","display":"One"},{"value":"g2","type":"Group"},{"value":"3"}]})");
  EXPECT_THAT(read_group(group)->users, ElementsAre("1", "2"));
  EXPECT_THAT(needed({{"1", true}, {"2", false}, {"4", false}}, read_group(group).value()), ElementsAre(Pair("2", false)));
}

// ---- reading ----

TEST(ScimWire, AUserIsReadWithStatusAndItsOwnGroups) {
  const auto user = read_user(parsed(R"({"id":"7","userName":"a","active":false,"groups":[{"value":"g1","type":"direct"},{"value":"g2","type":"indirect"},{"$ref":"https://x/Groups/g3"}]})"), {}, {});
  ASSERT_TRUE(user);
  EXPECT_EQ(user->status, AccountStatus::suspended);
  EXPECT_THAT(*user->roles, ElementsAre("g1", "g3"));
  EXPECT_FALSE(read_user(parsed(R"({"id":"7","userName":"a","groups":[]})"), {}, {})->roles);
  EXPECT_EQ(read_user(parsed(R"({"id":"7","userName":"a"})"), {}, {})->status, AccountStatus::active);
  EXPECT_THAT(read_user(parsed(R"({"userName":"a"})"), {}, {}).error().message, HasSubstr("no id"));
  EXPECT_THAT(read_user(parsed(R"({"id":"7"})"), {}, {}).error().message, HasSubstr("user 7: it has no userName"));
}

TEST(ScimWire, DiscoverySaysWhatIsServed) {
  const auto all = read_service(R"({"patch":{"supported":false},"filter":{"supported":false,"maxResults":50},"pagination":{"cursor":true,"index":false}})");
  EXPECT_FALSE(all->patch);
  EXPECT_FALSE(all->filter);
  EXPECT_TRUE(all->by_cursor);
  EXPECT_EQ(all->page, 50);
  const auto both = read_service(R"({"Resources":[{"pagination":{"cursor":true,"index":true,"defaultPaginationMethod":"index","maxPageSize":100000}}]})");
  EXPECT_TRUE(both->patch);
  EXPECT_FALSE(both->by_cursor);
  EXPECT_EQ(both->page, 500);
  EXPECT_FALSE(read_service("<html>"));
  EXPECT_TRUE(read_schemas(R"({"Resources":[]})"));
  EXPECT_FALSE(read_schemas(R"({"detail":"no"})"));
}

TEST(ScimWire, TheVersionIsTheHeadersOrElseTheBodys) {
  const HttpResponse both{200, {{"ETag", "W/\"2\""}}, R"({"id":"1","meta":{"version":"W/\"1\""}})"};
  EXPECT_EQ(read_document(both)->version, "W/\"2\"");
  EXPECT_EQ(read_document({200, {}, both.body})->version, "W/\"1\"");
  EXPECT_EQ(read_document({200, {}, R"({"id":"1"})"})->version, "");
  EXPECT_FALSE(read_document({200, {}, "{}"}));
}

// ---- pages ----

Listed page_of(std::vector<int> ids, std::optional<std::int64_t> total, std::string next = {}) {
  Listed page;
  for (const int id : ids) {
    json::Value one;
    one.set("id", std::to_string(id));
    page.resources.push_back(std::move(one));
  }
  page.total = total;
  page.next_cursor = std::move(next);
  return page;
}
Walk walk_by(int count, bool cursor = false) {
  Service service;
  service.page = count;
  service.by_cursor = cursor;
  return Walk(service, "/Users", "", "users");
}

TEST(ScimPages, GoByIndexToTheTotal) {
  Walk walk = walk_by(3);
  EXPECT_EQ(walk.target(), "/Users?startIndex=1&count=3");
  EXPECT_EQ(walk.take(page_of({1, 2}, 5)).size(), 2u);  // a service may give fewer than were asked for
  EXPECT_EQ(walk.target(), "/Users?startIndex=3&count=3");
  EXPECT_EQ(walk.take(page_of({3, 4}, 5)).size(), 2u);
  EXPECT_FALSE(walk.ended());
  EXPECT_EQ(walk.take(page_of({5}, 5)).size(), 1u);
  EXPECT_TRUE(walk.ended());
  EXPECT_FALSE(walk.problem());
}

TEST(ScimPages, BehindAFullLastPageThereMayBeMoreThanIsCounted) {
  Walk right = walk_by(2);
  right.take(page_of({1, 2}, 2));
  EXPECT_TRUE(right.looks_behind());
  right.take(page_of({}, 2));
  EXPECT_TRUE(right.ended());
  EXPECT_FALSE(right.problem());
  Walk wrong = walk_by(2);  // counts the page and calls it the total
  wrong.take(page_of({1, 2}, 2));
  wrong.take(page_of({3, 4}, 2));
  EXPECT_THAT(wrong.problem().value_or(""), HasSubstr("counts 2 users and shows 4"));
}

TEST(ScimPages, TotalsThatDoNotFitAreAProblemAndNoEnd) {
  Walk hidden = walk_by(10);
  hidden.take(page_of({1, 2}, 5));
  hidden.take(page_of({}, 5));
  EXPECT_THAT(hidden.problem().value_or(""), HasSubstr("counts 5 users and shows 2"));
  Walk again = walk_by(2);  // does not know startIndex
  again.take(page_of({1, 2}, 5));
  EXPECT_TRUE(again.take(page_of({1, 2}, 5)).empty());
  EXPECT_THAT(again.problem().value_or(""), HasSubstr("counts 5 users and shows 2"));
  Walk shifted = walk_by(3);  // somebody was deleted meanwhile, and somebody else not seen
  shifted.take(page_of({1, 2}, 5));
  shifted.take(page_of({2, 3}, 4));
  EXPECT_THAT(shifted.problem().value_or(""), HasSubstr("counts 4 users and shows 3"));
  Walk uncounted = walk_by(2);
  uncounted.take(page_of({1}, std::nullopt));
  EXPECT_THAT(uncounted.problem().value_or(""), HasSubstr("totalResults"));
}

TEST(ScimPages, GoByCursorToItsEnd) {
  Walk walk = walk_by(2, true);
  EXPECT_EQ(walk.target(), "/Users?cursor=&count=2");
  walk.take(page_of({1, 2}, std::nullopt, "a~b"));
  EXPECT_EQ(walk.target(), "/Users?cursor=a~b&count=2");
  walk.take(page_of({3}, 3));
  EXPECT_TRUE(walk.ended());
  EXPECT_FALSE(walk.problem());
  Walk short_of = walk_by(2, true);
  short_of.take(page_of({1, 2}, 4, "a"));
  short_of.take(page_of({3}, 4));
  EXPECT_THAT(short_of.problem().value_or(""), HasSubstr("counts 4 users and shows 3"));
  Walk endless = walk_by(2, true);
  endless.take(page_of({1, 2}, 4, "a"));
  endless.take(page_of({3}, 4, "a"));
  EXPECT_THAT(endless.problem().value_or(""), HasSubstr("does not end"));
}

TEST(ScimPages, ACursorThatComesUnaskedIsFollowed) {
  Walk walk = walk_by(2);
  walk.take(page_of({1, 2}, 3, "next"));
  EXPECT_EQ(walk.target(), "/Users?cursor=next&count=2");
}

// ---- errors ----

Error error(int status, std::string body, bool writes = true) {
  return error_of({status, {{"Retry-After", "2"}}, std::move(body)}, Call{"update", writes, {"s3cret"}}, Instant{});
}
std::string scim_error(const std::string& more) { return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400")" + more + "}"; }

TEST(ScimErrors, OnlyTheServiceItselfSaysThatSomebodyIsNotThere) {
  EXPECT_EQ(error(404, scim_error(R"(,"detail":"gone")")).kind, ErrorKind::not_found);
  for (const char* body : {"", "{}", "<html>404</html>", R"({"detail":"Not Found"})"}) {
    EXPECT_EQ(error(404, body).kind, ErrorKind::invalid) << body;
    EXPECT_THAT(error(404, body).message, HasSubstr("check the provider's url"));
  }
}

TEST(ScimErrors, StatusAndScimTypeDecide) {
  EXPECT_EQ(error(409, scim_error(R"(,"scimType":"uniqueness")")).kind, ErrorKind::already_exists);
  EXPECT_EQ(error(400, scim_error(R"(,"scimType":"uniqueness")")).kind, ErrorKind::already_exists);
  EXPECT_EQ(error(409, "").kind, ErrorKind::conflict);
  EXPECT_EQ(error(412, "").kind, ErrorKind::conflict);
  EXPECT_EQ(error(401, "").kind, ErrorKind::unauthenticated);
  EXPECT_EQ(error(403, "").kind, ErrorKind::forbidden);
  EXPECT_EQ(error(501, "").kind, ErrorKind::unsupported);
  EXPECT_FALSE(error(501, "").in_doubt);
  EXPECT_EQ(error(400, scim_error(R"(,"scimType":"noTarget","detail":"x")")).message, "the SCIM service refuses the request (400) noTarget: x");
  const Error limited = error(429, "");
  EXPECT_EQ(limited.kind, ErrorKind::rate_limited);
  EXPECT_EQ(limited.retry_after, std::chrono::seconds(2));
  EXPECT_FALSE(limited.in_doubt);
  EXPECT_TRUE(error(503, "").in_doubt);
  EXPECT_FALSE(error(503, "", false).in_doubt);
  EXPECT_TRUE(error(202, "").in_doubt);
}

TEST(ScimErrors, SecretsAreNotShown) { EXPECT_THAT(error(400, scim_error(R"(,"detail":"bad s3cret")")).message, testing::Not(HasSubstr("s3cret"))); }

}  // namespace
}  // namespace rollcall::providers::scim
