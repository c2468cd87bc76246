// The sources that rollcall reads by itself. What they make is used by one thread at a time; see rollcall/source.hpp.
#pragma once

#include <memory>

#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"
#include "rollcall/settings.hpp"
#include "rollcall/source.hpp"

namespace rollcall::sources {

// A directory over libldap. Nothing is connected yet; refused are an empty password, clear text beyond this host, a
// filter or a sentinel that cannot be read. Sets LDAPNOINIT and ignores SIGPIPE, if the program has not done so before.
Result<std::unique_ptr<Source>> make_ldap_source(const SourceSettings& settings, RecordShape shape,
                                                 Secret bind_password);

// An LDIF file with content records (RFC 2849). Filters and scopes are evaluated here. Without a table `people` or
// `groups` the whole file is looked at with the mapping's filter.
Result<std::unique_ptr<Source>> make_ldif_source(const SourceSettings& settings, RecordShape shape);

}  // namespace rollcall::sources
