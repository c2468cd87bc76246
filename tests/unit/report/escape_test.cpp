#include "report/escape.hpp"

#include <gtest/gtest.h>

namespace rollcall::report {
namespace {

TEST(Printable, LeavesOrdinaryTextOfAnyScriptAsItIs) {
  for (const char* text :
       {"Dora Garza", "José Müller", "王小明", "محمد", "می‌خواهم", "👩‍🔬", "cn=Doe\\, John", "a \"b\""})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, SpellsOutControlsSoThatNothingReachesTheTerminal) {
  EXPECT_EQ(printable("a\033[31mb\r\n\t\a"), "a\\u{1b}[31mb\\r\\n\\t\\u{7}");
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "\\u{0}x");
  EXPECT_EQ(printable("\x7f\u0085\u009b"), "\\u{7f}\\u{85}\\u{9b}");
}

TEST(Printable, SpellsOutDirectionMarksOverridesAndIsolates) {
  EXPECT_EQ(printable("\u202a\u202b\u202c\u202d\u202e"), "\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}");
  EXPECT_EQ(printable("\u2066\u2067\u2068\u2069"), "\\u{2066}\\u{2067}\\u{2068}\\u{2069}");
  EXPECT_EQ(printable("\u200e\u200f\u061c"), "\\u{200e}\\u{200f}\\u{61c}");
}

TEST(Printable, SpellsOutWhatNobodySees) {
  EXPECT_EQ(printable("a\u200bb\u2060\ufeff\u00ad\u2028"), "a\\u{200b}b\\u{2060}\\u{feff}\\u{ad}\\u{2028}");
  EXPECT_EQ(printable("\U000E0041"), "\\u{e0041}");
}

TEST(Printable, ShowsBytesThatAreNoUtf8AsBytes) {
  EXPECT_EQ(printable("a\xff"
                      "b\xc3"),
            "a\\xffb\\xc3");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "an overlong form is no character";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate is no character";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut short";
}

TEST(Quoted, CannotBeEndedByItsContent) { EXPECT_EQ(quoted("a\" -> \"b\\"), "\"a\\\" -> \\\"b\\\\\""); }

TEST(Quoted, TellsAnEscapedCharacterFromTheSameLetters) {
  EXPECT_EQ(quoted("\u202e"), "\"\\u{202e}\"");
  EXPECT_EQ(quoted("\\u{202e}"), "\"\\\\u{202e}\"");
}

TEST(QuotedShort, CutsALongValueAndSaysHowLongItIs) {
  const std::string text = quoted_short(std::string(10000, 'x'), 20);
  EXPECT_EQ(text, "\"xxxxxxxxxxxxxxx...\" (10000 characters)");
}

TEST(QuotedShort, LeavesAValueThatJustFits) {
  EXPECT_EQ(quoted_short("123456789012345678", 20), "\"123456789012345678\"");
  EXPECT_EQ(quoted_short("1234567890123456789", 20), "\"123456789012345...\" (19 characters)");
}

TEST(QuotedShort, CutsBetweenCharactersNeverInsideOne) {
  EXPECT_EQ(quoted_short("王王王王王王王王王王", 12), "\"王王王...\" (10 characters)");
  EXPECT_EQ(printable_short(std::string(9, '\n'), 8), "\\n\\n... (9 characters)");
}

TEST(Columns, CountsWideCharactersTwiceAndCombiningMarksNot) {
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("王小明"), 6u);
  EXPECT_EQ(columns("e\u0301"), 1u);
}

TEST(Wrapped, BreaksBetweenWordsAndIndents) {
  EXPECT_EQ(wrapped("one two three four", 2, 11), "one two\n  three\n  four");
}

TEST(Wrapped, KeepsAWordThatIsLongerThanALineWhole) {
  EXPECT_EQ(wrapped("see /a/very/long/path here", 0, 10), "see\n/a/very/long/path\nhere");
  EXPECT_EQ(wrapped("", 4, 10), "");
}

TEST(HtmlEscaped, EscapesAllThatCouldEndTextOrAnAttribute) {
  EXPECT_EQ(html_escaped("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

}  // namespace
}  // namespace rollcall::report
