// Names inside values: distinguished names as text (RFC 4514) and the spellings of a UUID. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::language {

struct DnPart {
  std::string type, value;  // the type lower-case and by its short name, the value without escapes; #hex stays as it is
};
using Rdn = std::vector<DnPart>;

// The RDNs from the entry to the root; nullopt when it is no DN.
std::optional<std::vector<Rdn>> parse_dn(std::string_view text);
// One spelling for all spellings of a DN: for comparing, not for showing.
std::optional<std::string> normal_dn(std::string_view text);
// Whether both are DNs, and the same one (RFC 4517 section 4.2.15).
bool same_dn(std::string_view a, std::string_view b);
// The short lower-case name of an attribute type: `2.5.4.3` and `commonName` are `cn`.
std::string attribute_type(std::string_view name);

// 16 octets of an objectGUID, 32 hex digits, or a UUID with hyphens wherever servers put them (nsUniqueId: 8-8-8-8), as
// lower-case 8-4-4-4-12; nullopt when it is none of these.
std::optional<std::string> uuid_text(std::string_view value);

}  // namespace rollcall::language
