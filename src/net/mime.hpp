// How text travels in mail: encoded words and folding of headers, quoted-printable bodies. Pure.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::net {

bool is_utf8(std::string_view text);

// "Name: value" folded and ended with CRLF; a value beyond ASCII, or one that would be read as encoded, as encoded
// words (RFC 2047). The value has no control characters but TAB.
std::string text_header(std::string_view name, std::string_view value);

// A display name as it stands before "<address>": atoms, a quoted string, or encoded words.
std::string phrase(std::string_view name, std::size_t column);

std::string quoted_printable(std::string_view text);  // RFC 2045 section 6.7, lines end with CRLF
std::string base64_lines(std::string_view bytes);     // RFC 2045 section 6.8

// Whether quoted-printable is the shorter of the two.
bool prefers_quoted_printable(std::string_view text);

}  // namespace rollcall::net
