#include "net/mime.hpp"

#include <algorithm>

#include "crypto/hash.hpp"

namespace rollcall::net {
namespace {

constexpr std::size_t line_limit = 76;  // RFC 2045 section 6.7 (5), RFC 2047 section 2
constexpr std::string_view word_start = "=?UTF-8?B?", word_end = "?=";

// The length of the UTF-8 character at the front; 0 when there is none (RFC 3629 section 4).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) ||
      (first == 0xf4 && second >= 0x90))
    return 0;
  return length;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x7f && (c >= 0x20 || c == '\t'); });
}

// Words of at most 75 characters, cut between characters (RFC 2047 section 5), each on a line of its own but the first.
std::string encoded_words(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const std::size_t room = line_limit - 1 - std::min(column, line_limit - 40) - word_start.size() - word_end.size();
    const std::size_t most = room / 4 * 3;
    std::size_t size = 0;
    while (size < text.size() && size + character_length(text.substr(size)) <= most)
      size += character_length(text.substr(size));
    out.append(word_start).append(crypto::base64(text.substr(0, size))).append(word_end);
    text.remove_prefix(size);
    if (!text.empty()) out += "\r\n ";
    column = 1;
  }
  return out;
}

// Breaks at spaces that lie between words, so that unfolding gives the same text (RFC 5322 section 2.2.3).
std::string folded(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const std::size_t next = text.find(' ', 1);
    const auto word = text.substr(0, next);
    if (column + word.size() > line_limit && word.front() == ' ' && word.size() > 1 && !out.empty()) {
      out += "\r\n";
      column = 0;
    }
    out += word;
    column += word.size();
    text.remove_prefix(word.size());
  }
  return out;
}

bool has_long_word(std::string_view text) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    if (end - start > 200) return true;  // no line over 998 characters (RFC 5322 section 2.1.1), with room to spare
    start = end + 1;
  }
  return false;
}

void append_octet(std::string& line, unsigned char c) {
  constexpr char digits[] = "0123456789ABCDEF";
  line += '=';
  line += digits[c >> 4];
  line += digits[c & 15];
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string text_header(std::string_view name, std::string_view value) {
  std::string out = std::string(name) + ": ";
  std::string text(value);
  std::ranges::replace(text, '\t', ' ');
  const bool encoded = !is_plain(text) || text.find("=?") != std::string::npos || has_long_word(text) ||
                       text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string::npos;
  out += encoded ? encoded_words(text, out.size()) : folded(text, out.size());
  return out + "\r\n";
}

std::string phrase(std::string_view name, std::size_t column) {
  const bool atoms = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' ||
           c == '_' || c == '\'';
  });
  if (!is_plain(name) || name.find("=?") != std::string_view::npos || name.size() > 60)
    return encoded_words(name, column);
  if (atoms) return std::string(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string quoted_printable(std::string_view text) {
  std::string out, line;
  const auto end_line = [&](bool soft) {
    if (!soft && !line.empty() &&
        (line.back() == ' ' || line.back() == '\t')) {  // (3): white space at the end would be lost
      const auto last = static_cast<unsigned char>(line.back());
      line.pop_back();
      append_octet(line, last);
    }
    out += line + (soft ? "=\r\n" : "\r\n");
    line.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
      i += c == '\r';
      end_line(false);
      continue;
    }
    const bool bare = (c >= 0x20 && c < 0x7f && c != '=') || c == '\t';
    // 73 leaves room for the soft break and for white space that becomes =20; a dot at the start is left to SMTP to
    // double.
    if (line.size() + (bare ? 1 : 3) > line_limit - 3) end_line(true);
    if (bare)
      line += static_cast<char>(c);
    else
      append_octet(line, c);
  }
  if (!line.empty()) end_line(false);
  return out;
}

std::string base64_lines(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 57) out += crypto::base64(bytes.substr(i, 57)) + "\r\n";
  return out;
}

bool prefers_quoted_printable(std::string_view text) {
  const auto special = std::ranges::count_if(text, [](unsigned char c) { return c >= 0x7f || c == '='; });
  return static_cast<std::size_t>(special) * 6 < text.size() + 6;
}

}  // namespace rollcall::net
