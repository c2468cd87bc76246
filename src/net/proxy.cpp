#include "net/proxy.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "crypto/hash.hpp"

namespace rollcall::net {
namespace {

namespace ip = boost::asio::ip;

std::string variable(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const char* value = environment(name); value && *value) return value;
  return {};
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  return out;
}

std::optional<Result<Proxy>> parse_proxy(std::string text, const char* name) {
  if (text.empty()) return std::nullopt;
  if (text.find("://") == std::string::npos) text = "http://" + text;
  Proxy proxy;
  const auto start = text.find("://") + 3;
  if (const auto at = text.rfind('@'); at != std::string::npos && at >= start) {
    proxy.authorization = "Basic " + crypto::base64(percent_decoded(text.substr(start, at - start)));  // RFC 7617
    text.erase(start, at + 1 - start);
  }
  auto url = parse_url(text);
  if (!url) return fail(ErrorKind::invalid, std::string(name) + " is not the URL of a proxy: " + url.error().message);
  if (url->scheme != "http")
    return fail(ErrorKind::unsupported,
                std::string(name) + " names a proxy of the kind " + url->scheme + "://; only http:// is supported");
  proxy.host = url->host;
  proxy.port = url->port;
  return proxy;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c += 32;
  return text;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> out;
  std::string item;
  for (char c : text + ',')
    if (c == ',' || c == ' ') {
      if (!item.empty()) out.push_back(lower(std::move(item)));
      item.clear();
    } else {
      item += c;
    }
  return out;
}

template <class Address, class Network>
bool holds(const Address& address, const Network& network) {
  return network.canonical() == Network(address, network.prefix_length()).canonical();
}

// 10.0.0.0/8, fd00::/8
bool in_network(const std::string& host, const std::string& text) {
  boost::system::error_code error;
  const auto address = ip::make_address(host, error);
  if (error) return false;
  if (address.is_v4()) {
    const auto network = ip::make_network_v4(text, error);
    return !error && holds(address.to_v4(), network);
  }
  const auto network = ip::make_network_v6(text, error);
  return !error && holds(address.to_v6(), network);
}

bool matches(const Url& url, std::string exception) {
  if (exception == "*") return true;
  if (exception.find('/') != std::string::npos) return in_network(url.host, exception);
  if (const auto colon = exception.rfind(':'); colon != std::string::npos && exception.find(':') == colon) {
    if (exception.substr(colon + 1) != std::to_string(url.port)) return false;
    exception.erase(colon);
  }
  if (exception.starts_with("*.")) exception.erase(0, 1);
  if (url.host == exception) return true;
  if (!exception.starts_with('.')) exception.insert(0, ".");
  return url.host == exception.substr(1) || url.host.ends_with(exception);
}

}  // namespace

std::optional<Result<Proxy>> Proxies::for_url(const Url& url) const {
  if (is_loopback(url.host)) return std::nullopt;
  for (const auto& exception : exceptions)
    if (matches(url, exception)) return std::nullopt;
  return url.scheme == "https" ? https : http;
}

Proxies read_proxies(const Environment& environment) {
  Proxies out;
  out.https = parse_proxy(variable(environment, {"https_proxy", "HTTPS_PROXY"}), "HTTPS_PROXY");
  out.http = parse_proxy(variable(environment, {"http_proxy", "HTTP_PROXY"}), "HTTP_PROXY");
  out.exceptions = split_list(variable(environment, {"no_proxy", "NO_PROXY"}));
  return out;
}

}  // namespace rollcall::net
