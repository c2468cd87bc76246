// RFC 8265 section 4.2: a password as it is to be compared.
#include <gtest/gtest.h>

#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

TEST(OpaqueString, KeepsCaseAndSpacesAndComposes) {
  EXPECT_EQ(opaque_string("Correct horse  BATTERY"), "Correct horse  BATTERY");
  EXPECT_EQ(opaque_string("e\xCC\x81"), "\xC3\xA9");                          // e and an accent
  EXPECT_EQ(opaque_string("a\xC2\xA0" "b\xE3\x80\x80" "c"), "a b c");        // no-break and ideographic space
  EXPECT_EQ(opaque_string("\xF0\x9F\x90\x8E"), "\xF0\x9F\x90\x8E");       // beyond the first plane
}

TEST(OpaqueString, RefusesWhatNoPasswordHas) {
  for (const std::string_view bad : {std::string_view(""), std::string_view("a\tb"), std::string_view("a\0b", 3), std::string_view("\xC2\x85"),
                                     std::string_view("\xEF\xBF\xBF"), std::string_view("\xFF")})
    EXPECT_FALSE(opaque_string(bad));
}

}  // namespace
}  // namespace rollcall::language
