// URLs (RFC 3986) as far as HTTP needs them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rollcall/result.hpp"

namespace rollcall::net {

struct Url {
  std::string scheme;   // lower case
  std::string host;     // without brackets, lower case
  unsigned short port = 0;  // the scheme's default filled in (80 443 25 465 389 636)
  std::string target;   // path and query, at least "/"
  std::string path, query;
};
Result<Url> parse_url(std::string_view text);
bool is_loopback(std::string_view host);   // localhost, 127.0.0.0/8, ::1

}  // namespace rollcall::net
