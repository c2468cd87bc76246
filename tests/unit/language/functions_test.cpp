// Every function of the contract: on one value, on several, on none, on what is not meant for it.
#include <gtest/gtest.h>

#include <thread>

#include "language/template.hpp"

namespace rollcall::language {
namespace {

const Tables tables = {{"sites", {{"B", "Berlin"}, {"M", "Munich"}}}, {"names", {{"Müller", "Mueller"}}}};

Values values_of(const std::string& text, const Attributes& attributes) {
  auto parsed = Template::parse(text, tables);
  if (!parsed) return {"error: " + parsed.error().message};
  return parsed->values(AttributesLookup(attributes));
}

std::string text_of(const std::string& text, const Attributes& attributes) {
  auto parsed = Template::parse(text, tables);
  if (!parsed) return "error: " + parsed.error().message;
  return parsed->text(AttributesLookup(attributes));
}

std::string of(const std::string& expression, Values values) {
  return text_of("{a | " + expression + "}", {{"a", std::move(values)}});
}
Values all_of(const std::string& expression, Values values) {
  return values_of("{a | " + expression + "}", {{"a", std::move(values)}});
}
const Values none;

TEST(Functions, LowerAndUpperReachBeyondAsciiAndKeepNoValueAbsent) {
  EXPECT_EQ(of("lower", {"Anna.ÉCLAIR@X"}), "anna.éclair@x");
  EXPECT_EQ(of("upper", {"straße"}), "STRASSE");
  EXPECT_EQ(all_of("lower", {"B", "a"}), (Values{"a", "b"}));
  EXPECT_EQ(of("lower", {}), "");
}

TEST(Functions, LowerDoesNotFollowTheHostsLanguage) { EXPECT_EQ(of("lower", {"TITLE"}), "title"); }

TEST(Functions, TrimTakesWhiteSpaceAtBothEndsOnly) {
  EXPECT_EQ(of("trim", {"  a  b\t\n"}), "a  b");
  EXPECT_EQ(of("trim", {"\u00A0é\u2003"}), "é");
  EXPECT_EQ(all_of("trim", {"   "}), none);
}

TEST(Functions, AsciiTransliterates) {
  EXPECT_EQ(of("ascii", {"José Müller"}), "Jose Muller");
  EXPECT_EQ(of("ascii", {"王"}), "wang");
  EXPECT_EQ(of("ascii", {"Łukasz Straße"}), "Lukasz Strasse");
  EXPECT_EQ(of("ascii", {"Иван"}), "Ivan");
  EXPECT_EQ(of("ascii", {"plain"}), "plain");
  EXPECT_EQ(all_of("ascii", {"\u200E"}), none);
}

TEST(Functions, AsciiOfADecomposedLetterIsThatOfTheComposedOne) { EXPECT_EQ(of("ascii", {"Jose\u0301"}), "Jose"); }

TEST(Functions, AsciiWorksOnSeveralThreadsAtOnce) {
  const auto parsed = Template::parse("{a | ascii}");
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results)
    threads.emplace_back([&] {
      const Attributes attributes = {{"a", {"José Müller 王"}}};
      for (int i = 0; i < 50; ++i) result = parsed->text(AttributesLookup(attributes));
    });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, "Jose Muller wang");
}

TEST(Functions, FirstAndLastGoByCodePointAndNotByTheServersOrder) {
  EXPECT_EQ(of("first", {"b", "a", "c"}), "a");
  EXPECT_EQ(of("last", {"b", "c", "a"}), "c");
  EXPECT_EQ(of("lower | first", {"B", "a"}), "a");
  EXPECT_EQ(of("last", {}), "");
}

TEST(Functions, FirstAndLastKeepTheOrderThatSplitMade) {
  EXPECT_EQ(of("split('.') | first", {"zoe.adams"}), "zoe");
  EXPECT_EQ(of("split('.') | last", {"zoe.adams"}), "adams");
  EXPECT_EQ(of("split('.') | upper | join('-')", {"zoe.adams"}), "ZOE-ADAMS");
}

