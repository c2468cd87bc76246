// What a server says of itself (RFC 4512 section 5.1). For people, in `check --connect`. One thread.
#pragma once

#include <string>

#include "sources/ldap/connection.hpp"

namespace rollcall::sources {

struct RootDse {
  std::string product;   // "OpenLDAP", "Active Directory", or the vendor's own words
  std::string bound_as;  // by "Who am I?" (RFC 4532) where offered, else the bind DN
  bool paged = false;
};

Result<RootDse> read_root_dse(Connection& connection);

}  // namespace rollcall::sources
