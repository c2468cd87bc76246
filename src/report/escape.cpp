#include "report/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <iterator>

#include "report/utf8.hpp"

namespace rollcall::report {
namespace {

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
  const auto* after =
      std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t x, Range r) { return x < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

// C0, C1, soft hyphen, direction marks, embeddings, overrides and isolates (UAX #9), line separators, what is invisible
// and joins nothing, byte order mark, annotation and tag characters. ZWNJ and ZWJ stay: Persian and Indic names need
// them.
constexpr std::array<Range, 12> hidden = {{{0x00, 0x1F},
                                           {0x7F, 0x9F},
                                           {0xAD, 0xAD},
                                           {0x61C, 0x61C},
                                           {0x180E, 0x180E},
                                           {0x200B, 0x200B},
                                           {0x200E, 0x200F},
                                           {0x2028, 0x202E},
                                           {0x2060, 0x206F},
                                           {0xFEFF, 0xFEFF},
                                           {0xFFF9, 0xFFFB},
                                           {0xE0000, 0xE007F}}};

// Unicode Standard Annex #11: Wide and Fullwidth, in blocks.
constexpr std::array<Range, 12> wide = {{{0x1100, 0x115F},
                                         {0x2E80, 0x303E},
                                         {0x3041, 0xA4CF},
                                         {0xA960, 0xA97F},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF01, 0xFF60},
                                         {0xFFE0, 0xFFE6},
                                         {0x1F300, 0x1F64F},
                                         {0x1F680, 0x1F9FF},
                                         {0x20000, 0x3FFFD}}};

constexpr std::array<Range, 9> combining = {{{0x300, 0x36F},
                                             {0x483, 0x489},
                                             {0x591, 0x5BD},
                                             {0x64B, 0x65F},
                                             {0x1AB0, 0x1AFF},
                                             {0x1DC0, 0x1DFF},
                                             {0x200C, 0x200D},
                                             {0x20D0, 0x20FF},
                                             {0xFE00, 0xFE0F}}};

void append_formatted(std::string& out, const char* format, unsigned value) {
  char buffer[16];
  out.append(buffer, static_cast<std::size_t>(std::snprintf(buffer, sizeof buffer, format, value)));
}

// Appends the one character (or bad byte) at the front of `text`, spelt out where it must be, and returns its length.
std::size_t append_printable(std::string& out, std::string_view text) {
  const Utf8Char c = first_char(text);
  if (!c.valid)
    append_formatted(out, "\\x%02x", static_cast<unsigned char>(text[0]));
  else if (c.code == '\n')
    out += "\\n";
  else if (c.code == '\r')
    out += "\\r";
  else if (c.code == '\t')
    out += "\\t";
  else if (is_hidden(c.code))
    append_formatted(out, "\\u{%x}", static_cast<unsigned>(c.code));
  else
    out += text.substr(0, c.length);
  return c.length;
}

std::size_t append_quotable(std::string& out, std::string_view text) {
  if (text[0] == '"' || text[0] == '\\') out += '\\';
  return append_printable(out, text);
}

std::size_t columns_of(char32_t c) { return in(combining, c) ? 0 : in(wide, c) ? 2 : 1; }

struct Cut {
  std::string text, count;  // count: " (10000 characters)" when the text was cut
};

// The whole text if it takes no more than `limit` columns, else its beginning and three dots within them.
Cut cut_to(std::string_view text, std::size_t limit, std::size_t (*append)(std::string&, std::string_view)) {
  Cut cut;
  std::size_t used = 0, room = 0, characters = 0;  // room: how much of the text leaves room for the dots
  std::string next;
  for (; !text.empty(); ++characters) {
    next.clear();
    text.remove_prefix(append(next, text));
    used += columns(next);
    if (used <= limit) cut.text += next;
    if (used + 3 <= limit) room = cut.text.size();
  }
  if (used <= limit) return cut;
  cut.text.resize(room);
  cut.text += "...";
  cut.count = " (" + std::to_string(characters) + " characters)";
  return cut;
}

}  // namespace

Utf8Char first_char(std::string_view text) {
  const auto at = [&](std::size_t i) -> unsigned { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = at(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  char32_t code = first & (0x7Fu >> length);
  bool valid = first >= 0xC2 && first <= 0xF4;
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (at(i) & 0xC0) == 0x80;
    code = (code << 6) | (at(i) & 0x3F);
  }
  // Overlong forms, surrogates and what lies above U+10FFFF are no characters (RFC 3629 section 3).
  valid = valid &&
          code >= (length == 2   ? 0x80u
                   : length == 3 ? 0x800u
                                 : 0x10000u) &&
          code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return valid ? Utf8Char{code, length, true} : Utf8Char{first, 1, false};
}

bool is_hidden(char32_t code) { return in(hidden, code); }

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) text.remove_prefix(append_printable(out, text));
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) text.remove_prefix(append_quotable(out, text));
  return out += '"';
}

std::string quoted_short(std::string_view text, std::size_t limit) {
  const Cut cut = cut_to(text, std::max<std::size_t>(limit, 8) - 2, append_quotable);
  return '"' + cut.text + '"' + cut.count;
}

std::string printable_short(std::string_view text, std::size_t limit) {
  const Cut cut = cut_to(text, limit, append_printable);
  return cut.text + cut.count;
}

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const Utf8Char c = first_char(text);
    sum += columns_of(c.code);
    text.remove_prefix(c.length);
  }
  return sum;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t needed = columns(word);
    if (!first && column + 1 + needed > width) {
      out.append(1, '\n').append(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += needed;
    first = false;
  }
  return out;
}

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace rollcall::report
