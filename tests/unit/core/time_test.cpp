#include "core/time.hpp"

#include <gtest/gtest.h>

#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

TEST(Time, TextsAndInstantsAreTheSameBothWays) {
  for (const char* text : {"2026-11-21T10:00:00Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
    const auto at = parse_rfc3339(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(rfc3339(*at), text);
  }
}

TEST(Time, OffsetsAndFractionsAreTaken) {
  EXPECT_EQ(parse_rfc3339("2026-11-21T12:00:00+02:00"), parse_rfc3339("2026-11-21T10:00:00Z"));
  EXPECT_EQ(parse_rfc3339("2026-11-20T23:30:00-10:30"), parse_rfc3339("2026-11-21t10:00:00z"));
  EXPECT_EQ(parse_rfc3339("2026-11-21T10:00:00.25Z"), *parse_rfc3339("2026-11-21T10:00:00Z") + Duration{250});
  EXPECT_EQ(parse_rfc3339("2026-11-21T10:00:00.123456789+00:00"), *parse_rfc3339("2026-11-21T10:00:00Z") + Duration{123});
}

TEST(Time, WhatIsNoDateIsNone) {
  for (const char* text : {"", "2026", "2026-11-21", "2026-11-21T10:00:00", "2026-11-21T10:00Z", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
                           "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:00:61Z", "2026-11-21T10:00:00+25:00",
                           "2026-11-21T10:00:00+0200", "2026-11-21T10:00:00Zx", "2026-11-21T10:00:00.Z", "2026/11/21T10:00:00Z",
                           "-026-11-21T10:00:00Z", "2026-11-21T10:00:00.5", "2026-11-21T10:00:00+2:000"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Time, ADurationIsWrittenInTheLargestUnitThatDividesIt) {
  using namespace std::chrono;
  EXPECT_EQ(duration_text(hours{24 * 30}), "30d");
  EXPECT_EQ(duration_text(hours{36}), "36h");
  EXPECT_EQ(duration_text(minutes{15}), "15m");
  EXPECT_EQ(duration_text(seconds{90}), "90s");
  EXPECT_EQ(duration_text(seconds{0}), "0s");
}

}  // namespace
}  // namespace rollcall::core
