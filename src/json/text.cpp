#include "json/text.hpp"

#include <array>

#include "json/json.hpp"

namespace rollcall::json {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

// What a byte asks of the writer: 0 goes out as it is, 'u' as \u00XX, '8' begins a longer UTF-8 sequence, else \ and
// the letter.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[c] = 'u';
  for (int c = 0x80; c < 0x100; ++c) table[c] = '8';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

bool continues(unsigned char c) { return (c & 0xC0) == 0x80; }

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned c = at(0);
  if (text.empty()) return 0;
  if (c < 0x80) return 1;
  if (c < 0xC2) return 0;
  if (c < 0xE0) return continues(at(1)) ? 2 : 0;
  // The second byte keeps out overlong forms, the surrogates and what lies above U+10FFFF.
  const unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  const unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (c > 0xF4 || at(1) < low || at(1) > high || !continues(at(2))) return 0;
  if (c < 0xF0) return 3;
  return continues(at(3)) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
    if (i == text.size()) return true;
    const std::size_t n = utf8_length(text.substr(i));
    if (n == 0) return false;
    i += n;
  }
  return true;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // begin of what was not yet copied
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const char escape = escapes[c];
    if (escape == 0) {
      ++i;
      continue;
    }
    if (escape == '8') {
      if (const std::size_t n = utf8_length(text.substr(i)); n != 0) {
        i += n;
        continue;
      }
    }
    out.append(text, plain, i - plain);
    if (escape == '8') {
      out += "\xEF\xBF\xBD";
    } else {
      out += '\\';
      out += escape;
      if (escape == 'u') (out += "00") += {hex_digits[c >> 4], hex_digits[c & 15]};
    }
    plain = ++i;
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

}  // namespace rollcall::json
