#include "scim/lookup.hpp"

#include <gtest/gtest.h>

namespace rollcall::scim {
namespace {

TEST(ResourceLookupTest, PathsFollowTheProtocol) {
  const auto resource = json::parse(
      R"({"userName": "u", "EMAILS": [{"value": "a", "primary": true}, {"value": "b", "type": "x]y"}], "n": 5,
    "urn:example:ext": {"a": {"b": "deep"}}})");
  ASSERT_TRUE(resource);
  const ResourceLookup lookup(*resource);
  EXPECT_EQ(lookup.values("USERNAME"), Values{"u"});
  EXPECT_EQ(lookup.values("emails"), (Values{"a", "b"}));
  EXPECT_EQ(lookup.values("emails.value"), (Values{"a", "b"}));
  EXPECT_EQ(lookup.values("emails[primary eq true].value"), Values{"a"});
  EXPECT_EQ(lookup.values("emails[type eq \"x]y\"].value"), Values{"b"});
  EXPECT_EQ(lookup.values("emails[not (primary pr)].value"), Values{"b"});
  EXPECT_EQ(lookup.values("n"), Values{"5"});
  EXPECT_EQ(lookup.values("nothing.here"), Values{});
  EXPECT_EQ(lookup.values("urn:ietf:params:scim:schemas:core:2.0:User:userName"), Values{"u"});
}

}  // namespace
}  // namespace rollcall::scim
