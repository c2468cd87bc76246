#include "providers/http.hpp"

#include <gtest/gtest.h>

namespace rollcall::providers {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
const Instant now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + hours(10);  // a Saturday

TEST(ProviderHttp, EverythingButLettersDigitsAndThreeMarksIsEncoded) {
  EXPECT_EQ(percent_encoded("aZ09-_~"), "aZ09-_~");
  EXPECT_EQ(percent_encoded("../a.b@c d%\xC3\xA9?#&"), "%2E%2E%2Fa%2Eb%40c%20d%25%C3%A9%3F%23%26");
}

TEST(ProviderHttp, BasicAuthorizationIsBase64OfBoth) { EXPECT_EQ(basic_authorization("key", "x"), "Basic a2V5Ong="); }

TEST(ProviderHttp, RetryAfterIsReadAsSecondsAndAsADate) {
  EXPECT_EQ(retry_after({{"retry-after", "120"}}, now), seconds(120));
  for (const char* date :
       {"Sat, 21 Nov 2026 10:01:00 GMT", "Saturday, 21-Nov-26 10:01:00 GMT", "Sat Nov 21 10:01:00 2026"})
    EXPECT_EQ(retry_after({{"Retry-After", date}}, now), seconds(60)) << date;
  EXPECT_EQ(retry_after({{"Retry-After", "Sat, 21 Nov 2026 09:00:00 GMT"}}, now), seconds(0));
}

TEST(ProviderHttp, ADateIsMeasuredFromTheServersOwnClock) {
  const Headers headers = {{"Date", "Sat, 21 Nov 2026 12:00:00 GMT"}, {"Retry-After", "Sat, 21 Nov 2026 12:00:30 GMT"}};
  EXPECT_EQ(retry_after(headers, now), seconds(30));
}

TEST(ProviderHttp, RateLimitResetIsAPauseOrATime) {
  EXPECT_EQ(retry_after({{"X-RateLimit-Reset", "832"}}, now), seconds(832));
  const auto in_a_minute = std::chrono::duration_cast<seconds>(now.time_since_epoch()).count() + 60;
  EXPECT_EQ(retry_after({{"X-RateLimit-Reset", std::to_string(in_a_minute)}}, now), seconds(60));
  EXPECT_EQ(retry_after({{"Retry-After", "5"}, {"X-RateLimit-Reset", "832"}}, now), seconds(5));
}

TEST(ProviderHttp, NonsenseIsNoPauseAndNoneIsLongerThanADay) {
  for (const char* text : {"", "soon", "-5", "1.5", "99999999999999999999", "Sat, 99 Foo"})
    EXPECT_EQ(retry_after({{"Retry-After", text}}, now), std::nullopt) << text;
  EXPECT_EQ(retry_after({{"Retry-After", "9223372036854775807"}}, now), hours(24));
  EXPECT_EQ(retry_after({{"X-RateLimit-Reset", "9223372036854775807"}}, now), hours(24));
}

TEST(ProviderHttp, AnExcerptIsTextOnOneLine) {
  EXPECT_EQ(excerpt("<html><!-- <b>no</b> --><SCRIPT>no</SCRIPT><p>a\r\n\t b</p>c"), "a b c");
  EXPECT_EQ(excerpt("plain < unclosed"), "plain");
  EXPECT_EQ(excerpt("a\x07\x7F\xC2\x9B\xE2\x80\xAE\xE2\x81\xA6z"),
            "a\\x07\\x7f\\xc2\\x9b\\xe2\\x80\\xae\\xe2\\x81\\xa6z");
  EXPECT_EQ(excerpt("Jos\xC3\xA9"), "Jos\xC3\xA9");
  EXPECT_EQ(excerpt("a\xFF"
                    "b"),
            "a?b");
  EXPECT_EQ(excerpt(""), "");
}

TEST(ProviderHttp, AnExcerptIsCutBetweenCharacters) {
  EXPECT_EQ(excerpt("aa\xC3\xA9\xC3\xA9", 3), "aa...");
  EXPECT_EQ(excerpt(std::string(1'000'000, 'x')).size(), 303u);
}

TEST(ProviderHttp, HtmlIsKnownByItsBeginning) {
  EXPECT_TRUE(is_html("\r\n <!DOCTYPE HTML><html>"));
  EXPECT_TRUE(is_html("<html lang='en'>"));
  EXPECT_FALSE(is_html("<error><message>html</message></error>"));
  EXPECT_FALSE(is_html(""));
}

TEST(ProviderHttp, SecretsAndTokensAreTakenOut) {
  EXPECT_EQ(redacted("key k3y and k3y, http://a/?Token=abc&x=1 end", {"k3y", ""}),
            "key *** and ***, http://a/?Token=***&x=1 end");
  EXPECT_EQ(redacted("token=", {}), "token=***");
  EXPECT_EQ(redacted("***", {"*"}), "*********");
}

}  // namespace
}  // namespace rollcall::providers
