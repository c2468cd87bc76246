// What both sides of HTTP/1.1 write in the same way. Pure.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/http.hpp"

namespace rollcall::net {

bool is_token(std::string_view text);        // RFC 9110 section 5.6.2
bool is_field_value(std::string_view text);  // no CR, LF, NUL or other control character but TAB
bool is_framing(std::string_view name);      // Content-Length, Transfer-Encoding, Connection, ...: this room's to write
bool same_name(std::string_view a, std::string_view b);

// Appends "name: value" lines, the framing ones left out; `invalid` names a header that would break the message apart.
Result<void> append_headers(std::string& out, const Headers& headers);

}  // namespace rollcall::net