TEST(Functions, JoinIsTheSameWhateverTheOrderOfTheServer) {
  EXPECT_EQ(of("join(', ')", {"b", "a"}), "a, b");
  EXPECT_EQ(of("join(', ')", {"a", "b"}), "a, b");
  EXPECT_EQ(of("join('')", {"one"}), "one");
  EXPECT_EQ(all_of("join(',')", {}), none);
}

TEST(Functions, SplitDropsEmptyParts) {
  EXPECT_EQ(all_of("split(',')", {",b,,a,"}), (Values{"b", "a"}));
  EXPECT_EQ(all_of("split('::')", {"x"}), (Values{"x"}));
  EXPECT_EQ(all_of("split(',')", {","}), none);
}

TEST(Functions, ReplaceTakesEveryOccurrence) {
  EXPECT_EQ(of("replace('a','bb')", {"banana"}), "bbbnbbnbb");
  EXPECT_EQ(of("replace('aa','a')", {"aaaa"}), "aa");
  EXPECT_EQ(of("replace('x','y')", {"banana"}), "banana");
  EXPECT_EQ(all_of("replace('a','')", {"aaa"}), none);
  EXPECT_EQ(of("replace('''','-')", {"O'Neil"}), "O-Neil");
}

TEST(Functions, RegexTakesEveryOccurrenceAndKnowsGroups) {
  EXPECT_EQ(of("regex('[0-9]+','#')", {"a1b22"}), "a#b#");
  EXPECT_EQ(of("regex('(\\w+), (\\w+)','\\2 \\1')", {"Doe, Jane"}), "Jane Doe");
  EXPECT_EQ(of("regex('^x$','')", {"y"}), "y");
  EXPECT_EQ(all_of("regex('.*','')", {"gone"}), none);
}

TEST(Functions, RegexThatMatchesNothingMovesOnByWholeLetters) {
  EXPECT_EQ(of("regex('x*','-')", {"aé"}), "-a-é-");
  EXPECT_EQ(of("regex('b*','-')", {"abba"}), "-a-a-");
}

TEST(Functions, SubstringCountsLettersFromZero) {
  EXPECT_EQ(of("substring(0,1)", {"Émile"}), "É");
  EXPECT_EQ(of("substring(1,2)", {"Émile"}), "mi");
  EXPECT_EQ(of("substring(3,99)", {"Émile"}), "le");
  EXPECT_EQ(of("substring(-2,2)", {"Émile"}), "le");
  EXPECT_EQ(of("substring(-9,2)", {"Émile"}), "Ém");
  EXPECT_EQ(all_of("substring(5,1)", {"Émile"}), none);
  EXPECT_EQ(all_of("substring(0,0)", {"Émile"}), none);
  EXPECT_EQ(of("substring(9223372036854775807,9223372036854775807)", {"x"}), "");
}

TEST(Functions, PrefixAndSuffixDoNotMakeAValueOfNothing) {
  EXPECT_EQ(of("prefix('u-')", {"x"}), "u-x");
  EXPECT_EQ(of("suffix('@y')", {"x"}), "x@y");
  EXPECT_EQ(all_of("prefix('u-')", {}), none);
  EXPECT_EQ(all_of("suffix('!')", {"b", "a"}), (Values{"a!", "b!"}));
}

TEST(Functions, BeforeAndAfterAreAbsentWhereTheTextDoesNotOccur) {
  EXPECT_EQ(of("before('@')", {"a@b@c"}), "a");
  EXPECT_EQ(of("after('@')", {"a@b@c"}), "b@c");
  EXPECT_EQ(of("after('app-')", {"app-sales"}), "sales");
  EXPECT_EQ(all_of("before('@')", {"nobody"}), none);
  EXPECT_EQ(all_of("after('@')", {"nobody"}), none);
  EXPECT_EQ(all_of("before('@')", {"@x"}), none);
  EXPECT_EQ(text_of("{a | before('@') ?? a}", {{"a", {"nobody"}}}), "nobody");
}

TEST(Functions, DefaultFillsInOnlyWhereNothingIs) {
  EXPECT_EQ(of("default('x')", {}), "x");
  EXPECT_EQ(of("default('x')", {""}), "x");
  EXPECT_EQ(of("default('x')", {"y"}), "y");
  EXPECT_EQ(all_of("default('')", {}), none);
}

