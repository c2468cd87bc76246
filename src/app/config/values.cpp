#include "app/config/values.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>

#include "net/server.hpp"
#include "net/url.hpp"

namespace rollcall::app {
namespace {

tl::unexpected<std::string> wrong(std::string text) { return tl::unexpected(std::move(text)); }

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::int64_t unit_in_milliseconds(char unit) {
  switch (unit) {
    case 's':
      return 1000;
    case 'm':
      return 60'000;
    case 'h':
      return 3'600'000;
    case 'd':
      return 86'400'000;
    default:
      return 0;
  }
}

bool is_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return false;
  const auto hour = whole_number(text.substr(0, 2)), minute = whole_number(text.substr(3));
  return hour && minute && *hour < 24 && *minute < 60;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Parsed<Duration> parse_duration(std::string_view text) {
  const std::int64_t unit = text.empty() ? 0 : unit_in_milliseconds(text.back());
  const auto count = unit ? whole_number(text.substr(0, text.size() - 1)) : std::nullopt;
  constexpr std::int64_t longest = std::int64_t{36500} * 86'400'000;
  if (!count || *count > longest / unit) return wrong("expected a duration such as 30s, 5m, 24h or 30d");
  return Duration(*count * unit);
}

Parsed<std::int64_t> parse_size(std::string_view text) {
  std::int64_t unit = 1;
  if (text.ends_with("KiB")) unit = 1024;
  if (text.ends_with("MiB")) unit = 1024 * 1024;
  if (unit > 1) text.remove_suffix(3);
  constexpr std::int64_t largest = std::int64_t{1} << 30;
  const auto count = whole_number(text);
  if (!count || *count == 0 || *count > largest / unit) return wrong("expected a size such as 64KiB or 1MiB, at most 1024MiB");
  return *count * unit;
}

Parsed<double> parse_share(std::string_view text) {
  double value = -1;
  if (text.size() > 1 && text.back() == '%' && text[0] >= '0' && text[0] <= '9') {
    const auto number = text.substr(0, text.size() - 1);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != number.data() + number.size()) value = -1;
  }
  if (value < 0 || value > 100) return wrong("expected a percentage from 0% to 100%");
  return value / 100;
}

Parsed<Rate> parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && text.size() == slash + 2 && text.back() != 'd') {
    const auto count = whole_number(text.substr(0, slash));
    const auto unit = unit_in_milliseconds(text.back());
    if (count && *count > 0 && *count <= std::numeric_limits<int>::max() && unit) return Rate{*count, Duration(unit)};
  }
  return wrong("expected a rate such as 10/s, 300/m or 4000/h");
}

Parsed<Limit> parse_limit(std::string_view text) {
  Limit limit;
  limit.text = std::string(text);
  for (auto rest = text;;) {
    const auto comma = rest.find(',');
    const auto part = trimmed(rest.substr(0, comma));
    const bool is_share = part.ends_with('%');
    const auto share = is_share ? parse_share(part) : Parsed<double>(0);
    const auto count = is_share ? std::nullopt : whole_number(part);
    const bool twice = is_share ? limit.share.has_value() : limit.count.has_value();
    if (twice || !share || (!is_share && !count))
      return wrong("expected a count, a percentage, or both, such as \"100\", \"10%\" or \"100, 10%\"");
    if (is_share)
      limit.share = *share;
    else
      limit.count = *count;
    if (comma == std::string_view::npos) return limit;
    rest = rest.substr(comma + 1);
  }
}

Parsed<std::string> parse_quiet_hours(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || !is_time_of_day(text.substr(0, dash)) || !is_time_of_day(text.substr(dash + 1)))
    return wrong("expected hours such as 20:00-07:00");
  if (text.substr(0, dash) == text.substr(dash + 1)) return wrong("these hours begin when they end");
  return std::string(text);
}

Parsed<std::string> parse_zone(std::string_view text) {
  const std::filesystem::path database = "/usr/share/zoneinfo";
  std::error_code ignored;
  const bool harmless = !text.empty() && text[0] != '/' && text.find("..") == std::string_view::npos;
  if (harmless && (text == "UTC" || std::filesystem::is_regular_file(database / text, ignored)))
    return std::string(text);
  return wrong("unknown time zone \"" + std::string(text) + "\"; expected a name of " + database.string() +
               " such as Europe/Berlin");
}

Parsed<std::string> parse_name(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), allowed))
    return wrong("a name is made of a-z, 0-9, _ and -");
  return std::string(text);
}

Parsed<std::string> parse_listen(std::string_view text) {
  if (const auto endpoint = net::parse_endpoint(text); !endpoint) return wrong(endpoint.error().message);
  return std::string(text);
}

Parsed<std::string> parse_filter(std::string_view text) {
  int depth = 0;
  bool sound = text.starts_with('(') && text.ends_with(')');
  for (std::size_t i = 0; i < text.size() && sound; ++i) {
    if (text[i] == '\\') {  // RFC 4515 section 3: two hexadecimal digits
      const auto hex = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); };
      sound = i + 2 < text.size() && hex(text[i + 1]) && hex(text[i + 2]);
      continue;
    }
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (text[i] == '(' && i + 1 < text.size() && text[i + 1] == ')') sound = false;
    if (depth < 0 || (depth == 0 && i + 1 < text.size())) sound = false;
  }
  if (!sound || depth != 0)
    return wrong("expected an LDAP filter in balanced parentheses such as (objectClass=inetOrgPerson)");
  return std::string(text);
}

Parsed<std::string> parse_url_of(std::string_view text, const std::vector<std::string>& schemes,
                                 const std::vector<std::string>& clear) {
  const auto begin = text.find("://");
  auto authority = begin == std::string_view::npos ? std::string_view{} : text.substr(begin + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  // Not shown back: what stands before the @ may be a password.
  if (authority.find('@') != std::string_view::npos)
    return wrong("a URL must not carry a user or password; name the secret in a key of its own");
  const auto url = net::parse_url(text);
  if (!url) return wrong("\"" + std::string(text) + "\" is no URL: " + url.error().message);
  if (!contains(schemes, url->scheme)) return wrong("expected a URL that begins with " + joined(schemes));
  if (contains(clear, url->scheme) && !net::is_loopback(url->host))
    return wrong("\"" + url->scheme + "\" is clear text, which is accepted to loopback addresses only; \"" + url->host +
                 "\" needs an encrypted connection");
  while (text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace rollcall::app
