#include "providers/http.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

#include "crypto/hash.hpp"
#include "json/json.hpp"

namespace rollcall::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t n = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc() || at != end || n < 0) return std::nullopt;
  return n;
}

// The three forms that a recipient must accept (RFC 9110 section 5.6.7).
std::optional<Instant> http_date(std::string_view text) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm tm{};
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    if (in >> std::get_time(&tm, form)) return Instant(seconds(timegm(&tm)));
  }
  return std::nullopt;
}

milliseconds sane(milliseconds pause) {
  return std::clamp<milliseconds>(pause, milliseconds(0), std::chrono::hours(24));
}

bool matches(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

std::size_t find_folded(std::string_view text, std::string_view lower_case, std::size_t from) {
  for (; from + lower_case.size() <= text.size(); ++from)
    if (matches(text.substr(from), lower_case)) return from;
  return text.size();
}

// Tags become a space; what stands in scripts, styles and comments goes.
std::string without_tags(std::string_view html) {
  std::string out;
  for (std::size_t i = 0; i < html.size();) {
    const std::string_view rest = html.substr(i);
    if (rest.front() != '<') {
      out += html[i++];
      continue;
    }
    std::string_view end = ">";
    if (matches(rest, "<script")) end = "</script>";
    if (matches(rest, "<style")) end = "</style>";
    if (matches(rest, "<!--")) end = "-->";
    i = std::min(html.size(), find_folded(html, end, i) + end.size());
    out += ' ';
  }
  return out;
}

// How many bytes at the front are a character that changes what a terminal shows: C1 controls and direction marks.
std::size_t deceptive_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  if (at(0) == 0xC2 && at(1) >= 0x80 && at(1) < 0xA0) return 2;
  if (at(0) == 0xD8 && at(1) == 0x9C) return 2;
  if (at(0) == 0xE2 && at(1) == 0x80 && (at(2) == 0x8E || at(2) == 0x8F || (at(2) >= 0xA8 && at(2) <= 0xAE))) return 3;
  if (at(0) == 0xE2 && at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9) return 3;
  return 0;
}

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const unsigned char c : bytes) (out += "\\x") += {digits[c >> 4], digits[c & 15]};
}

void cut(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  text.resize(limit);
  text += "...";
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~';
    if (plain)
      out += static_cast<char>(c);
    else
      (out += '%') += {digits[c >> 4], digits[c & 15]};
  }
  return out;
}

std::string basic_authorization(std::string_view user, std::string_view password) {
  return "Basic " + crypto::base64(std::string(user) + ':' + std::string(password));
}

std::optional<milliseconds> retry_after(const Headers& headers, Instant now) {
  if (const auto date = http_date(header_value(headers, "Date"))) now = *date;
  const std::string_view pause = header_value(headers, "Retry-After");
  if (const auto n = whole_number(pause)) return sane(seconds(std::min<std::int64_t>(*n, 86'400)));
  if (const auto date = http_date(pause)) return sane(*date - now);
  const auto reset = whole_number(header_value(headers, "X-RateLimit-Reset"));
  if (!reset) return std::nullopt;
  constexpr std::int64_t a_year = 31'536'000;  // a larger number is no pause but a time
  if (*reset < a_year) return sane(seconds(std::min<std::int64_t>(*reset, 86'400)));
  return sane(Instant(seconds(std::min<std::int64_t>(*reset, 1'000 * a_year))) - now);
}

bool is_html(std::string_view body) {
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), body.size()));
  return matches(body, "<!doctype html") || matches(body, "<html");
}

std::string excerpt(std::string_view body, std::size_t limit) {
  const std::string text = without_tags(body.substr(0, 16'384));
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() <= limit + 4;) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t n = deceptive_length(std::string_view(text).substr(i));
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (n > 0 || c < 0x20 || c == 0x7F) {
      append_escaped(out, std::string_view(text).substr(i, std::max<std::size_t>(n, 1)));
    } else {
      out += text[i];
    }
    i += std::max<std::size_t>(n, 1);
  }
  while (out.ends_with(' ')) out.pop_back();
  cut(out, limit);
  if (!json::is_utf8(out))
    std::replace_if(
        out.begin(), out.end(), [](unsigned char c) { return c >= 0x80; }, '?');
  return out;
}

std::string redacted(std::string text, const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets) {
    if (secret.empty()) continue;
    for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  }
  constexpr std::string_view mark = "token=";
  for (auto at = find_folded(text, mark, 0); at < text.size(); at = find_folded(text, mark, at + mark.size())) {
    const auto begin = at + mark.size();
    const auto end = std::min(text.find_first_of(" \"'<>&)", begin), text.size());
    text.replace(begin, end - begin, "***");
  }
  return text;
}

}  // namespace rollcall::providers
