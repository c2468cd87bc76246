#include "app/burst.hpp"

#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

using namespace std::chrono_literals;
const Burst::Time begin{1h};

TEST(BurstTest, NothingIsDueWithoutAWrite) { EXPECT_FALSE(Burst().due()); }

TEST(BurstTest, ALoneWriteIsActedOnInUnderASecond) {
  Burst burst;
  burst.write(begin);
  EXPECT_LT(*burst.due(), begin + 1s);
}

TEST(BurstTest, ManyWritesWaitUntilTheyHaveStopped) {
  Burst burst;
  for (int i = 0; i < 100; ++i) burst.write(begin + i * 100ms);
  EXPECT_EQ(*burst.due(), begin + 9900ms + 5s);
}

TEST(BurstTest, WritesThatNeverStopAreActedOnAfterHalfAMinute) {
  Burst burst;
  for (int i = 0; i < 1000; ++i) burst.write(begin + i * 100ms);
  EXPECT_EQ(*burst.due(), begin + 30s);
}

TEST(BurstTest, WhatIsActedOnIsOver) {
  Burst burst;
  burst.write(begin);
  burst.taken();
  EXPECT_FALSE(burst.due());
  burst.write(begin + 1min);
  EXPECT_LT(*burst.due(), begin + 1min + 1s);
}

}  // namespace
}  // namespace rollcall::app
