// What an emulator reads from a request: path, query, credentials, media type. Pure functions, any thread.
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/http.hpp"

namespace rollcall::sandbox {

struct Target {
  std::string path;                   // as it came, still percent-encoded
  std::vector<std::string> segments;  // of the path, still percent-encoded: an encoded slash splits nothing
  std::map<std::string, std::string, std::less<>> query;  // decoded
  // The parameter, or "".
  std::string_view parameter(std::string_view name) const;
};
Target parse_target(std::string_view url);

// RFC 3986 section 2.1; a '%' that begins no triplet stays as it is.
std::string percent_decode(std::string_view text);

// The user name of "Authorization: Basic" (RFC 7617 section 2); nothing when there is none or it cannot be read.
std::optional<std::string> basic_user(const HttpRequest& request);

std::string lower(std::string_view text);  // ASCII letters alone

// "application/xml" of "Application/XML; charset=utf-8".
std::string media_type(const HttpRequest& request);

// The whole text as a decimal number.
template <class Int>
std::optional<Int> number(std::string_view text) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace rollcall::sandbox
