// Which requests go through a proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl and others read them (lower case
// first); loopback never does. Thread rule: immutable after construction; read_proxies() reads the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/url.hpp"

namespace rollcall::net {

struct Proxy {
  std::string host;
  unsigned short port = 0;
  std::string authorization;  // value of Proxy-Authorization, a secret; empty: none
};

struct Proxies {
  std::optional<Result<Proxy>> http, https;  // an unusable one is an error of the request, not of the start
  std::vector<std::string> exceptions;

  // nullopt: go straight.
  std::optional<Result<Proxy>> for_url(const Url& url) const;
};

using Environment = std::function<const char*(const char*)>;
Proxies read_proxies(const Environment& environment);

}  // namespace rollcall::net
