#include "language/dates.hpp"

#include <gtest/gtest.h>

#include "language/names.hpp"

namespace rollcall::language {
namespace {

std::string read(DateForm form, std::string_view text) {
  const auto instant = parse_date(form, text);
  return instant ? rfc3339(*instant) : "";
}

TEST(Dates, GeneralizedTimeKnowsItsPartsFractionsAndZones) {  // RFC 4517 section 3.3.13
  const auto g = [](std::string_view text) { return read(DateForm::generalized, text); };
  EXPECT_EQ(g("20261121100000Z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(g("20261121100000.0Z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(g("20261121100000,999Z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(g("202611211000Z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(g("2026112110Z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(g("2026112110.5Z"), "2026-11-21T10:30:00Z");
  EXPECT_EQ(g("202611211000.25Z"), "2026-11-21T10:00:15Z");
  EXPECT_EQ(g("20261121100000+0130"), "2026-11-21T08:30:00Z");
  EXPECT_EQ(g("20261121100000-02"), "2026-11-21T12:00:00Z");
  EXPECT_EQ(g("20261231235960Z"), "2027-01-01T00:00:00Z");
  EXPECT_EQ(g("20261121"), "2026-11-21T23:59:59Z");
  EXPECT_EQ(g("000001010000Z"), "0000-01-01T00:00:00Z");
  for (const char* bad :
       {"", "2026", "20261321100000Z", "20260230100000Z", "20261121250000Z", "20261121100000.Z", "20261121100000X",
        "20261121100000Zx", "20261121100000+25", "2026112110000Z", "00000101000000+2359"})
    EXPECT_EQ(g(bad), "") << bad;
}

TEST(Dates, Rfc3339KnowsZonesFractionsAndBareDates) {
  const auto r = [](std::string_view text) { return read(DateForm::rfc3339, text); };
  EXPECT_EQ(r("2026-11-21T10:00:00Z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(r("2026-11-21t10:00:00.987z"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(r("2026-11-21T10:00:00-08:00"), "2026-11-21T18:00:00Z");
  EXPECT_EQ(r("2026-11-21T10:00:00"), "2026-11-21T10:00:00Z");
  EXPECT_EQ(r("2024-02-29"), "2024-02-29T23:59:59Z");
  for (const char* bad : {"2026-02-29", "2026-11-21T24:00:00Z", "2026-11-21T10:00Z", "2026-11-21T10:00:00+0800",
                          "2026-1-2", "2026-11-21Z", "2026-11-21T10:00:00Z "})
    EXPECT_EQ(r(bad), "") << bad;
}

TEST(Dates, FiletimeKnowsNever) {
  const auto f = [](std::string_view text) { return read(DateForm::filetime, text); };
  EXPECT_EQ(f("116444736000000000"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(f("1"), "1601-01-01T00:00:00Z");
  for (const char* never : {"0", "9223372036854775807", "-5", "9223372036854775806", "1.5", ""})
    EXPECT_EQ(f(never), "") << never;
}

TEST(Dates, DaysKnowNeverAndTheFirstDay) {
  EXPECT_EQ(read(DateForm::days, "0"), "1970-01-01T23:59:59Z");
  for (const char* never : {"-1", "x", "", "99999999999"}) EXPECT_EQ(read(DateForm::days, never), "") << never;
}

TEST(Dates, InstantsKeepMilliseconds) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.250Z")->time_since_epoch().count(), 1250);
}

TEST(Names, ADnHasOneNormalForm) {  // RFC 4517 section 4.2.15, RFC 4518
  const auto wanted = normal_dn("cn=Doe\\, Jane+uid=jd,ou=People,dc=x");
  for (const char* same : {"CN=doe\\2C jane+UID=JD,OU=people,DC=X", "uid=jd + cn=\"Doe,  Jane\" ; ou = People , dc=x",
                           "2.5.4.3=Doe\\, Jane+uid=jd,organizationalUnitName=People,dc=x"})
    EXPECT_EQ(normal_dn(same), wanted) << same;
  EXPECT_NE(normal_dn("cn=Doe,cn=Jane+uid=jd,ou=People,dc=x"), wanted);
  EXPECT_NE(normal_dn("cn=a\\+b"), normal_dn("cn=a"));
}

}  // namespace
}  // namespace rollcall::language
