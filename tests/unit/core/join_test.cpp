#include "core/join.hpp"

#include <gtest/gtest.h>

#include "core/time.hpp"
#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using test::Words;

MappedRecord record(std::string source, std::size_t order, std::map<std::string, std::string> values) {
  MappedRecord r;
  r.key = source + "-1";
  r.source = std::move(source);
  r.order = order;
  r.values = std::move(values);
  return r;
}
const MappedRecord hr = record("hr", 0, {{"title", "Boss"}, {"email", "hr@example.org"}});
const MappedRecord corp = record("corp", 1, {{"title", "Chef"}, {"phone", "1"}, {"email", ""}});

Joined joined(std::vector<MappedRecord> records, JoinSettings settings = {}) { return join("ada", std::move(records), settings, {}); }

MappedRecord with(MappedRecord r, std::string name, std::string value) {
  r.values[name] = std::move(value);
  return r;
}

TEST(Join, AttributesComeFromTheFirstSourceInFileOrderThatHasAValue) {
  for (const auto& records : {std::vector{hr, corp}, std::vector{corp, hr}}) {
    const auto j = joined(records);
    EXPECT_EQ(j.identity.person, "ada");
    EXPECT_EQ(j.identity.values, (std::map<std::string, std::string>{{"title", "Boss"}, {"email", "hr@example.org"}, {"phone", "1"}}));
    EXPECT_EQ(j.identity.origin.at("title"), "hr");
    EXPECT_EQ(j.identity.origin.at("phone"), "corp");
    EXPECT_EQ(j.identity.sources, (Words{"corp", "hr"}));
  }
}

TEST(Join, AuthorityIsAskedFirstAndThenTheNextThatHasAValue) {
  JoinSettings s;
  s.authority = {{"title", {"corp", "hr"}}, {"email", {"corp"}}};
  const auto j = joined({hr, corp}, s);
  EXPECT_EQ(j.identity.values.at("title"), "Chef");
  EXPECT_EQ(j.identity.values.at("email"), "hr@example.org") << "an empty value is none";
}

TEST(Join, APersonIsActiveOnlyIfNoSourceSaysOtherwise) {
  const auto j = joined({with(hr, "active", "true"), with(corp, "active", "false")});
  EXPECT_FALSE(j.identity.active);
  EXPECT_EQ(j.inactive_in, "corp");
  ASSERT_EQ(j.warnings.size(), 1u);
  EXPECT_NE(j.warnings[0].find("hr"), std::string::npos);
  EXPECT_NE(j.warnings[0].find("corp"), std::string::npos);
  EXPECT_TRUE(joined({hr, corp}).identity.active) << "active where the mapping has none";
  EXPECT_FALSE(joined({hr}).identity.values.contains("active"));
}

TEST(Join, WithAuthorityTheNamedSourceDecidesAndTheDisagreementIsStillNamed) {
  JoinSettings s;
  s.authority = {{"active", {"hr"}}};
  auto j = joined({with(hr, "active", "true"), with(corp, "active", "false")}, s);
  EXPECT_TRUE(j.identity.active);
  EXPECT_EQ(j.warnings.size(), 1u);
  j = joined({with(hr, "active", "false"), with(corp, "active", "true")}, s);
  EXPECT_FALSE(j.identity.active);
  EXPECT_EQ(j.inactive_in, "hr");
}

TEST(Join, APersonIsGoneWhenNoSourceHasThemAndKeepsTheLastKnownFace) {
  MappedRecord a = hr, b = corp;
  a.gone = true;
  auto j = joined({a, b});
  EXPECT_FALSE(j.gone);
  EXPECT_EQ(j.identity.values.at("title"), "Chef") << "what is gone says nothing beside what is there";
  EXPECT_EQ(j.identity.sources, Words{"corp"});
  b.gone = true;
  j = joined({a, b});
  EXPECT_TRUE(j.gone);
  EXPECT_FALSE(j.missing);
  EXPECT_EQ(j.identity.values.at("title"), "Boss");
}

TEST(Join, AGoneRecordThatSaidInactiveStopsNobody) {
  MappedRecord a = with(hr, "active", "false");
  a.gone = true;
  EXPECT_TRUE(joined({a, corp}).identity.active);
}

TEST(Join, APersonIsMissingOnlyWhenEveryLivingRecordIs) {
  MappedRecord a = hr, b = corp, c = record("old", 2, {});
  a.missing = true;
  EXPECT_FALSE(joined({a, b}).missing);
  b.missing = true;
  c.gone = true;
  EXPECT_TRUE(joined({a, b, c}).missing);
  EXPECT_FALSE(joined({a, b, c}).gone);
}

Identity dated(std::string start, std::string end) {
  Identity i;
  if (!start.empty()) i.values["startDate"] = std::move(start);
  if (!end.empty()) i.values["endDate"] = std::move(end);
  return i;
}
const Instant noon = *parse_rfc3339("2026-06-01T12:00:00Z");

TEST(Dates, AnEndThatIsPastIsAStatementFromThatInstantOn) {
  EXPECT_TRUE(dates(dated("", "2026-06-01T12:00:00Z"), noon).ended);
  const auto d = dates(dated("", "2026-06-01T12:00:01Z"), noon);
  EXPECT_FALSE(d.ended);
  EXPECT_EQ(d.next, noon + std::chrono::seconds{1});
}

TEST(Dates, AStartAheadDelaysAndIsLookedAtAgainThen) {
  const auto d = dates(dated("2026-06-02T00:00:00+02:00", "2026-07-01T00:00:00Z"), noon);
  EXPECT_TRUE(d.not_started);
  EXPECT_FALSE(d.ended);
  EXPECT_EQ(rfc3339(d.next), "2026-06-01T22:00:00Z");
  EXPECT_FALSE(dates(dated("2026-06-01T12:00:00Z", ""), noon).not_started);
}

TEST(Dates, NoDatesAreNeverLookedAtAgain) {
  EXPECT_EQ(dates(dated("", ""), noon).next, Instant{});
  EXPECT_EQ(dates(dated("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), noon).next, Instant{});
}

}  // namespace
}  // namespace rollcall::core
