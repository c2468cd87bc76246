#include "scim/members.hpp"

#include <ctime>

#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;
using Ids = std::set<std::string>;

Patch parsed(const std::string& operations) {
  auto patch = parse_patch(from("{\"Operations\":" + operations + "}"), {});
  EXPECT_TRUE(patch) << said(patch);
  return patch ? *patch : Patch();
}

std::string text(const MemberChange& change) {
  std::string out = change.replaced ? "=" : "";
  for (const auto& [id, element] : change.added) out += " +" + id;
  for (const std::string& id : change.removed) out += " -" + id;
  return out;
}

std::string split(const std::string& operations) {
  const auto out = split_members(parsed(operations));
  if (!out) return said(out);
  if (!*out) return "needs the members";
  return text((*out)->members) + " rest " + std::to_string((*out)->rest.operations.size());
}

TEST(Members, EveryWayToNameThemIsASetOperation) {
  EXPECT_EQ(split(R"([{"op":"Add","path":"members","value":[{"$ref":null,"value":"1"},{"value":"2"}]}])"), " +1 +2 rest 0");
  EXPECT_EQ(split(R"([{"op":"add","path":"members","value":{"value":"1"}}])"), " +1 rest 0");
  EXPECT_EQ(split(R"([{"op":"add","path":"members","value":"1"}])"), " +1 rest 0");
  EXPECT_EQ(split(R"([{"op":"add","value":{"Members":[{"value":"1"}]}}])"), " +1 rest 0");
  EXPECT_EQ(split(R"([{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:Group:members","value":[{"value":"1"}]}])"), " +1 rest 0");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members[value eq \"1\"]"}])"), " -1 rest 0");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members[value eq \"1\" or value eq \"2\"]"}])"), " -1 -2 rest 0");
  EXPECT_EQ(split(R"([{"op":"replace","path":"members","value":[{"value":"1"}]}])"), "= +1 rest 0");
  EXPECT_EQ(split(R"([{"op":"replace","value":{"members":[{"value":"1"}],"displayName":"g"}}])"), "= +1 rest 1");
}

TEST(Members, ARemovalThatListsMembersRemovesThoseAndNoOthers) {
  EXPECT_EQ(split(R"([{"op":"Remove","path":"members","value":[{"value":"1"}]}])"), " -1 rest 0");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members","value":{"value":"1"}}])"), " -1 rest 0");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members","value":["1","2"]}])"), " -1 -2 rest 0");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members","value":[{"$ref":"https://x/Users/1"}]}])"), " -1 rest 0");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members","value":[]}])"), " rest 0") << "nothing is listed, so nothing is removed";
  EXPECT_EQ(split(R"([{"op":"remove","path":"members","value":""}])"), " rest 0");
  EXPECT_THAT(split(R"([{"op":"remove","path":"members","value":[{"unknown":"1"}]}])"), HasSubstr("400 invalidValue"));
  EXPECT_EQ(split(R"([{"op":"remove","path":"members"}])"), "= rest 0") << "this one says it";
  EXPECT_EQ(split(R"([{"op":"replace","path":"members","value":[]}])"), "= rest 0");
}

TEST(Members, OperationsOneAfterTheOtherBecomeOneChange) {
  EXPECT_EQ(split(R"([{"op":"remove","path":"members","value":[{"value":"1"}]},{"op":"add","path":"members","value":[{"value":"1"},{"value":"2"}]},
    {"op":"remove","path":"members[value eq \"2\"]"},{"op":"replace","path":"displayName","value":"h"}])"), " +1 -2 rest 1");
  EXPECT_EQ(split(R"([{"op":"add","path":"members","value":[{"value":"9"}]},{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"1"}]},
    {"op":"remove","path":"members[value eq \"7\"]"}])"), "= +1 rest 0");
}

TEST(Members, OtherQuestionsNeedTheMembers) {
  EXPECT_EQ(split(R"([{"op":"remove","path":"members[type eq \"Group\"]"}])"), "needs the members");
  EXPECT_EQ(split(R"([{"op":"remove","path":"members[value eq \"1\" and type eq \"User\"]"}])"), "needs the members");
  EXPECT_EQ(split(R"([{"op":"replace","path":"members[value eq \"1\"].type","value":"User"}])"), "needs the members");
  EXPECT_EQ(split(R"([{"op":"add","value":{"members[value eq \"1\"]":{}}}])"), "needs the members");
}

