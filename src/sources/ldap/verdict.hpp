// What a result code means for a read, in words for a person: what happened and what to do. Pure; any thread.
// RFC 4511 section 4.1.9 and appendix A; the texts of slapd, Active Directory and 389 DS.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::sources {

// "ldap2: wrong password for cn=...". `diagnostic` is the server's own text, which is cut and made printable.
Error bind_error(int code, std::string_view diagnostic, std::string_view server, std::string_view who);

// Of a search below `base`; `code` is not success. Negative codes are libldap's.
std::string search_verdict(int code, std::string_view diagnostic, std::string_view server, std::string_view base,
                           std::string_view who);

// Whether another server of the list may be tried after this error of a bind.
bool try_next(int code);

// What Active Directory says within the text of an error 49 ("data 775"), or empty.
std::string_view active_directory_reason(std::string_view diagnostic);

// The server's own text, printable, in quotes, or empty.
std::string quoted(std::string_view diagnostic);

}  // namespace rollcall::sources
