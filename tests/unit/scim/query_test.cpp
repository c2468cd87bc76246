#include "scim/query.hpp"

#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Paging paging{100, 200};

Answer<Query> query(std::string_view text) {
  ROLLCALL_TRY(const Parameters parameters, parse_parameters(text));
  return parse_query(parameters, paging);
}

TEST(Query, ParametersAreDecoded) {
  const auto out = query("filter=userName+eq+%22a%2Bb%40x%22&attributes=userName,%20name.familyName,,&COUNT=5&excludedattributes=members&unknown=1&&=x");
  ASSERT_TRUE(out) << said(out);
  EXPECT_EQ(out->filter, R"(userName eq "a+b@x")");
  EXPECT_THAT(out->attributes, ElementsAre("userName", "name.familyName"));
  EXPECT_THAT(out->excluded, ElementsAre("members"));
  EXPECT_EQ(out->count, 5);
}

TEST(Query, RepeatedListsAreOneAndTwoFiltersAreNone) {
  const auto out = query("attributes=userName&attributes=title,id&excludedAttributes=a&excludedattributes=b");
  ASSERT_TRUE(out) << said(out);
  EXPECT_THAT(out->attributes, ElementsAre("userName", "title", "id"));
  EXPECT_THAT(out->excluded, ElementsAre("a", "b"));
  EXPECT_THAT(said(query("filter=id+pr&Filter=title+pr")), HasSubstr("400 invalidFilter: filter stands twice"));
}

TEST(Query, BrokenEscapesAreRefused) {
  for (const char* text : {"filter=%", "filter=%2", "filter=%zz", "filter=%ff%fe", "%g0=1"}) EXPECT_THAT(said(query(text)), HasSubstr("400 invalidValue")) << text;
}

struct Clamp {
  const char* text;
  std::int64_t start, count;
};
class Clamps : public testing::TestWithParam<Clamp> {};
TEST_P(Clamps, AsTheRfcSays) {
  const auto out = query(GetParam().text);
  ASSERT_TRUE(out) << said(out);
  EXPECT_EQ(out->start_index, GetParam().start);
  EXPECT_EQ(out->count, GetParam().count);
}
INSTANTIATE_TEST_SUITE_P(Table, Clamps,
                         testing::Values(Clamp{"", 1, 100}, Clamp{"startIndex=0", 1, 100}, Clamp{"startIndex=-3&count=0", 1, 0}, Clamp{"count=-5", 1, 0},
                                         Clamp{"count=1000000&startIndex=9", 9, 200}, Clamp{"count=99999999999999999999", 1, 200},
                                         Clamp{"startIndex=-99999999999999999999", 1, 100}, Clamp{"startindex=7&count=3", 7, 3}));

TEST(Query, WhatIsNoNumberIsRefused) {
  for (const char* text : {"count=abc", "count=", "count=1.5", "startIndex=1x", "count=0x10"}) EXPECT_THAT(said(query(text)), HasSubstr("400 invalidValue")) << text;
  EXPECT_THAT(said(query("cursor=&count=abc")), HasSubstr("400 invalidCount"));
}

TEST(Query, SortOrderAndCursor) {
  EXPECT_TRUE(query("sortBy=userName&sortOrder=DESCENDING")->descending);
  EXPECT_FALSE(query("sortBy=userName")->descending);
  EXPECT_THAT(said(query("sortOrder=up")), HasSubstr("400 invalidValue: sortOrder"));
  EXPECT_EQ(query("cursor")->cursor, "");
  EXPECT_EQ(query("cursor=aZ0-._~")->cursor, "aZ0-._~");
  EXPECT_FALSE(query("")->cursor);
  EXPECT_THAT(said(query("cursor=a%2Fb")), HasSubstr("400 invalidCursor"));
}

TEST(Query, ASearchRequestSaysTheSame) {
  const auto out = parse_search(from(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName","name.givenName"],
    "excludedAttributes":null,"Filter":"title pr","sortBy":"userName","sortOrder":"descending","startIndex":0,"count":9999,"cursor":"x","other":[1]})"), paging);
  ASSERT_TRUE(out) << said(out);
  EXPECT_THAT(out->attributes, ElementsAre("userName", "name.givenName"));
  EXPECT_EQ(out->filter, "title pr");
  EXPECT_EQ(out->sort_by, "userName");
  EXPECT_TRUE(out->descending);
  EXPECT_EQ(out->start_index, 1);
  EXPECT_EQ(out->count, 200);
  EXPECT_EQ(out->cursor, "x");
}

TEST(Query, ASearchRequestOfAnotherShapeIsRefused) {
  const auto wrong = [](const char* text) { return said(parse_search(from(text), paging)); };
  EXPECT_THAT(wrong("[]"), HasSubstr("400 invalidSyntax"));
  EXPECT_THAT(wrong(R"({"schemas":["urn:x"]})"), HasSubstr("400 invalidSyntax: schemas must name"));
  EXPECT_THAT(wrong(R"({"attributes":[1]})"), HasSubstr("attributes must be an array of strings"));
  EXPECT_THAT(wrong(R"({"count":"abc"})"), HasSubstr("count must be a whole number"));
  EXPECT_THAT(wrong(R"({"filter":7})"), HasSubstr("filter must be a string"));
}

}  // namespace
}  // namespace rollcall::scim
