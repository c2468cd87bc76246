#include "app/config/values.hpp"

#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

using namespace std::chrono_literals;

TEST(Values, ADurationHasOneNumberAndOneUnit) {
  EXPECT_EQ(parse_duration("0s"), Duration(0));
  EXPECT_EQ(parse_duration("30s"), Duration(30s));
  EXPECT_EQ(parse_duration("5m"), Duration(5min));
  EXPECT_EQ(parse_duration("24h"), Duration(24h));
  EXPECT_EQ(parse_duration("30d"), Duration(720h));
  for (const char* wrong :
       {"", "s", "5", "5x", "-5m", "+5m", " 5m", "5 m", "5ms", "1.5h", "1h30m", "99999999999999999999d", "9999999999d"})
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
}

TEST(Values, AShareIsAPercentage) {
  EXPECT_DOUBLE_EQ(*parse_share("10%"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_share("2.5%"), 0.025);
  EXPECT_DOUBLE_EQ(*parse_share("100%"), 1);
  for (const char* wrong : {"", "%", "10", "101%", "-1%", "1e1%", "nan%", "10 %", "ten%"})
    EXPECT_FALSE(parse_share(wrong)) << wrong;
}

TEST(Values, ARateIsANumberOverASecondAMinuteOrAnHour) {
  const auto rate = parse_rate("4000/h");
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->count, 4000);
  EXPECT_EQ(rate->per, Duration(1h));
  for (const char* wrong : {"", "4000", "4000/", "/h", "0/h", "-1/s", "5/d", "5/hour", "5.5/s"})
    EXPECT_FALSE(parse_rate(wrong)) << wrong;
}

TEST(Values, ALimitIsACountAPercentageOrBoth) {
  const auto both = parse_limit("50, 10%");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->count, 50);
  EXPECT_DOUBLE_EQ(*both->share, 0.1);
  EXPECT_EQ(both->text, "50, 10%");
  EXPECT_EQ(parse_limit("0")->count, 0);
  EXPECT_FALSE(parse_limit("0")->share);
  EXPECT_FALSE(parse_limit("10%")->count);
  for (const char* wrong : {"", ",", "50,", "50, 60", "10%, 20%", "many", "-1", "50; 10%"})
    EXPECT_FALSE(parse_limit(wrong)) << wrong;
}

TEST(Values, QuietHoursMayGoThroughMidnightButNotBeEmpty) {
  EXPECT_TRUE(parse_quiet_hours("20:00-07:00"));
  for (const char* wrong : {"", "20:00", "20:00-20:00", "24:00-07:00", "8:00-9:00", "20:60-07:00", "20:00-07:00-"})
    EXPECT_FALSE(parse_quiet_hours(wrong)) << wrong;
}

TEST(Values, AZoneIsOneThatTheHostKnows) {
  EXPECT_TRUE(parse_zone("UTC"));
  for (const char* wrong : {"", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe"})
    EXPECT_FALSE(parse_zone(wrong)) << wrong;
}

TEST(Values, AFilterIsBalanced) {
  for (const char* right : {"(objectClass=inetOrgPerson)", "(|(a=b)(!(c=d)))", "(cn=a\\28b\\29)"})
    EXPECT_TRUE(parse_filter(right)) << right;
  for (const char* wrong : {"", "objectClass=person", "(a=b", "(a=b))", "(a=b)(c=d)", "(&()(a=b))", "(cn=a\\2)"})
    EXPECT_FALSE(parse_filter(wrong)) << wrong;
}

TEST(Values, ClearTextIsForLoopbackOnly) {
  const auto url = [](const char* text) { return parse_url_of(text, {"https", "http"}, {"http"}); };
  EXPECT_EQ(url("http://127.0.0.1:80/base/"), "http://127.0.0.1:80/base");
  EXPECT_TRUE(url("http://localhost"));
  EXPECT_TRUE(url("http://[::1]:80"));
  EXPECT_EQ(url("https://api.example.org/"), "https://api.example.org");
  EXPECT_FALSE(url("http://api.example.org"));
  EXPECT_FALSE(url("http://127.0.0.1.example.org"));
  EXPECT_FALSE(url("ftp://127.0.0.1"));
  EXPECT_FALSE(url("api.example.org"));
}

TEST(Values, UserInformationInAUrlIsRefusedAndNotShown) {
  const auto url = parse_url_of("https://admin:hunter2@example.org", {"https"}, {});
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().find("hunter2"), std::string::npos);
}

TEST(Values, AListenAddressIsNumericWithAPort) {
  EXPECT_TRUE(parse_listen("127.0.0.1:9464"));
  EXPECT_TRUE(parse_listen("[::1]:9464"));
  for (const char* wrong : {"", "9464", "127.0.0.1", "127.0.0.1:99999", "::1:9464"})
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
}

}  // namespace
}  // namespace rollcall::app
