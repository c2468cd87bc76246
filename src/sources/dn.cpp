#include "sources/dn.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "sources/attribute_type.hpp"

namespace rollcall::sources {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::int32_t i = 0, end = static_cast<std::int32_t>(text.size()); i < end;) {
    UChar32 c;
    U8_NEXT(bytes, i, end, c);
    if (c < 0) return false;
  }
  return true;
}

// RFC 4518 sections 2.2 to 2.4 for what is not ASCII: NFKC with case folding, every space a space.
std::string unicode_fold(std::string_view value) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error)) return std::string(value);
  std::string text;
  icu::StringByteSink<std::string> sink(&text);
  form->normalizeUTF8(0, icu::StringPiece(value.data(), static_cast<std::int32_t>(value.size())), sink, nullptr, error);
  if (U_FAILURE(error)) return std::string(value);
  std::string out;
  for (std::int32_t i = 0, end = static_cast<std::int32_t>(text.size()); i < end;) {
    const std::int32_t start = i;
    UChar32 c;
    U8_NEXT(text.data(), i, end, c);
    if (c >= 0x80 && u_isUWhiteSpace(c))
      out += ' ';
    else
      out.append(text, start, i - start);
  }
  return out;
}

// In a DN, what would not read back as itself is written as \xx.
enum class Octets { verbatim, escaped, escaped_with_high };

bool is_special(char c) { return c == ',' || c == '+' || c == ';' || c == '\\' || c == '"' || c == '<' || c == '>'; }

void append_octet(std::string& out, char c, bool escape) {
  constexpr char digits[] = "0123456789abcdef";
  if (!escape) {
    out += c;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += '\\';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// ASCII case folding and the insignificant spaces of RFC 4518 section 2.6.1; controls as in section 2.2.
void append_folded(std::string& out, std::string_view value, Octets octets) {
  const std::size_t begin = out.size();
  bool space = false;
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ' || (byte >= 9 && byte <= 13)) {
      space = true;
      continue;
    }
    if (byte < 0x20 || byte == 0x7f) continue;
    if (space && out.size() != begin) out += ' ';
    space = false;
    const bool first_hash = c == '#' && out.size() == begin;  // it would read as BER
    const bool escape = octets != Octets::verbatim &&
                        (first_hash || is_special(c) || (byte >= 0x80 && octets == Octets::escaped_with_high));
    append_octet(out, c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c, escape);
  }
}

void append_prepared(std::string& out, std::string_view value, bool in_dn) {
  const Octets plain = in_dn ? Octets::escaped : Octets::verbatim;
  if (is_ascii(value))
    append_folded(out, value, plain);
  else if (is_utf8(value))
    append_folded(out, unicode_fold(value), plain);
  else  // Latin-1 and the like: two names must not become one, and the form stays valid UTF-8
    append_folded(out, value, in_dn ? Octets::escaped_with_high : Octets::verbatim);
}

class DnReader {
 public:
  explicit DnReader(std::string_view text) : text_(text) { out_.reserve(text.size() + 8); }

  std::string read() {
    skip_spaces();
    while (true) {
      if (!rdn()) return {};
      if (done()) return std::move(out_);
      ++at_;  // ',' or ';'
      out_ += ',';
      skip_spaces();
    }
  }

 private:
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_spaces() {
    while (!done() && peek() == ' ') ++at_;
  }

  bool rdn() {
    const std::size_t begin = out_.size();
    if (!ava()) return false;
    if (done() || peek() != '+') return true;
    std::vector<std::string> parts{out_.substr(begin)};
    while (!done() && peek() == '+') {
      ++at_;
      skip_spaces();
      const std::size_t part = out_.size();
      if (!ava()) return false;
      parts.push_back(out_.substr(part));
    }
    std::sort(parts.begin(), parts.end());  // RFC 4517 section 4.2.15: the order of the parts means nothing
    out_.resize(begin);
    for (const std::string& part : parts) {
      if (out_.size() != begin) out_ += '+';
      out_ += part;
    }
    return true;
  }

