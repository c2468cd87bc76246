// A provider that fails most of its calls is left alone, and probed (issue: brakes).
#include "sync/quarantine.hpp"

#include <gtest/gtest.h>

#include "support/engine.hpp"
#include "sync/throttle.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;

class Quarantine : public testing::Test {
 protected:
  Quarantine() {
    e.people(12);
    seat().throttle = std::make_shared<sync::Throttle>(Rate{}, 4);
  }
  sync::ProviderSeat& seat() { return e.house.providers[0]; }
  store::ProviderRow row() { return e.state->provider("idp").value().value(); }
  void run(Duration time = 1min) {
    e.later(time);
    ASSERT_TRUE(sync::note_health(*e.state, seat(), e.now));
  }
  Instant until() { return sync::quarantined_until(*e.state, "idp", e.now).value(); }
  Engine e;
};

TEST_F(Quarantine, AProviderThatAnswersIsNeverInIt) {
  run();
  EXPECT_EQ(row().circuit, "");
  EXPECT_EQ(until(), Instant{});
}

TEST_F(Quarantine, AListingThatNeverComesBeginsItAndTheWaitDoublesToAnHour) {
  e.faulty.on_cue({"", unavailable(), false, 0, -1});
  for (const auto wait : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
    run();
    EXPECT_EQ(until() - e.now, Duration(wait));
    EXPECT_NE(row().circuit.find("calls failed"), std::string::npos);
  }
  e.faulty.clear();
  run();
  EXPECT_EQ(until(), Instant{});
  EXPECT_EQ(row().strikes, 0);
  EXPECT_EQ(e.provider.accounts.size(), 12u);
}

TEST_F(Quarantine, WritesThatMostlyFailBeginItToo) {
  e.faulty.on_cue({"create", unavailable(), false, 0, -1});
  run();
  EXPECT_NE(until(), Instant{});
  EXPECT_LE(e.faulty.seen("create"), 3u + 2u * 4u) << "three in a row, and what was under way: the probe is bounded";
}

TEST_F(Quarantine, SomeFailuresAmongManyAnswersDoNot) {
  e.settings().concurrency = 1;
  for (int n : {1, 4, 7}) e.faulty.on_cue({"create", unavailable(), false, n, 1});
  run();
  EXPECT_EQ(until(), Instant{});
}

TEST_F(Quarantine, ARefusalIsAnAnswer) {
  e.faulty.on_cue({"create", Error{ErrorKind::invalid, "no", "test", std::nullopt, false}, false, 0, -1});
  run();
  EXPECT_EQ(until(), Instant{}) << "it works; it only does not like what it is told";
}

}  // namespace
}  // namespace rollcall::test
