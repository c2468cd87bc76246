#include "xml/xml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::xml {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string problem(std::string_view text) {
  const auto root = parse(text, "users.xml");
  if (root) return "no error";
  EXPECT_EQ(root.error().kind, ErrorKind::corrupt);
  return root.error().message;
}

TEST(Xml, ReadsElementsAttributesAndNil) {
  const auto root = parse(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users type=\"array\">\n <user>\n  <id type='integer'>7</id>\n"
      "<a nil=\"true\"></a><b nil=\"true\"/><c></c><d/><e><![CDATA[<x>&amp;]]>&amp;</e></user></users>");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->name, "users");
  EXPECT_EQ(root->attribute("type"), "array");
  EXPECT_EQ(root->text, "");
  const Element& user = root->children.at(0);
  EXPECT_EQ(user.child("id")->text, "7");
  EXPECT_TRUE(user.child("a")->nil());
  EXPECT_TRUE(user.child("b")->nil());
  EXPECT_FALSE(user.child("c")->nil());
  EXPECT_EQ(user.child("d")->text, "");
  EXPECT_EQ(user.child("e")->text, "<x>&amp;&");
  EXPECT_EQ(user.child("nobody"), nullptr);
}

TEST(Xml, HostileValuesSurviveWritingAndReading) {
  for (const std::string& value :
       {std::string("<&>\"'"), std::string("a\r\nb\rc\nd\te"), std::string("  spaces  "), std::string(" "),
        std::string("\r\n"), std::string("Jos\xC3\xA9 \xE7\x8E\x8B \xF0\x9F\x98\x80 \xE2\x80\x8F"), std::string("]]>"),
        std::string("&#65;"), std::string(10'000, '\'')}) {
    Element root{"user", "", {{"type", value}}, {leaf("firstname", value)}};
    const auto text = write(root);
    ASSERT_TRUE(text);
    const auto read = parse(*text);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, root) << value;
  }
}

TEST(Xml, WritesNoWhiteSpaceAndNoDeclaration) {
  Element root{"user", "", {}, {}};
  root.add(leaf("roles", "")).attributes.emplace_back("type", "array");
  root.children[0].add(leaf("role", "1"));
  EXPECT_EQ(write(root).value(), "<user><roles type=\"array\"><role>1</role></roles></user>");
}

TEST(Xml, WhatXmlCannotCarryIsRefusedAndNamed) {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> cases[] = {{"a\x0b"s, "U+000B"},
                                                       {"\0"s, "U+0000"},
                                                       {"\xEF\xBF\xBE"s, "U+FFFE"},
                                                       {"\xEF\xBF\xBF"s, "U+FFFF"},
                                                       {"\x1b[31m"s, "U+001B"},
                                                       {"\xC3"s, "invalid UTF-8"},
                                                       {"\xED\xA0\x80"s, "invalid UTF-8"}};
  for (const auto& [value, name] : cases) {
    const auto text = write({"user", "", {}, {leaf("lastname", value)}});
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().kind, ErrorKind::invalid);
    EXPECT_THAT(text.error().message, StartsWith("lastname: holds " + name));
  }
  for (const char* name : {"", "a b", "a>", "1a", "-a", "a\"", "\xC3"}) EXPECT_FALSE(write(leaf(name, ""))) << name;
  EXPECT_TRUE(
      write(leaf("custom_attribute_Stra\xC3\x9F"
                 "e.1",
                 "x")));
}

TEST(Xml, BrokenDocumentsAreRefusedWithTheirPlace) {
  EXPECT_THAT(problem("<users>\n<user></users>"), StartsWith("users.xml: not well-formed XML at line 2"));
  for (const std::string_view text :
       {std::string_view(""), std::string_view("text"), std::string_view("<a>"), std::string_view("<a/><b/>"),
        std::string_view("{}"), std::string_view("<a\0/>", 5), std::string_view("<a b></a>")})
    EXPECT_NE(problem(text), "no error") << text;
}

TEST(Xml, DocumentTypesAreRefused) {
  EXPECT_THAT(problem("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
              HasSubstr("document type"));
  EXPECT_THAT(problem("<!DOCTYPE html><html></html>"), HasSubstr("document type"));
}

TEST(Xml, DepthIsLimited) {
  std::string open, close;
  for (int i = 0; i < 33; ++i) (open += "<a>"), (close += "</a>");
  EXPECT_THAT(problem(open + close), HasSubstr("32 deep"));
  EXPECT_TRUE(parse(open.substr(3) + close.substr(4)));
  for (int i = 0; i < 200'000; ++i) (open += "<a>"), (close += "</a>");
  EXPECT_THAT(problem(open + close), HasSubstr("32 deep"));
}

TEST(Xml, InvalidUtf8IsRefusedAndNamed) {
  EXPECT_THAT(problem("<user><firstname>a\xC3</firstname></user>"), HasSubstr("user/firstname: invalid UTF-8"));
}

TEST(Xml, ADeclaredEncodingIsHonoured) {
  EXPECT_EQ(parse("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xE9</a>").value().text, "\xC3\xA9");
}

TEST(Xml, AReferenceToNulDoesNotCutAValue) {
  for (const char* text : {"<a>x&#0;y</a>", "<a b='&#x000;'/>"}) EXPECT_THAT(problem(text), HasSubstr("NUL")) << text;
  EXPECT_EQ(parse("<a>&#10;&#x0a;&#</a>").value().text, "\n\n&#");
}

}  // namespace
}  // namespace rollcall::xml
