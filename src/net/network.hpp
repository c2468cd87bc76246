// Networks in CIDR notation (RFC 4632, RFC 4291 section 2.3) and the addresses in them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::net {

// "192.0.2.0/24", "2001:db8::/32", or one address; answered in its one normal form. `invalid` says what is expected.
Result<std::string> parse_network(std::string_view text);
// An IPv4 address that arrives as an IPv6 one (::ffff:192.0.2.1) is the IPv4 address.
bool in_network(std::string_view address, std::string_view network);

}  // namespace rollcall::net
