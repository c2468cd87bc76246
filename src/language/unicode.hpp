// Unicode for templates and conditions: ICU, which no header shows, and only for text that is not pure ASCII (the first
// transliteration costs 170 ms). A text that is no valid UTF-8 comes back as it is. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::language {

bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);      // RFC 3629: no surrogates, nothing overlong, nothing above U+10FFFF
bool has_control(std::string_view text);  // C0, DEL or C1: never part of a name or an address
bool is_blank(std::string_view text);     // nothing but white space

std::string lower(std::string_view text);  // root locale: the host's language changes nothing
std::string upper(std::string_view text);
std::string trim(std::string_view text);   // Unicode White_Space at both ends
std::string ascii(std::string_view text);  // transliterated; what has no ASCII form is left out
std::string fold(std::string_view text);   // for comparing without case: NFC of the full case folding

// A password as it is to be compared (RFC 8265 section 4.2, OpaqueString): any space is a space, NFC. Nothing where it is empty, no valid
// UTF-8, or has what no password may have: controls and code points that are not assigned.
std::optional<std::string> opaque_string(std::string_view text);

// The part of `length` code points from code point `start`; a negative start counts from the end. Shorter where the
// text ends.
std::string substring(std::string_view text, long long start, long long length);
// The longest beginning of at most `bytes` bytes that ends between two code points.
std::string_view cut(std::string_view text, std::size_t bytes);

}  // namespace rollcall::language
