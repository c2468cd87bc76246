#include "json/json.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::json {
namespace {

std::string problem(std::string_view text) {
  const auto value = parse(text);
  if (value) return "no error";
  EXPECT_EQ(value.error().kind, ErrorKind::corrupt);
  return value.error().message;
}

std::string again(std::string_view text) {
  const auto value = parse(text);
  return value ? write(*value) : value.error().message;
}

TEST(Json, CanonicalTextSurvivesReadingAndWriting) {
  for (const char* text : {"null", "true", "-1", "1.0", "0.1", "1e+30", "\"\"", "[]", "{}", "[[],{},null]",
                           R"({"z":1,"a":[true,false,{"b":"c"}],"":"empty name"})", "9223372036854775807",
                           "-9223372036854775808", R"("\u0000\u001f\b\f\n\r\t\"\\/")"})
    EXPECT_EQ(again(text), text);
}

TEST(Json, NonAsciiGoesOutAsItIs) {
  EXPECT_EQ(again("\"Jos\xC3\xA9 \xE7\x8E\x8B \xF0\x9F\x98\x80 \xE2\x80\x8F\""),
            "\"Jos\xC3\xA9 \xE7\x8E\x8B \xF0\x9F\x98\x80 \xE2\x80\x8F\"");
  EXPECT_EQ(again(R"("\u00e9\ud83d\ude00")"), "\"\xC3\xA9\xF0\x9F\x98\x80\"");
}

TEST(Json, AWholeNumberBeyondInt64BecomesADouble) {
  const auto value = parse("18446744073709551615");
  ASSERT_TRUE(value);
  ASSERT_TRUE(value->as_double());
  EXPECT_EQ(*value->as_double(), 18446744073709551615.0);
}

TEST(Json, NumbersThatJsonCannotHoldAreWrittenAsNull) {
  EXPECT_EQ(write(Value(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(write(Value(std::numeric_limits<double>::infinity())), "null");
}

TEST(Json, PrettyTextIsIndentedAndEmptyContainersStayShort) {
  Value v;
  v.set("a", Array{1, Value(Object{})});
  v.set("b", Array{});
  EXPECT_EQ(write_pretty(v), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(Json, ErrorsNameThePath) {
  EXPECT_THAT(problem("{\"users\":[{},{\"email\":\"a\xC3\"}]}"), testing::StartsWith("users[1].email: invalid UTF-8"));
  EXPECT_THAT(problem("{\"a\":{\"b\":1,\"b\":2}}"), testing::StartsWith("a.b: stands twice in one object"));
  std::string many = "{\"first\":0";
  for (int i = 0; i < 40; ++i) many += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_TRUE(parse(many + "}"));
  EXPECT_THAT(problem(many + ",\"m7\":1}"), testing::StartsWith("m7: stands twice in one object"));
}

TEST(Json, ErrorsNameLineAndColumnAndWhere) {
  const auto value = parse("{\n  \"a\": nope}", "plan.json");
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().message, testing::StartsWith("plan.json: not valid JSON at line 2, column"));
}

TEST(Json, BadTextIsRefused) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[1,]",
                                      "{\"a\"}",
                                      "{'a':1}",
                                      "1 2",
                                      "nul",
                                      "\"\n\"",
                                      "\"\\x\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "01",
                                      "1e999",
                                      "\"\xED\xA0\x80\"",
                                      "\"\xC0\xAF\"",
                                      "\"\xF5\x80\x80\x80\"",
                                      "// c\n1",
                                      "NaN",
                                      "\xFF"})
    EXPECT_NE(problem(text), "no error") << text;
  using namespace std::string_view_literals;
  EXPECT_NE(problem("{}\0"sv), "no error");
  EXPECT_NE(problem("\0"sv), "no error");
  EXPECT_NE(problem("\"a\0b\""sv), "no error");
}

TEST(Json, DepthIsLimitedTo64) {
  EXPECT_TRUE(parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_THAT(problem(std::string(65, '[') + std::string(65, ']')), testing::HasSubstr("64 deep"));
  EXPECT_NE(problem(std::string(10'000'000, '[')), "no error");
}

TEST(Json, AByteOrderMarkIsSkipped) { EXPECT_EQ(again("\xEF\xBB\xBF{}"), "{}"); }

TEST(Json, MembersAreFoundByExactNameAndReplacedInPlace) {
  Value v = *parse(R"({"a":"x","b":null,"c":3})");
  EXPECT_EQ(v.text("a"), "x");
  EXPECT_EQ(v.text("b"), "");
  EXPECT_EQ(v.text("c"), "");
  EXPECT_EQ(v.find("A"), nullptr);
  EXPECT_EQ(Value(1).find("a"), nullptr);
  v.set("a", 1);
  v.set("d", true);
  EXPECT_EQ(write(v), R"({"a":1,"b":null,"c":3,"d":true})");
}

TEST(Json, RequiredMembersNameWhatIsWrong) {
  const Value v = *parse(R"({"s":"x","n":1,"t":true,"a":[1],"z":null})");
  EXPECT_EQ(require_text(v, "s", "users[3]").value(), "x");
  EXPECT_EQ(require_int(v, "n", "").value(), 1);
  EXPECT_TRUE(require_bool(v, "t", "").value());
  EXPECT_EQ(require_array(v, "a", "").value()->size(), 1u);
  EXPECT_EQ(require_text(v, "n", "users[3]").error().message, "users[3].n: expected a string, found a number");
  EXPECT_EQ(require_int(v, "s", "").error().message, "s: expected a whole number, found a string");
  EXPECT_EQ(require_bool(v, "z", "").error().message, "z: expected true or false, found null");
  EXPECT_EQ(require_array(v, "q", "x").error().message, "x.q: missing");
  EXPECT_EQ(require_text(Value(Array{}), "q", "").error().message, "expected an object, found an array");
}

TEST(Json, QuoteReplacesInvalidUtf8) {
  EXPECT_EQ(quote("a\xFF\"b"), "\"a\xEF\xBF\xBD\\\"b\"");
  EXPECT_TRUE(is_utf8(""));
  EXPECT_FALSE(is_utf8("\xE2\x82"));
  EXPECT_FALSE(is_utf8("\x80"));
  EXPECT_TRUE(is_utf8("\xEE\x80\x80\xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xE0\x9F\xBF"));
}

}  // namespace
}  // namespace rollcall::json
