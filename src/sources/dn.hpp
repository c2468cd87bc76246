// Distinguished names in one form for comparing. Nothing here is for showing or for searching: keep the server's
// spelling for that. Free functions; any thread. RFC 4514 (grammar), RFC 4517 section 4.2.15 (matching), RFC 4518
// (preparation of values).
#pragma once

#include <string>
#include <string_view>

namespace rollcall::sources {

// Types lower-case and short, values unescaped, folded (NFKC casefold), with spaces prepared, then escaped in one way;
// the parts of a multi-valued RDN sorted; "#hex" values opaque. Takes what is met in directories too: quotes, `;`,
// spaces, "OID." (RFC 1779). Empty for what is no DN (and for the empty DN). The form of a form is itself.
std::string normal_dn(std::string_view raw);

// Whether a DN is the base or stands below it; both in normal form. Everything is below the empty base.
bool below(std::string_view normal, std::string_view normal_base);
std::string_view parent(std::string_view normal);  // empty for one RDN

// A value as caseIgnoreMatch compares it: folded, inner runs of spaces one space, no outer spaces.
std::string folded(std::string_view value);

// What a member value is compared by: the normal DN (the UID of a uniqueMember, RFC 4517 section 3.3.21, is cut off),
// or the folded text of what is no DN (memberUid, ids).
std::string member_ref(std::string_view raw);

}  // namespace rollcall::sources
