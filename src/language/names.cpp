#include "language/names.hpp"

#include <algorithm>
#include <map>

#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 4514 section 3, with the quoted values and `;` of RFC 2253 that old servers still send.
class DnReader {
 public:
  explicit DnReader(std::string_view text) : text_(text) {}

  std::optional<std::vector<Rdn>> read() {
    std::vector<Rdn> out;
    skip_spaces();
    if (done()) return out;
    out.emplace_back();
    while (true) {
      DnPart part;
      if (!type(part.type) || !value(part.value)) return std::nullopt;
      out.back().push_back(std::move(part));
      skip_spaces();
      if (done()) return out;
      const char separator = text_[at_++];
      if (separator == ',' || separator == ';')
        out.emplace_back();
      else if (separator != '+')
        return std::nullopt;
    }
  }

 private:
  bool done() const { return at_ >= text_.size(); }
  void skip_spaces() {
    while (!done() && text_[at_] == ' ') ++at_;
  }

  bool type(std::string& out) {
    skip_spaces();
    const std::size_t begin = at_;
    while (!done() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '-' || text_[at_] == '.'))
      ++at_;
    out = attribute_type(text_.substr(begin, at_ - begin));
    skip_spaces();
    return !out.empty() && !done() && text_[at_++] == '=';
  }

  bool value(std::string& out) {
    skip_spaces();
    const bool quoted = !done() && text_[at_] == '"';
    if (quoted) ++at_;
    std::size_t kept = 0;  // trailing spaces count only when escaped or quoted
    for (; !done();) {
      const char c = text_[at_];
      if (quoted ? c == '"' : c == ',' || c == ';' || c == '+') break;
      if (c == '\\') {
        if (!escape(out)) return false;
        kept = out.size();
        continue;
      }
      out += c;
      ++at_;
      if (c != ' ' || quoted) kept = out.size();
    }
    out.resize(kept);
    if (!quoted) return true;
    return !done() && text_[at_++] == '"';
  }

  bool escape(std::string& out) {
    if (at_ + 1 >= text_.size()) return false;
    const int high = hex_digit(text_[at_ + 1]);
    const int low = at_ + 2 < text_.size() ? hex_digit(text_[at_ + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at_ += 3;
    } else {
      out += text_[at_ + 1];
      at_ += 2;
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// RFC 4518 section 2.6.1, as far as it is seen in DNs: case aside, inner spaces to one, outer spaces dropped.
std::string prepared(std::string_view value) {
  std::string out;
  for (char c : fold(trim(value)))
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  return out;
}

std::string hyphenated(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += static_cast<char>(digits[i] | (digits[i] >= 'A' && digits[i] <= 'F' ? 0x20 : 0));
  }
  return out;
}

}  // namespace

std::string attribute_type(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> short_names = {
      {"2.5.4.3", "cn"},
      {"commonname", "cn"},
      {"2.5.4.4", "sn"},
      {"surname", "sn"},
      {"2.5.4.6", "c"},
      {"countryname", "c"},
      {"2.5.4.7", "l"},
      {"localityname", "l"},
      {"2.5.4.8", "st"},
      {"stateorprovincename", "st"},
      {"2.5.4.9", "street"},
      {"streetaddress", "street"},
      {"2.5.4.10", "o"},
      {"organizationname", "o"},
      {"2.5.4.11", "ou"},
      {"organizationalunitname", "ou"},
      {"0.9.2342.19200300.100.1.25", "dc"},
      {"domaincomponent", "dc"},
      {"0.9.2342.19200300.100.1.1", "uid"},
      {"userid", "uid"}};  // RFC 4514 section 3, RFC 4519
  std::string folded = fold(name);
  if (folded.starts_with("oid.")) folded.erase(0, 4);
  const auto it = short_names.find(folded);
  return it == short_names.end() ? folded : it->second;
}

std::optional<std::vector<Rdn>> parse_dn(std::string_view text) { return DnReader(text).read(); }

std::optional<std::string> normal_dn(std::string_view text) {
  const auto dn = parse_dn(text);
  if (!dn) return std::nullopt;
  std::string out;
  for (const Rdn& rdn : *dn) {
    std::vector<std::string> parts;  // RFC 4517 section 4.2.15: the order within an RDN is free
    for (const DnPart& part : rdn) {
      const std::string value = prepared(part.value);
      parts.push_back(part.type + "=" + std::to_string(value.size()) + ":" + value);
    }
    std::sort(parts.begin(), parts.end());
    for (const std::string& part : parts) out += part + "+";
    out += ",";
  }
  return out;
}

bool same_dn(std::string_view a, std::string_view b) {
  const auto first = normal_dn(a);
  return first && first == normal_dn(b);
}

std::optional<std::string> uuid_text(std::string_view value) {
  std::string digits;
  if (value.size() == 16) {
    // MS-DTYP section 2.3.4.2: the first three fields are little-endian.
    constexpr int order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int i : order) {
      digits += "0123456789abcdef"[static_cast<unsigned char>(value[i]) >> 4];
      digits += "0123456789abcdef"[static_cast<unsigned char>(value[i]) & 15];
    }
    return hyphenated(digits);
  }
  if (value.size() == 38 && value.front() == '{' && value.back() == '}') value = value.substr(1, 36);
  std::string shape;  // where the hyphens are
  for (std::size_t i = 0; i < value.size() && i <= 36; ++i) {
    if (value[i] == '-')
      shape += std::to_string(i) + " ";
    else if (hex_digit(value[i]) >= 0)
      digits += value[i];
    else
      return std::nullopt;
  }
  const bool known_shape = shape.empty() || shape == "8 13 18 23 " || shape == "8 17 26 ";
  if (value.size() > 36 || digits.size() != 32 || !known_shape) return std::nullopt;
  return hyphenated(digits);
}

}  // namespace rollcall::language
