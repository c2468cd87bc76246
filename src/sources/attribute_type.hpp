// Names of attribute types as they come in entries, DNs and filters: their short form, and their options taken apart.
// Free functions; any thread. RFC 4512 sections 1.4 and 2.5, RFC 4519, RFC 4524, RFC 2798; ranges:
// MS-ADTS 3.1.1.3.1.3.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::sources {

std::string lower(std::string_view ascii);
bool equal_fold(std::string_view a, std::string_view b);  // ASCII

// The short name of a type: "2.5.4.3" and "commonname" are "cn". What is not known stays as it is. Takes lower case.
std::string_view short_type(std::string_view lower_case);

// "member;range=0-1499" in its parts.
struct Description {
  std::string type;     // lower case, without options
  bool plain = true;    // no option but ;binary: the values are those that a mapping means
  bool ranged = false;  // a part of the values; plain may be true as well
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to;  // empty: up to the last ("-*")
};
std::optional<Description> parse_description(std::string_view text);  // nothing: not an attribute description

}  // namespace rollcall::sources
