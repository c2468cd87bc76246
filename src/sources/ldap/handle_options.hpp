// The options that every libldap handle of ours has. Set on the handle, so that no ldap.conf, ldaprc or environment
// matters. Free functions; the program's threads share nothing through them.
#pragma once

#include <string>

#include "rollcall/clock.hpp"

struct ldap;

namespace rollcall::sources {

// Before the first call of libldap: no configuration files, no LDAP* environment; and SIGPIPE does not end the program,
// as liblber writes without MSG_NOSIGNAL.
void prepare_process();

bool set_common_options(ldap* handle, Duration timeout);

}  // namespace rollcall::sources
