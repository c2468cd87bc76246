#include "sources/ldap/tls_context.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <ldap.h>

namespace rollcall::sources {
namespace {

constexpr const char* system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

bool set_int(ldap* handle, int option, int value) {
  return ldap_set_option(handle, option, &value) == LDAP_OPT_SUCCESS;
}

bool set_text(ldap* handle, int option, const char* value) {
  return ldap_set_option(handle, option, value) == LDAP_OPT_SUCCESS;
}

bool uses_gnutls(ldap* handle) {
  char* name = nullptr;
  if (ldap_get_option(handle, LDAP_OPT_X_TLS_PACKAGE, &name) != LDAP_OPT_SUCCESS || !name) return false;
  const bool gnutls = std::strcmp(name, "GnuTLS") == 0;
  ldap_memfree(name);
  return gnutls;
}

// What is looked at when a handshake is made as well as when a context is: on every handle.
bool demand_certificate(ldap* handle, const std::string& ca_file) {
  return set_int(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND) &&
         set_text(handle, LDAP_OPT_X_TLS_CACERTFILE, ca_file.c_str());
}

bool new_context(ldap* handle, const std::string& ca_file) {
  bool ok = demand_certificate(handle, ca_file);
  // libldap over GnuTLS does not look at PROTOCOL_MIN: its floor is a priority string.
  if (uses_gnutls(handle))
    ok = ok && set_text(handle, LDAP_OPT_X_TLS_CIPHER_SUITE, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2");
  else
    ok = ok && set_int(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, LDAP_OPT_X_TLS_PROTOCOL_TLS1_2);
  return ok && set_int(handle, LDAP_OPT_X_TLS_NEWCTX, 0);  // last: without it none of these is looked at
}

}  // namespace

TlsContext::TlsContext(std::string ca_file) : ca_file_(ca_file.empty() ? system_ca_file : std::move(ca_file)) {}

TlsContext::~TlsContext() { drop(); }

void TlsContext::drop() {
  if (keeper_) ldap_unbind_ext(keeper_, nullptr, nullptr);
  keeper_ = nullptr;
}

Result<TlsContext::FileState> TlsContext::state() const {
  struct stat about {};
  if (::stat(ca_file_.c_str(), &about) != 0 || ::access(ca_file_.c_str(), R_OK) != 0)
    return fail(ErrorKind::invalid, "ca-file " + ca_file_ + ": " + std::strerror(errno));
  return FileState(about.st_dev, about.st_ino, about.st_size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
}

Result<void> TlsContext::make() {
  ROLLCALL_TRY(const FileState now, state());
  if (keeper_ && now == made_of_) return {};
  drop();
  if (ldap_initialize(&keeper_, "ldap://127.0.0.1") != LDAP_SUCCESS || !new_context(keeper_, ca_file_)) {
    drop();
    return fail(ErrorKind::invalid, "ca-file " + ca_file_ + " holds no certificate that can be used");
  }
  made_of_ = now;
  return {};
}

Result<void> TlsContext::apply(ldap* handle) {
  ROLLCALL_CHECK(make());
  void* context = nullptr;
  if (ldap_get_option(keeper_, LDAP_OPT_X_TLS_CTX, &context) != LDAP_OPT_SUCCESS || !context ||
      !demand_certificate(handle, ca_file_) || ldap_set_option(handle, LDAP_OPT_X_TLS_CTX, context) != LDAP_OPT_SUCCESS)
    return fail(ErrorKind::internal, "libldap refuses a TLS option that rollcall relies on");
  // Active Directory refuses a second security layer within TLS, and wants the ticket bound to the certificate.
  set_text(handle, LDAP_OPT_X_SASL_SECPROPS, "maxssf=0");
  set_int(handle, LDAP_OPT_X_SASL_CBINDING, LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT);
  return {};
}

}  // namespace rollcall::sources
