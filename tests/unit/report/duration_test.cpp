#include "report/duration.hpp"

#include <gtest/gtest.h>

namespace rollcall::report {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, TakesTheLargestUnitThatDividesIt) {
  EXPECT_EQ(duration_text(720h), "30d");
  EXPECT_EQ(duration_text(36h), "36h");
  EXPECT_EQ(duration_text(15min), "15m");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(0s), "0s");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
}

TEST(RoughDuration, SaysTwoUnitsAtMost) {
  EXPECT_EQ(rough_duration(76h + 5min), "3d 4h");
  EXPECT_EQ(rough_duration(-(12min + 5s)), "12m 5s");
  EXPECT_EQ(rough_duration(1h + 5s), "1h");
  EXPECT_EQ(rough_duration(999ms), "0s");
}

TEST(Rfc3339, WritesUtcInWholeSeconds) {
  EXPECT_EQ(rfc3339(Instant{1795255200s}), "2026-11-21T10:00:00Z");
  EXPECT_EQ(rfc3339(Instant{1795255200999ms}), "2026-11-21T10:00:00Z");
  EXPECT_EQ(rfc3339(Instant{-1ms}), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339, ReadsWhatItWrites) {
  for (const auto second : {0s, 1s, 951782400s, 1795255200s, 253402300799s, -1s})
    EXPECT_EQ(parse_rfc3339(rfc3339(Instant{second})), Instant{second});
}

TEST(Rfc3339, ReadsOffsetsFractionsAndLowerCase) {
  EXPECT_EQ(parse_rfc3339("2026-11-21T11:30:00+01:30"), Instant{1795255200s});
  EXPECT_EQ(parse_rfc3339("2026-11-21t09:00:00.5-01:00"), Instant{1795255200500ms});
  EXPECT_EQ(parse_rfc3339("2026-11-21T10:00:00.1239999z"), Instant{1795255200123ms});
}

TEST(Rfc3339, ReadsALeapSecondAsTheSecondAfterIt) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-11-21", "2026-11-21T10:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:00:61Z", "2026-11-21T10:00:00Zx",
        "2026-11-21T10:00:00.Z", "2026-11-21T10:00:00+25:00", "2026-11-21T10:00:00+25:00!", "+026-11-21T10:00:00Z"})
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
}

}  // namespace
}  // namespace rollcall::report
