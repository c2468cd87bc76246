// One mailbox of a mail header: "Name <address>", "\"Name\" <address>" or an address. Pure.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::net {

struct Mailbox {
  std::string name;     // UTF-8, unquoted
  std::string address;  // ASCII, local@domain
};

// `what` is the header's name, for messages; the address itself is personal data and stays out of them.
Result<Mailbox> parse_mailbox(std::string_view text, const std::string& what);

}  // namespace rollcall::net
