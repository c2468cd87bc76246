#include "sources/ldap/handle_options.hpp"

#include <sys/time.h>

#include <csignal>
#include <cstdlib>

#include <ldap.h>

namespace rollcall::sources {
namespace {

timeval time_of(Duration d) {
  return {static_cast<time_t>(d.count() / 1000), static_cast<suseconds_t>(d.count() % 1000 * 1000)};
}

bool set_int(ldap* handle, int option, int value) {
  return ldap_set_option(handle, option, &value) == LDAP_OPT_SUCCESS;
}

}  // namespace

void prepare_process() {
  ::setenv("LDAPNOINIT", "1", 1);
  struct sigaction now {};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
}

bool set_common_options(ldap* handle, Duration timeout) {
  const timeval wait = time_of(timeout);
  bool ok = set_int(handle, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3) &&
            set_int(handle, LDAP_OPT_SIZELIMIT, LDAP_NO_LIMIT) && set_int(handle, LDAP_OPT_TIMELIMIT, LDAP_NO_LIMIT) &&
            set_int(handle, LDAP_OPT_DEREF, LDAP_DEREF_NEVER);
  // Followed referrals would bind anonymously to hosts that the server names.
  ok = ok && ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS;
  ok = ok && ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS;
  ok = ok && ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &wait) == LDAP_OPT_SUCCESS;
  ok = ok && ldap_set_option(handle, LDAP_OPT_TIMEOUT, &wait) == LDAP_OPT_SUCCESS;
  // A peer that vanished without a word is noticed within about the time-out. Not every platform has these.
  const int seconds = static_cast<int>(timeout.count() / 1000) + 1;
  set_int(handle, LDAP_OPT_X_KEEPALIVE_IDLE, seconds);
  set_int(handle, LDAP_OPT_X_KEEPALIVE_PROBES, 3);
  set_int(handle, LDAP_OPT_X_KEEPALIVE_INTERVAL, seconds / 3 + 1);
  const auto user_timeout = static_cast<unsigned int>(timeout.count());
  ldap_set_option(handle, LDAP_OPT_TCP_USER_TIMEOUT, &user_timeout);
  // GSSAPI: the host is who the URI names, not who the name service says it is.
  ldap_set_option(handle, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
  return ok;
}

}  // namespace rollcall::sources