TEST(Functions, PresentAndAbsentAnswerTruthValues) {
  EXPECT_EQ(of("present", {"x"}), "true");
  EXPECT_EQ(of("present", {""}), "false");
  EXPECT_EQ(of("present", {}), "false");
  EXPECT_EQ(of("absent", {}), "true");
  EXPECT_EQ(of("absent", {"x", "y"}), "false");
}

TEST(Functions, EqualsIsTrueIfAnyValueEquals) {
  EXPECT_EQ(of("equals('b')", {"a", "b"}), "true");
  EXPECT_EQ(of("equals('B')", {"a", "b"}), "false");
  EXPECT_EQ(of("equals('b')", {}), "false");
}

TEST(Functions, NotOfNoValueIsTrue) {
  EXPECT_EQ(of("not", {}), "true");
  EXPECT_EQ(of("not", {"TRUE"}), "false");
  EXPECT_EQ(of("not", {"false"}), "true");
  EXPECT_EQ(of("not", {"false", "true"}), "false");
  EXPECT_EQ(of("not | not", {"true"}), "true");
}

TEST(Functions, BitTestsAMask) {
  EXPECT_EQ(of("bit(2)", {"514"}), "true");
  EXPECT_EQ(of("bit(2)", {"512"}), "false");
  EXPECT_EQ(of("bit(2) | not", {"66050"}), "false");
  EXPECT_EQ(of("bit(3)", {"2"}), "false");
}

TEST(Functions, BitReadsNegativeNumbersAsTwosComplement) {
  EXPECT_EQ(of("bit(2147483648)", {"-2147483646"}), "true");
  EXPECT_EQ(of("bit(2)", {"-2147483646"}), "true");
  EXPECT_EQ(of("bit(4)", {"-2147483646"}), "false");
}

TEST(Functions, BitOfWhatIsNoNumberIsAbsent) {
  EXPECT_EQ(all_of("bit(2)", {"x2"}), none);
  EXPECT_EQ(all_of("bit(2)", {"99999999999999999999"}), none);
  EXPECT_EQ(all_of("bit(2)", {}), none);
  EXPECT_EQ(of("bit(2)", {"x", "2"}), "true");
}

TEST(Functions, LookupReadsATableAndIsAbsentForOtherKeys) {
  EXPECT_EQ(of("lookup(sites)", {"B"}), "Berlin");
  EXPECT_EQ(all_of("lookup(sites)", {"M", "B", "X"}), (Values{"Berlin", "Munich"}));
  EXPECT_EQ(all_of("lookup(sites)", {"X"}), none);
  EXPECT_EQ(text_of("{a | lookup(names) ?? a | ascii}", {{"a", {"Müller"}}}), "Mueller");
  EXPECT_EQ(text_of("{a | lookup(names) ?? a | ascii}", {{"a", {"Möller"}}}), "Moller");
}

TEST(Functions, DateReadsTheFormsThatDirectoriesUse) {
  EXPECT_EQ(of("date('filetime')", {"134397288000000000"}), "2026-11-21T10:00:00Z");
  EXPECT_EQ(of("date('generalized')", {"20261121100000Z"}), "2026-11-21T10:00:00Z");
  EXPECT_EQ(of("date('days')", {"20778"}), "2026-11-21T23:59:59Z");
  EXPECT_EQ(of("date('rfc3339')", {"2026-11-21T12:00:00+02:00"}), "2026-11-21T10:00:00Z");
  EXPECT_EQ(of("date('rfc3339')", {"2026-11-21"}), "2026-11-21T23:59:59Z");
}

TEST(Functions, DateOfNeverOrOfNonsenseIsAbsent) {
  for (const char* never : {"0", "9223372036854775807", "-1", "soon"})
    EXPECT_EQ(all_of("date('filetime')", {never}), none);
  EXPECT_EQ(all_of("date('days')", {"-1"}), none);
  EXPECT_EQ(all_of("date('rfc3339')", {"21.11.2026"}), none);
  EXPECT_EQ(all_of("date('generalized')", {}), none);
}

