#include "sources/ldap/root_dse.hpp"

#include <algorithm>
#include <map>

#include "rollcall/record.hpp"

#include "sources/ldap/messages.hpp"
#include "sources/ldap/verdict.hpp"

namespace rollcall::sources {
namespace {

using Said = std::map<std::string, Values, FoldLess>;

constexpr std::string_view active_directory = "1.2.840.113556.1.4.800", lightweight = "1.2.840.113556.1.4.1851";
constexpr std::string_view who_am_i = "1.3.6.1.4.1.4203.1.11.3";

bool has(const Said& said, std::string_view name, std::string_view value) {
  const auto at = said.find(name);
  return at != said.end() && std::find(at->second.begin(), at->second.end(), value) != at->second.end();
}

std::string first(const Said& said, std::string_view name) {
  const auto at = said.find(name);
  return at == said.end() || at->second.empty() ? std::string() : at->second.front();
}

std::string product(const Said& said) {
  const std::string vendor = first(said, "vendorName"), version = first(said, "vendorVersion");
  if (vendor.starts_with("Samba")) return "Samba Active Directory";
  if (has(said, "supportedCapabilities", active_directory)) return "Active Directory";
  if (has(said, "supportedCapabilities", lightweight)) return "Active Directory Lightweight Directory Services";
  if (has(said, "objectClass", "OpenLDAProotDSE") || first(said, "structuralObjectClass") == "OpenLDAProotDSE")
    return "OpenLDAP";
  if (!version.empty()) return version;
  return vendor.empty() ? "an LDAP server that names no vendor" : vendor;
}

std::string whoami(Connection& connection) {
  berval* answer = nullptr;
  std::string out;
  if (ldap_whoami_s(connection.handle(), &answer, nullptr, nullptr) == LDAP_SUCCESS && answer && answer->bv_val)
    out.assign(answer->bv_val, answer->bv_len);
  ber_bvfree(answer);
  return out.starts_with("dn:") ? out.substr(3) : out;
}

}  // namespace

Result<RootDse> read_root_dse(Connection& connection) {
  AttributeList attributes({"objectClass", "structuralObjectClass", "vendorName", "vendorVersion", "supportedControl",
                            "supportedCapabilities", "supportedExtension"});
  Said said;
  const SearchResult result =
      run_search(connection, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, {}, [&](LDAPMessage* message) {
        return decode_entry(
            connection.handle(), message, [](std::string_view) {},
            [&](std::string_view name, BerVarray values) {
              for (; values && values->bv_val; ++values)
                said[std::string(name)].emplace_back(values->bv_val, values->bv_len);
            });
      });
  if (result.code != LDAP_SUCCESS)
    return fail(ErrorKind::unavailable,
                search_verdict(result.code, result.diagnostic, connection.server(), "", connection.who()));
  RootDse out;
  out.product = product(said);
  out.paged = has(said, "supportedControl", LDAP_CONTROL_PAGEDRESULTS);
  if (has(said, "supportedExtension", who_am_i)) out.bound_as = whoami(connection);
  if (out.bound_as.empty()) out.bound_as = connection.who();
  return out;
}

}  // namespace rollcall::sources