  // Leaves the position at ',', ';', '+' or the end.
  bool ava() {
    if (!type()) return false;
    if (done() || peek() != '=') return false;
    ++at_;
    out_ += '=';
    skip_spaces();
    if (!done() && peek() == '#') return hex_value();
    value_.clear();
    if (!(!done() && peek() == '"' ? quoted() : string())) return false;
    append_prepared(out_, value_, true);
    return done() || peek() == ',' || peek() == ';' || peek() == '+';
  }

  bool type() {
    const std::size_t begin = at_;
    while (!done() && peek() != '=' && peek() != ' ') {
      const char c = peek();
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
            c == '_'))
        return false;
      ++at_;
    }
    if (at_ == begin) return false;
    const std::size_t start = out_.size();
    for (char c : text_.substr(begin, at_ - begin)) out_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (out_.compare(start, 4, "oid.") == 0) out_.erase(start, 4);  // RFC 1779
    const std::string_view written = std::string_view(out_).substr(start);
    const std::string_view known = short_type(written);
    if (known.data() != written.data()) out_.replace(start, std::string::npos, known);
    skip_spaces();
    return true;
  }

  // RFC 4514 section 2.4: a BER value is not looked into.
  bool hex_value() {
    out_ += '#';
    ++at_;
    const std::size_t begin = at_;
    while (!done() && hex(peek()) >= 0) {
      out_ += peek() >= 'A' && peek() <= 'F' ? static_cast<char>(peek() + 32) : peek();
      ++at_;
    }
    if (at_ == begin || (at_ - begin) % 2 != 0) return false;
    skip_spaces();
    return done() || peek() == ',' || peek() == ';' || peek() == '+';
  }

  bool escaped() {  // at the backslash
    if (at_ + 1 >= text_.size()) return false;
    const char c = text_[at_ + 1];
    if (at_ + 2 < text_.size() && hex(c) >= 0 && hex(text_[at_ + 2]) >= 0) {
      value_ += static_cast<char>(hex(c) * 16 + hex(text_[at_ + 2]));
      at_ += 3;
      return true;
    }
    if (!is_special(c) && c != ' ' && c != '#' && c != '=') return false;
    value_ += c;
    at_ += 2;
    return true;
  }

  bool string() {
    while (!done() && peek() != ',' && peek() != ';' && peek() != '+') {
      if (peek() == '"') return false;
      if (peek() == '\\') {
        if (!escaped()) return false;
      } else {
        value_ += text_[at_++];
      }
    }
    return true;
  }

  bool quoted() {
    for (++at_; !done() && peek() != '"';) {
      if (peek() == '\\') {
        if (!escaped()) return false;
      } else {
        value_ += text_[at_++];
      }
    }
    if (done()) return false;
    ++at_;
    skip_spaces();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_, value_;
};

// RFC 4517 section 3.3.21, NameAndOptionalUID: DN '#' BitString. A '#' inside the DN has no bit string behind it.
std::string_view without_uid(std::string_view raw) {
  if (!raw.ends_with("'B")) return raw;
  const auto hash = raw.rfind("#'");
  if (hash == std::string_view::npos) return raw;
  const std::string_view bits = raw.substr(hash + 2, raw.size() - hash - 4);
  if (hash + 4 > raw.size() || bits.find_first_not_of("01") != std::string_view::npos) return raw;
  return raw.substr(0, hash);
}

}  // namespace

std::string normal_dn(std::string_view raw) { return DnReader(raw).read(); }

bool below(std::string_view normal, std::string_view base) {
  if (base.empty()) return true;
  if (!normal.ends_with(base)) return false;
  // An escaped comma is written \2c, so a comma always parts RDNs.
  return normal.size() == base.size() || normal[normal.size() - base.size() - 1] == ',';
}

std::string_view parent(std::string_view normal) {
  const auto comma = normal.find(',');
  return comma == std::string_view::npos ? std::string_view() : normal.substr(comma + 1);
}

std::string folded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  append_prepared(out, value, false);
  return out;
}

std::string member_ref(std::string_view raw) {
  std::string dn = normal_dn(without_uid(raw));
  return dn.empty() ? folded(raw) : dn;
}

}  // namespace rollcall::sources