TEST(Functions, Base64TakesOctets) {
  EXPECT_EQ(of("base64", {std::string("\x00\xff", 2)}), "AP8=");
  EXPECT_EQ(all_of("base64", {}), none);
}

TEST(Functions, UuidTurnsTheOctetsOfAnObjectGuid) {
  const std::string guid("\xa3\x08\x04\xa2\xd5\x26\xac\x4b\xa1\xa4\x9f\x07\xd5\x45\x90\x84", 16);
  EXPECT_EQ(of("uuid", {guid}), "a20408a3-26d5-4bac-a1a4-9f07d5459084");
}

TEST(Functions, UuidTakesSixteenOctetsThatHappenToBeText) {
  EXPECT_EQ(of("uuid", {"0123456789abcdef"}), "33323130-3534-3736-3839-616263646566");
}

TEST(Functions, UuidBringsEverySpellingToOne) {
  const std::string wanted = "a20408a3-26d5-4bac-a1a4-9f07d5459084";
  for (const char* spelling : {"A20408A326D54BACA1A49F07D5459084", "A20408A3-26D5-4BAC-A1A4-9F07D5459084",
                               "a20408a3-26d54bac-a1a49f07-d5459084", "{A20408A3-26D5-4BAC-A1A4-9F07D5459084}"})
    EXPECT_EQ(of("uuid", {spelling}), wanted) << spelling;
}

TEST(Functions, UuidOfAnythingElseIsAbsent) {
  for (const char* bad : {"x", "a20408a3-26d5-4bac-a1a4-9f07d545908", "a20408a3-26d5-4bac-a1a4-9f07d5459084-",
                          "a20408a3-26d5-4bac-a1a49-f07d5459084", "g20408a326d54baca1a49f07d5459084"})
    EXPECT_EQ(all_of("uuid", {bad}), none) << bad;
}

TEST(Functions, DnYieldsTheFirstRdnOfThatTypeWithEscapesUndone) {
  EXPECT_EQ(of("dn(cn)", {"CN=Doe\\, Jane,OU=People,DC=x"}), "Doe, Jane");
  EXPECT_EQ(of("dn(ou)", {"uid=j,ou=Sales,ou=People,dc=x"}), "Sales");
  EXPECT_EQ(of("dn(uid)", {"cn=x+uid=j\\2c1,dc=x"}), "j,1");
  EXPECT_EQ(of("dn(cn)", {"cn=\"Doe, Jane\";o=x"}), "Doe, Jane");
  EXPECT_EQ(of("dn(cn)", {"2.5.4.3 = M\\C3\\BCller , o=x"}), "Müller");
  EXPECT_EQ(of("dn(cn)", {"cn=x\\ ,o=y"}), "x ");
}

TEST(Functions, DnOfAnotherTypeOrOfNoDnIsAbsent) {
  for (const char* bad : {"ou=x", "cn", "=x", "cn=a\\", "cn=\"a", "cn=a,", ""})
    EXPECT_EQ(all_of("dn(cn)", {bad}), none) << bad;
}

TEST(Functions, OutputIsBounded) {
  const std::string long_value(60'000, 'a');
  EXPECT_EQ(of("suffix('b')", {long_value}).size(), 60'001u);
  EXPECT_EQ(all_of("replace('a','0123456789')", {long_value}), none);
  EXPECT_EQ(all_of("replace('a','" + std::string(4000, 'x') + "') | replace('x','" + std::string(3000, 'y') + "')",
                   {long_value}),
            none);
  EXPECT_EQ(all_of("regex('a','" + std::string(4000, 'x') + "')", {long_value}), none);
  EXPECT_EQ(all_of("join('')", {long_value, "b" + long_value}), none);
}

TEST(Functions, ValuesOfTenThousandCharactersWork) {
  const std::string value(10'000, 'A');
  EXPECT_EQ(of("lower", {value}), std::string(10'000, 'a'));
  std::string accents;
  for (int i = 0; i < 10'000; ++i) accents += "é";
  EXPECT_EQ(of("upper | ascii", {accents}), std::string(10'000, 'E'));
}

}  // namespace
}  // namespace rollcall::language
