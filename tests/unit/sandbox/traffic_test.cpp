#include "sandbox/traffic.hpp"

#include "unit/sandbox/support.hpp"

namespace rollcall::sandbox {
namespace {

using std::chrono::milliseconds;

TEST(Traffic, CountsByPatternAndStatusAndTheMostAtOnce) {
  Traffic traffic;
  traffic.begin("GET a", noon);
  traffic.begin("GET a", noon);
  traffic.answered("GET a", 200);
  traffic.answered("GET a", 0);
  traffic.end();
  traffic.begin("PUT b", noon);
  EXPECT_EQ(traffic.total(), 3);
  EXPECT_EQ(traffic.count("GET a"), 2);
  EXPECT_EQ(traffic.most_at_once(), 2);
  const json::Value value = traffic.value();
  EXPECT_EQ(*value.find("by-status")->find("200"), json::Value(1));
  EXPECT_EQ(*value.find("by-status")->find("dropped"), json::Value(1));
  EXPECT_EQ(*value.find("under-way"), json::Value(2));
}

TEST(Traffic, TheMostPerSecondIsOverAnySecond) {
  Traffic traffic;
  for (const int ms : {0, 900, 950, 1000, 1899, 1950}) traffic.begin("GET a", noon + milliseconds(ms));
  EXPECT_EQ(traffic.most_per_second(), 4);  // 900 to 1899
}

TEST(Traffic, ResetForgetsAllButWhatIsUnderWay) {
  Traffic traffic;
  traffic.begin("GET a", noon);
  traffic.begin("GET a", noon);
  traffic.end();
  traffic.reset();
  EXPECT_EQ(traffic.total(), 0);
  EXPECT_EQ(traffic.most_at_once(), 1);
}

TEST(RateLimit, RefusesAboveItAndSaysWhatIsLeftOfTheWindow) {
  RateLimit rate = *parse_rate("2/s");
  EXPECT_FALSE(rate.over(noon));
  EXPECT_FALSE(rate.over(noon + milliseconds(100)));
  EXPECT_EQ(rate.over(noon + milliseconds(300)), milliseconds(700));
  EXPECT_FALSE(rate.over(noon + milliseconds(1000)));
  EXPECT_FALSE(RateLimit().over(noon));
}

TEST(RateLimit, TextsThatAreNoRateAreRefused) {
  EXPECT_EQ(parse_rate("5000/h")->period, std::chrono::hours(1));
  for (const char* bad : {"", "5", "/s", "0/s", "-1/s", "5/d", "5/s ", "x/s"}) EXPECT_FALSE(parse_rate(bad)) << bad;
}

class SandboxLimit : public OneLoginTest {};

TEST_F(SandboxLimit, AnswersAre429WithTheHeadersRoundedUp) {
  sandbox->set_rate_limit(*parse_rate("1/s"));
  EXPECT_EQ(ask("GET", "/api/v3/users.xml").status, 200);
  now += milliseconds(10);
  const auto response = ask("POST", "/api/v3/users.xml", "<user><username>a</username></user>");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(header_value(response.headers, "Retry-After"), "1");
  EXPECT_EQ(header_value(response.headers, "X-RateLimit-Remaining"), "0");
  EXPECT_TRUE(sandbox->tenant().accounts().empty());
}

}  // namespace
}  // namespace rollcall::sandbox
