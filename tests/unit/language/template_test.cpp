#include "language/template.hpp"

#include <gtest/gtest.h>

namespace rollcall::language {
namespace {

const Attributes person = {
    {"uid", {"jdoe"}}, {"givenName", {"Jane"}}, {"sn", {"Doe"}}, {"mail", {"z@x", "a@x", "m@x"}}, {"empty", {""}}};
const Tables tables = {{"sites", {{"B", "Berlin"}}}};

std::string text(const std::string& source, const Attributes& attributes = person) {
  auto parsed = Template::parse(source, tables);
  return parsed ? parsed->text(AttributesLookup(attributes)) : "error: " + parsed.error().message;
}

SyntaxError error(const std::string& source) {
  auto parsed = Template::parse(source, tables);
  EXPECT_FALSE(parsed) << source;
  return parsed ? SyntaxError{} : parsed.error();
}

TEST(Template, TakesTheSmallestValueByCodePointWhateverTheServersOrder) {
  EXPECT_EQ(text("{mail}"), "a@x");
  EXPECT_EQ(text("{mail}", {{"mail", {"é", "z"}}}), "z");
}

TEST(Template, FindsAttributesWithoutCase) { EXPECT_EQ(text("{GIVENNAME}"), "Jane"); }

TEST(Template, MixesTextAndExpressions) { EXPECT_EQ(text("{givenName} {sn} <{mail}>"), "Jane Doe <a@x>"); }

TEST(Template, TakesDoubledBracesLiterally) {
  EXPECT_EQ(text("{{{uid}}}"), "{jdoe}");
  EXPECT_EQ(text("{{uid}}"), "{uid}");
}

TEST(Template, AnAbsentExpressionContributesNothing) { EXPECT_EQ(text("{givenName}{title}!"), "Jane!"); }

TEST(Template, IsAbsentWhenAllItsExpressionsAre) {
  EXPECT_EQ(text("Dr. {title} {empty}"), "");
  EXPECT_EQ(text("always"), "always");
  EXPECT_EQ(text(""), "");
}

TEST(Template, TakesTheFirstAlternativeThatIsNotEmpty) {
  EXPECT_EQ(text("{title ?? empty ?? sn}"), "Doe");
  EXPECT_EQ(text("{title ?? 'none'}"), "none");
  EXPECT_EQ(text("{title ?? ''}"), "");
}

TEST(Template, AlternativesBindWeakerThanFunctions) {
  EXPECT_EQ(text("{title | upper ?? sn | lower}"), "doe");
  EXPECT_EQ(text("{uid | upper ?? sn | lower}"), "JDOE");
}

TEST(Template, AllowsSpacesAndLineBreaksInsideBraces) { EXPECT_EQ(text("{ title\n ?? sn |\tlower ( ) }"), "doe"); }

TEST(Template, ADoubledQuoteIsAQuote) { EXPECT_EQ(text("{title ?? 'it''s }'}"), "it's }"); }

class Paths : public Lookup {
 public:
  Values values(std::string_view name) const override { return {"<" + std::string(name) + ">"}; }
};

TEST(Template, HandsScimPathsToTheLookupAsWritten) {
  for (const char* path : {"name.givenName", "emails[type eq \"work\"].value", "emails[type eq \"a]b\\\"}\"].value",
                           "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "meta.$ref"}) {
    auto parsed = Template::parse("{" + std::string(path) + " ?? emails.value}");
    ASSERT_TRUE(parsed) << path << ": " << parsed.error().message;
    EXPECT_EQ(parsed->text(Paths()), "<" + std::string(path) + ">");
  }
}

TEST(Template, InvalidUtf8NeverLeavesAsText) {
  const Attributes bad = {{"sn", {"M\xfcller"}}, {"uid", {"x"}}, {"cn", {"M\xfcller", "z"}}};
  for (const char* source : {"{sn}", "{sn | lower}", "{sn | ascii}", "{sn | substring(0,2)}", "{sn ?? uid}",
                             "{uid}-{sn}", "{sn | regex('u','v')}"}) {
    std::string problem;
    auto parsed = Template::parse(source);
    EXPECT_EQ(parsed->text(AttributesLookup(bad), &problem), "") << source;
    EXPECT_EQ(problem, "is not valid UTF-8") << source;
    EXPECT_TRUE(parsed->values(AttributesLookup(bad)).empty()) << source;
  }
  std::string problem;
  EXPECT_EQ(Template::parse("{cn}")->text(AttributesLookup(bad), &problem), "z");
  EXPECT_EQ(problem, "is not valid UTF-8");
}

TEST(Template, SaysNothingWhenAllIsWell) {
  std::string problem;
  EXPECT_EQ(Template::parse("{sn}")->text(AttributesLookup(person), &problem), "Doe");
  EXPECT_EQ(problem, "");
}

TEST(Template, ATextThatIsTooLongIsUnusableAndSaysSo) {
  const Attributes big = {{"a", {std::string(65'536, 'x')}}, {"b", {std::string(65'537, 'x')}}};
  std::string problem;
  EXPECT_EQ(Template::parse("{a}")->text(AttributesLookup(big), &problem).size(), 65'536u);
  EXPECT_EQ(problem, "");
  EXPECT_EQ(Template::parse("{b}")->text(AttributesLookup(big), &problem), "");
  EXPECT_EQ(problem, "is longer than 64 KiB");
  problem.clear();
  EXPECT_EQ(Template::parse("{a}{a}")->text(AttributesLookup(big), &problem), "");
  EXPECT_EQ(problem, "is longer than 64 KiB");
}

TEST(Template, KeepsControlCharactersAsData) {
  const std::string value("a\r\nb\0c", 6);
  EXPECT_EQ(text("{a}", {{"a", {value}}}), value);
}

TEST(Template, KnowsItsUsesAndWhichAreGuarded) {
  const auto uses =
      Template::parse("{a}-{b | lower | default('x')} {c ?? d | upper} {e | present}{f | lower}{g | not}")->uses();
  std::string seen;
  for (const Use& use : uses) seen += use.name + (use.guarded ? "+" : "-") + std::to_string(use.offset) + " ";
  EXPECT_EQ(seen, "a-1 b+5 c+32 d+37 e+49 f-62 g+73 ");
}

TEST(Template, KnowsWhatReadersEvaluateForEveryEntry) {
  EXPECT_EQ(Template::parse("{entryUUID}")->plain()->attribute, "entryUUID");
  EXPECT_TRUE(Template::parse("{objectGUID | uuid}")->plain()->uuid);
  for (const char* other : {"{a | lower}", "{a ?? b}", "x{a}", "'a'", "{'a'}", "{a | uuid | lower}", ""})
    EXPECT_FALSE(Template::parse(other)->is_plain()) << other;
}

TEST(Template, ListsPlainAlternatives) {
  EXPECT_EQ(*Template::parse("{member ?? uniqueMember ?? memberUid}")->plain_alternatives(),
            (std::vector<std::string>{"member", "uniqueMember", "memberUid"}));
  for (const char* other : {"{a ?? 'b'}", "{a | lower ?? b}", "{a}{b}", "a"})
    EXPECT_FALSE(Template::parse(other)->plain_alternatives()) << other;
}

TEST(Template, TracesEveryStep) {
  const auto steps = Template::parse("{title ?? mail | upper | first}")->trace(AttributesLookup(person));
  const std::vector<Step> wanted = {{"title", {}, {}},
                                    {"?? mail", {}, {"a@x", "m@x", "z@x"}},
                                    {"upper", {"a@x", "m@x", "z@x"}, {"A@X", "M@X", "Z@X"}},
                                    {"first", {"A@X", "M@X", "Z@X"}, {"A@X"}}};
  EXPECT_EQ(steps, wanted);
}

TEST(Template, ACopyOutlivesTheTablesItWasParsedWith) {
  Template copy;
  {
    const Tables short_lived = {{"t", {{"B", "Berlin"}}}};
    copy = *Template::parse("{l | lookup(t)}", short_lived);
  }
  const Attributes attributes = {{"l", {"B"}}};
  EXPECT_EQ(copy.text(AttributesLookup(attributes)), "Berlin");
}

TEST(Template, ADefaultOneIsAbsent) { EXPECT_EQ(Template().text(AttributesLookup(person)), ""); }

struct Bad {
  const char* source;
  std::size_t offset;
  const char* part;  // of the message
};

TEST(Template, SaysWhereItBreaksAndWhatWasMeant) {
  const Bad cases[] = {
      {"{uid", 0, "`}` that closes"},
      {"uid}", 3, "single `}`"},
      {"{}", 1, "name of an attribute"},
      {"{uid | }", 7, "name of a function"},
      {"{uid | lowr}", 7, "unknown function `lowr` (did you mean `lower`?)"},
      {"{uid | LOWER}", 7, "did you mean `lower`"},
      {"{uid | zzzzz}", 7, "unknown function `zzzzz`"},
      {"{uid ? sn}", 5, "`??`"},
      {"{uid sn}", 5, "expected"},
      {"{uid ?? }", 8, "name of an attribute"},
      {"{\"uid\"}", 1, "single quotes"},
      {"{uid | join(\",\")}", 12, "single quotes"},
      {"{uid | join(',)}", 12, "quote that closes"},
      {"{uid | join(','}", 15, "`,` or `)`"},
      {"{uid | join(','", 11, "`)` that closes"},
      {"{uid | join}", 7, "`join(sep)` takes 1 argument, here are none"},
      {"{uid | lower('x')}", 7, "`lower` takes no arguments, here are 1"},
      {"{uid | substring(1)}", 7, "`substring(start,length)` takes 2 arguments, here are 1"},
      {"{uid | substring('a',1)}", 17, "number is expected"},
      {"{uid | substring(1.5,1)}", 17, "number is expected"},
      {"{uid | substring(0,-1)}", 19, "negative"},
      {"{uid | substring(0,99999999999999999999)}", 19, "too large"},
      {"{uid | join(x)}", 12, "text in single quotes"},
      {"{uid | bit(0)}", 11, "above 0"},
      {"{uid | bit(-2)}", 11, "above 0"},
      {"{uid | replace('','x')}", 15, "must not be empty"},
      {"{uid | split('')}", 13, "must not be empty"},
      {"{uid | regex('(','x')}", 13, "bad pattern"},
      {"{uid | regex('a','\\1')}", 17, "bad replacement"},
      {"{uid | regex('a(?=b)','')}", 13, "bad pattern"},
      {"{uid | lookup(site)}", 14, "no table [table.site] (did you mean `sites`?)"},
      {"{uid | lookup('sites')}", 14, "without quotes"},
      {"{uid | dn('cn')}", 10, "without quotes"},
      {"{uid | date('filetme')}", 12, "did you mean `filetime`"},
      {"{emails[type eq work].value}", 16, "double quotes"},
      {"{emails[type eq \"work\"}", 7, "`]` that closes"},
      {"{-uid}", 1, "name of an attribute"},
      {"M\xfcller", 0, "not valid UTF-8"},
  };
  for (const Bad& bad : cases) {
    const SyntaxError found = error(bad.source);
    EXPECT_EQ(found.offset, bad.offset) << bad.source << ": " << found.message;
    EXPECT_NE(found.message.find(bad.part), std::string::npos) << bad.source << ": " << found.message;
  }
}

TEST(Template, RefusesWhatIsTooLong) {
  EXPECT_NE(error(std::string(9000, 'x')).message.find("8 KiB"), std::string::npos);
  std::string many = "{a";
  for (int i = 0; i < 70; ++i) many += "|lower";
  EXPECT_NE(error(many + "}").message.find("too many"), std::string::npos);
}

TEST(Template, EveryFunctionOfTheContractIsThere) {
  const std::vector<std::string> wanted = {"absent",    "after",  "ascii",  "base64",  "before", "bit",     "date",
                                           "default",   "dn",     "equals", "first",   "join",   "last",    "lookup",
                                           "lower",     "not",    "prefix", "present", "regex",  "replace", "split",
                                           "substring", "suffix", "trim",   "upper",   "uuid"};
  EXPECT_EQ(function_names(), wanted);
}

TEST(Lookups, AnIdentityShowsItsStateItsGroupsAndItsSources) {
  Identity identity;
  identity.values = {{"userName", "jdoe"}, {"title", ""}};
  identity.active = false;
  identity.groups = {{"corp", "k1", "sales", "cn=sales,dc=x"}, {"hr", "k2", "staff", ""}};
  identity.sources = {"corp", "hr"};
  const IdentityLookup lookup(identity);
  EXPECT_EQ(lookup.values("username"), (Values{"jdoe"}));
  EXPECT_EQ(lookup.values("active"), (Values{"false"}));
  EXPECT_EQ(lookup.values("groups"), (Values{"sales", "cn=sales,dc=x", "staff"}));
  EXPECT_EQ(lookup.values("Sources"), (Values{"corp", "hr"}));
  EXPECT_TRUE(lookup.values("title").empty());
  EXPECT_TRUE(lookup.values("nope").empty());
}

TEST(Lookups, ARoleRuleNamesTheRoleByItsGroup) {
  EXPECT_EQ(Template::parse("{group | after('app-')}")->text(GroupLookup("app-sales")), "sales");
}

TEST(Lookups, AnAccountsEmptyFieldIsAbsent) {
  const Fields fields = {{"email", ""}, {"username", "root"}};
  EXPECT_TRUE(FieldsLookup(fields).values("email").empty());
  EXPECT_EQ(FieldsLookup(fields).values("UserName"), (Values{"root"}));
}

}  // namespace
}  // namespace rollcall::language
