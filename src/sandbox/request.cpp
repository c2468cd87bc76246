#include "sandbox/request.hpp"

#include "crypto/hash.hpp"

namespace rollcall::sandbox {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// application/x-www-form-urlencoded: '+' is a blank in a query, and only there.
std::string decode_query(std::string text) {
  for (char& c : text)
    if (c == '+') c = ' ';
  return percent_decode(text);
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view Target::parameter(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

Target parse_target(std::string_view url) {
  Target target;
  url = url.substr(0, url.find('#'));
  const std::size_t mark = url.find('?');
  target.path = url.substr(0, mark);
  if (target.path.empty()) target.path = "/";
  target.segments = split(std::string_view(target.path).substr(target.path[0] == '/' ? 1 : 0), '/');
  if (mark == std::string_view::npos) return target;
  for (const std::string& pair : split(url.substr(mark + 1), '&')) {
    const std::size_t equals = pair.find('=');
    if (pair.empty()) continue;
    target.query[decode_query(pair.substr(0, equals))] =
        equals == std::string::npos ? "" : decode_query(pair.substr(equals + 1));
  }
  return target;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<std::string> basic_user(const HttpRequest& request) {
  const std::string_view header = header_value(request.headers, "Authorization");
  if (lower(header.substr(0, 6)) != "basic ") return std::nullopt;
  const auto pair = crypto::base64_decode(header.substr(6));
  if (!pair) return std::nullopt;
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(0, colon);
}

std::string media_type(const HttpRequest& request) {
  std::string_view value = header_value(request.headers, "Content-Type");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  return lower(value);
}

}  // namespace rollcall::sandbox
