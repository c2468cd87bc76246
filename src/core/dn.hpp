// Comparing distinguished names that a person wrote into the configuration with those that a directory shows (RFC 4514,
// RFC 4517 section 4.2.15): types and values without case, escapes undone, spaces around separators ignored. The reader's own
// normal form is sources/dn.hpp; this one needs no libldap. Pure.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::core {

bool same_dn(std::string_view a, std::string_view b);
// The comparable form: "uid=a,ou=people,dc=x".
std::string plain_dn(std::string_view dn);

}  // namespace rollcall::core