TEST(Members, ErrorsNameTheOperationOfTheRequest) {
  EXPECT_THAT(split(R"([{"op":"replace","path":"displayName","value":"h"},{"op":"add","path":"members","value":[{"type":"User"}]}])"),
              HasSubstr("Operations[1]: members[0].value is missing"));
  const auto out = split_members(parsed(R"([{"op":"add","path":"members","value":"1"},{"op":"replace","path":"noSuch","value":"h"}])"));
  ASSERT_TRUE(out && *out);
  EXPECT_THAT(said(apply((*out)->rest, group_type(), group(R"("displayName":"g")"))), HasSubstr("400 invalidPath: Operations[1]: path `noSuch`"));
}

TEST(Members, TheUnknownBesideMembersIsLeftAsideAndAloneRefused) {
  EXPECT_EQ(split(R"([{"op":"add","value":{"members":["1"],"colour":"blue"}}])"), " +1 rest 0");
  EXPECT_EQ(split(R"([{"op":"add","value":{"colour":"blue"}}])"), " rest 1");
}

// Both ways to apply a PATCH agree: in the resource, and as a change of a set.
TEST(Members, TheSplitDoesWhatApplyDoes) {
  const Value stored = group(R"("displayName":"g","members":["1","2","3"])");
  for (const char* operations :
       {R"([{"op":"add","path":"members","value":["3","4"]},{"op":"remove","path":"members[value eq \"1\"]"}])", R"([{"op":"remove","path":"members","value":["2","9"]}])",
        R"([{"op":"replace","path":"members","value":["7","7"]}])", R"([{"op":"remove","path":"members"}])", R"([{"op":"remove","path":"members","value":[]}])",
        R"([{"op":"replace","value":{"displayName":"h","members":["1"]}},{"op":"add","path":"members","value":["5"]}])"}) {
    const auto whole = patched(stored, operations, group_type());
    ASSERT_TRUE(whole) << said(whole);
    Value after = whole->resource;
    Ids expected;
    for (const auto& [id, element] : take_members(after).added) expected.insert(id);
    const auto parts = split_members(parsed(operations));
    ASSERT_TRUE(parts && *parts);
    const MemberChange& change = (*parts)->members;
    Ids ids = change.replaced ? Ids{} : Ids{"1", "2", "3"};
    for (const std::string& id : change.removed) ids.erase(id);
    for (const auto& [id, element] : change.added) ids.insert(id);
    EXPECT_EQ(ids, expected) << operations;
  }
}

TEST(Members, RemovingTwiceSucceedsAndEditingIsRefused) {
  const Value stored = group(R"("displayName":"g","members":[{"value":"1","type":"User"}])");
  EXPECT_FALSE(patched(stored, R"([{"op":"remove","path":"members[value eq \"9\"]"}])", group_type())->changed);
  EXPECT_FALSE(patched(stored, R"([{"op":"add","path":"members","value":[{"value":"1"}]}])", group_type())->changed);
  EXPECT_THAT(said(patched(stored, R"([{"op":"replace","path":"members[value eq \"1\"].value","value":"2"}])", group_type())), HasSubstr("400 mutability"));
  EXPECT_THAT(said(patched(stored, R"([{"op":"replace","path":"members[value eq \"1\"]","value":{"value":"2"}}])", group_type())), HasSubstr("400 mutability"));
  EXPECT_THAT(said(patched(stored, R"([{"op":"replace","path":"members[value eq \"1\"].display","value":"x"}])", group_type())), HasSubstr("400 mutability"));
  EXPECT_EQ(after(stored, R"([{"op":"remove","path":"members[type eq \"User\"]"}])", group_type()), R"({"displayName":"g"})");
}

// Cost follows the number of values, not its square: ten times the members may not cost a hundred times the time. Processor time, and
// the better of two: others work on this host too.
TEST(Members, TheCostOfManyMembersIsLinear) {
  const auto seconds = [](int count) {
    Array members;
    for (int i = 0; i < count; ++i) members.emplace_back(Object{{"value", "member-" + std::to_string(i)}});
    const Value body = Object{{"schemas", Array{std::string(group_urn)}}, {"displayName", "g"}, {"members", members}};
    const std::clock_t begin = std::clock();
    const Value stored = must(create(group_type(), body));
    Patch patch;
    patch.operations.push_back({PatchVerb::add, *parse_value_path("members", {}), Value(members)});
    patch.operations.push_back({PatchVerb::remove, *parse_value_path("members", {}), Value(members)});
    const auto split = split_members(patch);
    EXPECT_TRUE(split && *split && (*split)->members.removed.size() == members.size());
    EXPECT_TRUE(apply(patch, group_type(), stored)->changed);
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  const auto best = [&](int count) { return std::min(seconds(count), seconds(count)); };
  const double small = best(1'000), large = best(10'000);
  EXPECT_LT(large, small * 40) << small << " s for 1,000 and " << large << " s for 10,000";
}

}  // namespace
}  // namespace rollcall::scim
