#include "core/dn.hpp"

#include "language/unicode.hpp"

namespace rollcall::core {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 32);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string plain_dn(std::string_view dn) {
  std::string out;
  std::size_t kept = 0;   // end of what a trailing space may not be cut from
  bool start = true;      // at the beginning of a type or value: spaces go
  bool in_value = false;  // there an equals sign is text (RFC 4514 section 2.4)
  for (std::size_t i = 0; i < dn.size(); ++i) {
    char c = dn[i];
    if (c == '\\' && i + 1 < dn.size()) {
      if (i + 2 < dn.size() && hex(dn[i + 1]) >= 0 && hex(dn[i + 2]) >= 0) {
        c = static_cast<char>(hex(dn[i + 1]) << 4 | hex(dn[i + 2]));
        i += 2;
      } else {
        c = dn[++i];
      }
      // An escaped separator must not look like one in the result.
      if (c == ',' || c == '=' || c == '+' || c == '\\') out += '\\';
      out += c;
      kept = out.size();
      start = false;
    } else if (c == '=' && in_value) {
      out += "\\=";
      start = false;
    } else if (c == ',' || c == ';' || c == '=' || c == '+') {
      in_value = c == '=';
      while (out.size() > kept && out.back() == ' ') out.pop_back();
      out += c == ';' ? ',' : c;
      kept = out.size();
      start = true;
    } else if (!(c == ' ' && (start || (!out.empty() && out.back() == ' ')))) {   // RFC 4518 section 2.6.1
      out += c;
      start = false;
    }
  }
  while (out.size() > kept && out.back() == ' ') out.pop_back();
  return language::fold(out);
}

bool same_dn(std::string_view a, std::string_view b) { return plain_dn(a) == plain_dn(b); }

}  // namespace rollcall::core
