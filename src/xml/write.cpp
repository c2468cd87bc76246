#include <algorithm>
#include <cstdio>

#include "json/json.hpp"
#include "xml/xml.hpp"

namespace rollcall::xml {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

// Narrower than XML's Name (section 2.3), and enough: letters, digits, _ - . and what is not ASCII.
bool is_name(std::string_view name) {
  if (name.empty() || !forbidden_in(name).empty()) return false;
  const auto begins = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  };
  const auto goes_on = [&](unsigned char c) {
    return begins(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
  };
  return begins(name.front()) && std::all_of(name.begin(), name.end(), goes_on);
}

Result<void> append(std::string& out, const Element& element) {
  if (!is_name(element.name)) return fail(ErrorKind::invalid, "'" + element.name + "' is no name that XML can carry");
  const auto checked = [&](std::string_view text) -> Result<void> {
    const std::string bad = forbidden_in(text);
    if (bad.empty()) return {};
    return fail(ErrorKind::invalid,
                element.name + ": holds " + bad + ", which XML 1.0 cannot carry: correct it at the source");
  };
  out.append(1, '<').append(element.name);
  for (const auto& [key, value] : element.attributes) {
    if (!is_name(key)) return fail(ErrorKind::invalid, element.name + ": '" + key + "' is no name that XML can carry");
    ROLLCALL_CHECK(checked(value));
    out.append(1, ' ').append(key).append("=\"");
    append_escaped(out, value);
    out += '"';
  }
  out += '>';
  ROLLCALL_CHECK(checked(element.text));
  append_escaped(out, element.text);
  for (const Element& child : element.children) ROLLCALL_CHECK(append(out, child));
  out.append("</").append(element.name).append(1, '>');
  return {};
}

}  // namespace

std::string forbidden_in(std::string_view text) {
  if (!json::is_utf8(text)) return "invalid UTF-8";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
      char name[8];
      std::snprintf(name, sizeof name, "U+%04X", c);
      return name;
    }
    if (c == 0xEF && text.substr(i, 3) == "\xEF\xBF\xBE") return "U+FFFE";
    if (c == 0xEF && text.substr(i, 3) == "\xEF\xBF\xBF") return "U+FFFF";
  }
  return {};
}

Result<std::string> write(const Element& root) {
  std::string out;
  ROLLCALL_CHECK(append(out, root));
  return out;
}

}  // namespace rollcall::xml
