#include "net/message.hpp"

#include <algorithm>

namespace rollcall::net {

bool same_name(std::string_view a, std::string_view b) {
  const FoldLess less;
  return !less(a, b) && !less(b, a);
}

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
}

bool is_framing(std::string_view name) {
  constexpr std::string_view names[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                        "Keep-Alive",     "Trailer",           "Upgrade"};
  return std::ranges::any_of(names, [&](std::string_view one) { return same_name(one, name); });
}

Result<void> append_headers(std::string& out, const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) return fail(ErrorKind::invalid, "a header's name has a character that no header name has");
    if (!is_field_value(value))
      return fail(ErrorKind::invalid,
                  "the value of the header " + name + " has a line break or another control character");
    if (!is_framing(name)) out.append(name).append(": ").append(value).append("\r\n");
  }
  return {};
}

}  // namespace rollcall::net
