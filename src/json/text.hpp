// The characters of JSON, shared by the files of this room only: UTF-8 and quoted strings. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::json {

// Length of the well-formed UTF-8 sequence (RFC 3629 section 4) at the front of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text);
void append_quoted(std::string& out, std::string_view text);

}  // namespace rollcall::json
