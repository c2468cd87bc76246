// One UTF-8 character at a time (RFC 3629), for the files of this room. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace rollcall::report {

struct Utf8Char {
  char32_t code;       // the byte itself when it begins no character
  std::size_t length;  // at least 1
  bool valid;
};

// `text` must not be empty.
Utf8Char first_char(std::string_view text);

// Controls, direction marks and overrides, and what nobody sees: what printable() spells out.
bool is_hidden(char32_t code);

}  // namespace rollcall::report
