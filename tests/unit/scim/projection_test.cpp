#include "scim/projection.hpp"

#include "scim/sort.hpp"
#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

Value jane() {
  Value out = user(R"("userName":"j","name":{"givenName":"G","familyName":"F"},"title":"T",
    "emails":[{"value":"w@x","type":"work"},{"value":"h@x","type":"home","primary":true},{"type":"other"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","costCenter":"C"})");
  set_id(user_type(), out, "7");
  set_meta(user_type(), out, {"User", {}, {}, "https://x/Users/7", "1"});
  return out;
}

std::string shown(const std::vector<std::string>& attributes, const std::vector<std::string>& excluded = {}) {
  return plain(Projection(user_type(), attributes, excluded).apply(jane()));
}

const std::string ext = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

TEST(Projection, NamesWhatIsShownBesideWhatIsAlwaysShown) {
  EXPECT_EQ(shown({"userName"}), R"({"id":"7","userName":"j"})");
  EXPECT_EQ(shown({"USERNAME"}), R"({"id":"7","userName":"j"})");
  EXPECT_EQ(shown({"urn:ietf:params:scim:schemas:core:2.0:User:userName"}), R"({"id":"7","userName":"j"})");
  EXPECT_EQ(shown({"name.familyName"}), R"({"id":"7","name":{"familyName":"F"}})");
  EXPECT_EQ(shown({"name"}), R"({"id":"7","name":{"familyName":"F","givenName":"G"}})");
  EXPECT_EQ(shown({"emails.value"}), R"({"id":"7","emails":[{"value":"w@x"},{"value":"h@x"}]})");
  EXPECT_EQ(shown({ext + ":department"}), R"({"id":"7",")" + ext + R"(":{"department":"D"}})");
  EXPECT_EQ(shown({ext}), R"({"id":"7",")" + ext + R"(":{"costCenter":"C","department":"D"}})");
  EXPECT_EQ(shown({"meta.version"}), R"({"id":"7","meta":{"version":"W/\"1\""}})");
  EXPECT_EQ(shown({"noSuch", "password"}), R"({"id":"7"})");
  EXPECT_NE(Projection(user_type(), {"userName"}, {}).apply(jane()).find("schemas"), nullptr);
}

TEST(Projection, ExcludesWhatMayBeExcluded) {
  EXPECT_THAT(shown({}, {"name", "id", "schemas"}), HasSubstr(R"({"id":"7","userName":"j","title":"T")"));
  EXPECT_THAT(shown({}, {"name.familyName"}), HasSubstr(R"("name":{"givenName":"G"})"));
  EXPECT_THAT(shown({}, {"emails.value"}), HasSubstr(R"("emails":[{"type":"work"},{"type":"home","primary":true},{"type":"other"}])"));
  EXPECT_THAT(shown({}, {ext}), testing::Not(HasSubstr("costCenter")));
  EXPECT_EQ(shown({"userName"}, {"userName"}), R"({"id":"7","userName":"j"})") << "attributes wins";
  EXPECT_EQ(Projection(user_type(), {}, {}).apply(jane()), jane());
}

TEST(Projection, NeverAndOnRequest) {
  const Schema schema{"urn:x:S", "S", "", {{.name = "big", .returned = Returned::request}, {.name = "secret", .returned = Returned::never}, {.name = "name"}}};
  const ResourceType type = make_resource_type({.name = "S", .core = &schema});
  const Value resource = from(R"({"big":"b","secret":"s","name":"n"})");
  EXPECT_EQ(json::write(Projection(type, {}, {}).apply(resource)), R"({"name":"n"})");
  EXPECT_EQ(json::write(Projection(type, {"big", "secret"}, {}).apply(resource)), R"({"big":"b"})");
  EXPECT_EQ(json::write(Projection(type, {"urn:x:S"}, {}).apply(resource)), R"({"big":"b","name":"n"})");
}

TEST(Projection, TellsWhatNeedNotBeRead) {
  EXPECT_FALSE(Projection(group_type(), {}, {"members"}).shows("members"));
  EXPECT_FALSE(Projection(group_type(), {"id"}, {}).shows("members"));
  EXPECT_TRUE(Projection(group_type(), {"members.value"}, {}).shows("members"));
  EXPECT_TRUE(Projection(group_type(), {}, {}).shows("members"));
  EXPECT_TRUE(Projection(group_type(), {}, {}).is_default());
  EXPECT_FALSE(Projection(group_type(), {}, {"members"}).is_default());
}

std::string sorted(const std::string& by, bool descending) {
  std::vector<Value> all;
  for (const char* members : {R"("userName":"b","name":{"familyName":"X"},"emails":[{"value":"2"},{"value":"0","primary":true}])",
                              R"("userName":"A","emails":[{"value":"1"}],"externalId":"z")", R"("userName":"c","name":{"familyName":"ä"},"externalId":"Z")"})
    all.push_back(user(members));
  const auto sort = Sort::parse(by, descending, user_type());
  if (!sort) return said(sort);
  std::stable_sort(all.begin(), all.end(), [&](const Value& a, const Value& b) { return sort->before(sort->key(a), sort->key(b)); });
  std::string out;
  for (const Value& each : all) out += each.text("userName");
  return out;
}

TEST(Sort, FollowsTheSchema) {
  EXPECT_EQ(sorted("userName", false), "Abc");
  EXPECT_EQ(sorted("USERNAME", true), "cbA");
  EXPECT_EQ(sorted("externalId", false), "cAb") << "upper case first, and nothing last";
  EXPECT_EQ(sorted("name.familyName", false), "bcA");
  EXPECT_EQ(sorted("name.familyName", true), "Acb") << "nothing first when descending";
  EXPECT_EQ(sorted("emails", false), "bAc") << "by the primary value, else the first";
  EXPECT_EQ(sorted("emails.value", true), "cAb");
}

TEST(Sort, SaysWhatCannotBeSortedBy) {
  for (const char* by : {"noSuch", "name", "addresses", "password", "urn:ietf:params:scim:schemas:core:2.0:User"})
    EXPECT_THAT(sorted(by, false), HasSubstr("400 invalidPath: sortBy")) << by;
}

}  // namespace
}  // namespace rollcall::scim
