#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/json.hpp"

namespace rollcall::json {
namespace {

using namespace std::string_literals;

TEST(JsonAttributes, KeepTextAndBytes) {
  const Attributes attributes = {{"uid", {"x", "y"}},
                                 {"objectGUID", {"\x00\xFF\x10"s, "a\0b"s}},
                                 {"cn", {"Jos\xC3\xA9 \"<&>\" \r\n\xE2\x80\x8F", ""}},
                                 {"none", {}}};
  const std::string text = write_attributes(attributes);
  EXPECT_EQ(text,
            "{\"cn\":[\"Jos\xC3\xA9 \\\"<&>\\\" \\r\\n\xE2\x80\x8F\",\"\"],\"none\":[],"
            "\"objectGUID\":[{\"base64\":\"AP8Q\"},{\"base64\":\"YQBi\"}],\"uid\":[\"x\",\"y\"]}");
  const auto read = read_attributes(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, attributes);
  EXPECT_EQ(parse(text).has_value(), true);
}

TEST(JsonAttributes, ALongValueSurvives) {
  const Attributes attributes = {{"a", {std::string(1'000'000, '\xE9'), std::string(10'000, '"')}}};
  EXPECT_EQ(read_attributes(write_attributes(attributes)).value(), attributes);
}

TEST(JsonAttributes, OtherShapesAreRefused) {
  for (const char* text :
       {"", "[]", "\"x\"", "1", "{\"a\":1}", "{\"a\":\"x\"}", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":[null]}",
        "{\"a\":[[]]}", "{\"a\":[{}]}", "{\"a\":[{\"base64\":\"A\"}]}", "{\"a\":[{\"b\":\"AA\"}]}",
        "{\"a\":[{\"base64\":1}]}", "{\"a\":[{\"base64\":\"AA\",\"base64\":\"AA\"}]}", "{\"a\":[],\"A\":[]}",
        "{\"a\":[\"\xC3\"]}", "{\"a\":[]} x"}) {
    const auto read = read_attributes(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
  }
}

TEST(JsonMap, KeepsItsContent) {
  const std::map<std::string, std::string> map = {{"email", "a@b"}, {"n", ""}, {"q", "\"\n"}};
  EXPECT_EQ(write_map(map), R"({"email":"a@b","n":"","q":"\"\n"})");
  EXPECT_EQ(read_map(write_map(map)).value(), map);
  EXPECT_EQ(read_map(" { } ").value().size(), 0u);
}

TEST(JsonMap, OtherShapesAreRefused) {
  for (const char* text : {"", "[]", "\"x\"", "null", "{\"a\":1}", "{\"a\":[]}", "{\"a\":{}}",
                           "{\"a\":\"1\",\"a\":\"2\"}", "{\"a\":\"\xC3\"}"})
    EXPECT_FALSE(read_map(text)) << text;
}

}  // namespace
}  // namespace rollcall::json
