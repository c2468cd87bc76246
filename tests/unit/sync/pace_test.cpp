// Quiet hours by the clock on the wall, and the wave.
#include "sync/pace.hpp"

#include <gtest/gtest.h>

#include "core/time.hpp"
#include "support/zone.hpp"

namespace rollcall::sync {
namespace {

using namespace std::chrono_literals;

Instant at(const char* text) { return core::parse_rfc3339(text).value(); }

TEST(Quiet, TheHoursReachAcrossMidnightInTheZoneOfTheSchedule) {
  const test::Zone zone("Europe/Berlin");                        // UTC+1 in November
  const char* const hours = "20:00-07:00";
  EXPECT_EQ(quiet_until(hours, at("2026-11-21T18:59:59Z")), Instant{});
  EXPECT_EQ(quiet_until(hours, at("2026-11-21T19:00:00Z")), at("2026-11-22T06:00:00Z"));
  EXPECT_EQ(quiet_until(hours, at("2026-11-22T00:30:00Z")), at("2026-11-22T06:00:00Z"));
  EXPECT_EQ(quiet_until(hours, at("2026-11-22T05:59:59Z")), at("2026-11-22T06:00:00Z"));
  EXPECT_EQ(quiet_until(hours, at("2026-11-22T06:00:00Z")), Instant{});
}

TEST(Quiet, TheHoursOfADayAreNotThoseOfTheNight) {
  const test::Zone zone("UTC");
  EXPECT_EQ(quiet_until("12:00-13:30", at("2026-11-21T12:15:20Z")), at("2026-11-21T13:30:00Z"));
  EXPECT_EQ(quiet_until("12:00-13:30", at("2026-11-21T23:00:00Z")), Instant{});
  EXPECT_EQ(quiet_until("", at("2026-11-21T23:00:00Z")), Instant{});
}

TEST(Quiet, TheNightOfTheSpringChangeIsAnHourShorterAndThatOfAutumnAnHourLonger) {
  const test::Zone zone("Europe/Berlin");
  const char* const hours = "20:00-07:00";
  EXPECT_EQ(quiet_until(hours, at("2026-03-28T19:00:00Z")), at("2026-03-29T05:00:00Z"));   // 07:00 is UTC+2 already
  EXPECT_EQ(quiet_until(hours, at("2026-10-24T18:00:00Z")), at("2026-10-25T06:00:00Z"));   // and UTC+1 again
}

TEST(Quiet, AnEndThatTheSpringChangeSkipsIsTheFirstMinuteAfterIt) {
  const test::Zone zone("Europe/Berlin");
  EXPECT_EQ(quiet_until("22:00-02:30", at("2026-03-28T23:00:00Z")), at("2026-03-29T01:00:00Z"));   // 03:00 on the wall
}

TEST(Quiet, AnHourThatTheAutumnChangeShowsTwiceIsQuietTwice) {
  const test::Zone zone("Europe/Berlin");
  const char* const hours = "02:00-02:30";
  EXPECT_NE(quiet_until(hours, at("2026-10-25T00:10:00Z")), Instant{});
  EXPECT_EQ(quiet_until(hours, at("2026-10-25T00:40:00Z")), Instant{});
  EXPECT_NE(quiet_until(hours, at("2026-10-25T01:10:00Z")), Instant{});
}

InviteSettings wave(std::int64_t count, Duration per) {
  InviteSettings s;
  s.wave = Rate{count, per};
  return s;
}

TEST(Wave, NoWindowHoldsMoreThanTheWave) {
  const InviteSettings settings = wave(2, 1h);
  Pace pace(settings);
  const Instant now = at("2026-11-21T12:00:00Z");
  pace.remember({now - 90min, now - 30min});
  EXPECT_EQ(pace.next(now), now);
  pace.claim(now);
  EXPECT_EQ(pace.wait_reason(now), "the wave is full: 2 went out");
  EXPECT_EQ(pace.next(now), now + 30min);
  EXPECT_EQ(pace.wait_reason(now + 30min), "");
  pace.give_back(now);
  EXPECT_EQ(pace.wait_reason(now), "") << "what did not go out takes no place";
}

}  // namespace
}  // namespace rollcall::sync
