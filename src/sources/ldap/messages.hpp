// The messages of one running search, one by one, each within the time-out. Between search.cpp and libldap; one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ldap.h>

#include "sources/ldap/connection.hpp"

namespace rollcall::sources {

struct SearchResult {
  int code = LDAP_SUCCESS;  // libldap's negative codes as well
  std::string diagnostic;
  std::string cookie;  // of paging; empty: no further page
  std::int64_t references = 0;
};

// Attributes by name only: "*" would bring photos, and userPassword is nobody's business.
class AttributeList {
 public:
  explicit AttributeList(std::vector<std::string> names);
  char** get() { return pointers_.data(); }

 private:
  std::vector<std::string> names_;
  std::vector<char*> pointers_;
};

struct PageRequest {
  int size = 0;  // 0: none
  std::string cookie;
};

SearchResult run_search(Connection& connection, const std::string& base, int scope, const std::string& filter,
                        AttributeList& attributes, const PageRequest& page,
                        const std::function<bool(LDAPMessage*)>& on_entry);

// Calls visit(description, values) for each attribute. Views into the message. False: the message cannot be understood.
template <class Dn, class Visit>
bool decode_entry(LDAP* handle, LDAPMessage* message, Dn&& on_dn, Visit&& visit) {
  BerElement* ber = nullptr;
  berval dn{};
  if (ldap_get_dn_ber(handle, message, &ber, &dn) != LDAP_SUCCESS) return false;
  on_dn(std::string_view(dn.bv_val ? dn.bv_val : "", dn.bv_len));
  int rc = LDAP_SUCCESS;
  while (true) {
    berval name{};
    BerVarray values = nullptr;
    rc = ldap_get_attribute_ber(handle, message, ber, &name, &values);
    if (rc != LDAP_SUCCESS || !name.bv_val) break;
    visit(std::string_view(name.bv_val, name.bv_len), values);
    if (values) ber_memfree(values);
  }
  if (ber) ber_free(ber, 0);
  return rc == LDAP_SUCCESS;
}

}  // namespace rollcall::sources
