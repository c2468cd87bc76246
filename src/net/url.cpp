#include "net/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "net/server.hpp"

namespace rollcall::net {
namespace {

constexpr std::pair<std::string_view, unsigned short> default_ports[] = {
    {"http", 80}, {"https", 443}, {"smtp", 25}, {"smtps", 465}, {"ldap", 389}, {"ldaps", 636}};

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c += 32;
  return out;
}

// RFC 3986 section 3.1
bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// RFC 3986 section 3.2.2 allows more in a registered name than any host name has.
bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text,
                             [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_ipv6(std::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_ipv4(std::string_view text) {
  in_addr address;
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

// What may stand in a request line as it is: no space, no control character, nothing beyond ASCII (RFC 3986 section 2).
bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

Result<unsigned short> parse_port(std::string_view text, bool zero) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > 65535 || (value == 0 && !zero))
    return fail(ErrorKind::invalid,
                "the port '" + std::string(text.substr(0, 20)) + "' is not a number from 1 to 65535");
  return static_cast<unsigned short>(value);
}

struct HostPort {
  std::string_view host, port;
  bool bracketed = false;
};

Result<HostPort> split_authority(std::string_view text) {
  HostPort out;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return fail(ErrorKind::invalid, "the address has no closing bracket");
    out.bracketed = true;
    out.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    if (!is_ipv6(out.host)) return fail(ErrorKind::invalid, "what stands in brackets is not an IPv6 address");
  } else {
    out.host = text.substr(0, text.find(':'));
    rest = text.substr(out.host.size());
  }
  if (rest.empty()) return out;
  if (rest.front() != ':' || rest.size() == 1)
    return fail(ErrorKind::invalid, "a host is followed by ':' and a port, or by nothing");
  out.port = rest.substr(1);
  return out;
}

Result<void> fill_authority(Url& url, std::string_view authority) {
  // A password in a URL ends in logs and reports (RFC 9110 section 4.2.4): it is refused, and not repeated here.
  if (authority.find('@') != std::string_view::npos)
    return fail(ErrorKind::invalid, "a user name or password must not stand in a URL");
  ROLLCALL_TRY(auto parts, split_authority(authority));
  if (!parts.bracketed && !is_host_name(parts.host))
    return fail(ErrorKind::invalid, parts.host.empty()
                                        ? "the URL has no host"
                                        : "the host has a character that no host name has; an international "
                                          "name is written as xn--...");
  url.host = lower(parts.host);
  for (const auto& [scheme, port] : default_ports)
    if (url.scheme == scheme) url.port = port;
  if (parts.port.empty()) return {};
  ROLLCALL_TRY(url.port, parse_port(parts.port, false));
  return {};
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon)))
    return fail(ErrorKind::invalid, "a URL begins with a scheme and '://', like https://host/path");
  if (!is_printable(text))
    return fail(ErrorKind::invalid,
                "the URL has a space, a control character or a character beyond ASCII; write it as %XX");
  Url url;
  url.scheme = lower(text.substr(0, colon));
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));  // a fragment is never sent (RFC 9110 section 7.1)
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  ROLLCALL_CHECK(fill_authority(url, authority));
  rest.remove_prefix(authority.size());
  const auto question = rest.find('?');
  url.path = rest.substr(0, question);
  if (url.path.empty()) url.path = "/";
  url.target = url.path;
  if (question != std::string_view::npos) {
    url.query = rest.substr(question + 1);
    url.target += '?' + url.query;
  }
  return url;
}

bool is_loopback(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (lower(host) == "localhost") return true;
  const std::string text(host);
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6;
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  ROLLCALL_TRY(auto parts, split_authority(text));
  if (!parts.bracketed && !is_ipv4(parts.host))
    return fail(ErrorKind::invalid, "'" + std::string(text.substr(0, 80)) +
                                        "' is not a numeric address and a port, like 127.0.0.1:8080 or [::1]:8080");
  if (parts.port.empty()) return fail(ErrorKind::invalid, "the address has no port; write it like 127.0.0.1:8080");
  Endpoint out;
  ROLLCALL_TRY(out.port, parse_port(parts.port, true));
  out.address = parts.host;
  out.loopback = is_loopback(parts.host);
  return out;
}

}  // namespace rollcall::net
