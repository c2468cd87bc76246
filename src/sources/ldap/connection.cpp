#include "sources/ldap/connection.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <ldap.h>

#include "sources/attribute_type.hpp"
#include "sources/ldap/handle_options.hpp"
#include "sources/ldap/verdict.hpp"

namespace rollcall::sources {
namespace {

// libsasl2's sasl_interact_t, whose header belongs to a package that nothing else here needs (sasl/sasl.h, stable
// since 2.1).
struct SaslQuestion {
  unsigned long id;
  const char* challenge;
  const char* prompt;
  const char* default_result;
  const void* result;
  unsigned length;
};
constexpr unsigned long sasl_list_end = 0;  // SASL_CB_LIST_END

// GSSAPI takes all from the credentials cache; what is asked nevertheless gets its default.
int answer_sasl(LDAP*, unsigned, void*, void* questions) {
  for (auto* q = static_cast<SaslQuestion*>(questions); q->id != sasl_list_end; ++q) {
    q->result = q->default_result ? q->default_result : "";
    q->length = static_cast<unsigned>(std::strlen(static_cast<const char*>(q->result)));
  }
  return LDAP_SUCCESS;
}

int on_connect(LDAP*, Sockbuf* socket, LDAPURLDesc*, sockaddr*, ldap_conncb* callbacks) {
  ber_socket_t descriptor = -1;
  if (ber_sockbuf_ctrl(socket, LBER_SB_OPT_GET_FD, &descriptor) == 1)
    static_cast<SocketGuard*>(callbacks->lc_arg)->adopt(descriptor);
  return 0;
}

void on_close(LDAP*, Sockbuf*, ldap_conncb*) {}

std::string who_binds(const SourceSettings& settings) {
  if (!settings.sasl.empty()) return "SASL " + settings.sasl;
  return settings.bind_dn.empty() ? "anonymous" : settings.bind_dn;
}

}  // namespace

bool ServerUri::loopback() const {
  return scheme == "ldapi" || equal_fold(host, "localhost") || host == "::1" || host.starts_with("127.");
}

Result<ServerUri> parse_server_uri(const std::string& uri) {
  LDAPURLDesc* parsed = nullptr;
  if (ldap_url_parse(uri.c_str(), &parsed) != LDAP_URL_SUCCESS)
    return fail(ErrorKind::invalid, uri + " is no LDAP URI; write ldaps://HOST, ldap://HOST or ldapi://SOCKET");
  ServerUri out;
  out.scheme = lower(parsed->lud_scheme ? parsed->lud_scheme : "ldap");
  out.host = parsed->lud_host ? parsed->lud_host : "";
  out.port = parsed->lud_port;
  ldap_free_urldesc(parsed);
  out.text = uri.substr(0, uri.find('/', uri.find("://") + 3));
  if (out.host.empty() && out.scheme != "ldapi") return fail(ErrorKind::invalid, uri + " names no host");
  return out;
}

Connection::Connection(const SourceSettings& settings, const ServerUri& server, SocketGuard& guard,
                       const TlsContext& tls)
    : server_(server), guard_(guard), timeout_(settings.timeout), who_(who_binds(settings)), ca_file_(tls.ca_file()) {}

Connection::~Connection() {
  if (guard_.expired()) guard_.shut();
  guard_.arm(timeout_);  // closing TLS may write
  if (handle_) ldap_unbind_ext(handle_, nullptr, nullptr);
  guard_.disarm();
  delete static_cast<ldap_conncb*>(callbacks_);
}

std::string Connection::diagnostic() const {
  char* text = nullptr;
  if (ldap_get_option(handle_, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text) != LDAP_OPT_SUCCESS || !text) return {};
  std::string out = text;
  ldap_memfree(text);
  return out;
}

int Connection::last_code() const {
  int code = LDAP_OTHER;
  ldap_get_option(handle_, LDAP_OPT_RESULT_CODE, &code);
  return code;
}

Result<std::unique_ptr<Connection>> Connection::open(const SourceSettings& settings, const ServerUri& server,
                                                     const Secret& password, SocketGuard& guard, TlsContext& tls) {
  std::unique_ptr<Connection> out(new Connection(settings, server, guard, tls));
  guard.arm(settings.timeout);  // one deadline for connecting, TLS and bind together
  ROLLCALL_CHECK(out->prepare(settings));
  ROLLCALL_CHECK(out->secure(settings, tls));
  ROLLCALL_CHECK(out->start(settings));
  ROLLCALL_CHECK(out->bind(settings, password));
  guard.disarm();
  return out;
}

Result<void> Connection::prepare(const SourceSettings& settings) {
  if (const int rc = ldap_initialize(&handle_, server_.text.c_str()); rc != LDAP_SUCCESS)
    return fail(ErrorKind::invalid, server_.text + ": " + ldap_err2string(rc), server_.text);
  auto* callbacks = new ldap_conncb{on_connect, on_close, &guard_};
  callbacks_ = callbacks;
  if (!set_common_options(handle_, settings.timeout) ||
      ldap_set_option(handle_, LDAP_OPT_CONNECT_CB, callbacks) != LDAP_OPT_SUCCESS)
    return fail(ErrorKind::internal, "libldap refuses an option that rollcall relies on", server_.text);
  return {};
}

Result<void> Connection::secure(const SourceSettings& settings, TlsContext& tls) {
  if (server_.scheme != "ldaps" && !settings.start_tls) return {};
  auto applied = tls.apply(handle_);
  if (!applied) applied.error().where = server_.text;
  return applied;
}

Error Connection::silent(const char* doing) const {
  const std::string seconds = std::to_string(static_cast<double>(timeout_.count()) / 1000).substr(0, 5);
  return {ErrorKind::timeout, server_.text + ": no answer within " + seconds + " s while " + doing, server_.text,
          std::nullopt, false};
}

Error Connection::lost(const char* doing) const {
  if (guard_.expired()) return silent(doing);
  return {ErrorKind::unavailable, server_.text + ": the connection broke while " + doing, server_.text, std::nullopt,
          false};
}

// libldap with GnuTLS says no more than "(unknown error code)".
Error Connection::tls_failure() const {
  if (guard_.expired()) return lost("setting up TLS");
  const std::string port = std::to_string(server_.port);
  return {ErrorKind::unavailable,
          server_.text + ": TLS could not be set up: the server's certificate is not signed by a CA in " + ca_file_ +
              ", is not for the name " + server_.host +
              ", or has expired, or the server offers less than TLS 1.2; see openssl "
              "s_client -connect " +
              server_.host + ":" + port + (server_.scheme == "ldaps" ? "" : " -starttls ldap") + " -CAfile " +
              ca_file_ + " -verify_return_error" + quoted(diagnostic()),
          server_.text, std::nullopt, false};
}

Result<void> Connection::start(const SourceSettings& settings) {
  // TCP, and the TLS handshake of ldaps.
  if (ldap_connect(handle_) != LDAP_SUCCESS) {
    if (guard_.connected()) return tl::unexpected(server_.scheme == "ldaps" ? tls_failure() : lost("connecting"));
    // libldap keeps no errno of a failed connect.
    return fail(ErrorKind::unavailable,
                server_.text + ": no connection: it was refused, or the host is unknown or out of reach", server_.text);
  }
  if (!settings.start_tls || server_.scheme != "ldap") return {};
  // RFC 4511 section 4.14: before the bind; on any error the handle is given up, never used in clear.
  if (const int rc = ldap_start_tls_s(handle_, nullptr, nullptr); rc != LDAP_SUCCESS) {
    if (rc == LDAP_TIMEOUT || guard_.expired()) return tl::unexpected(silent("asking for StartTLS"));
    if (rc > 0 && rc != LDAP_OPERATIONS_ERROR)
      return fail(ErrorKind::unavailable,
                  server_.text + ": the server refuses StartTLS (" + ldap_err2string(rc) +
                      "), and nothing is sent in clear" + quoted(diagnostic()),
                  server_.text);
    return tl::unexpected(tls_failure());
  }
  return {};
}

Result<void> Connection::bind(const SourceSettings& settings, const Secret& password) {
  int rc = LDAP_SUCCESS;
  if (settings.sasl == "GSSAPI") {
    rc = ldap_sasl_interactive_bind_s(handle_, nullptr, "GSSAPI", nullptr, nullptr, LDAP_SASL_QUIET, answer_sasl,
                                      nullptr);
  } else {
    char nothing[] = "";
    berval secret{0, nothing};  // EXTERNAL: credentials that are there and empty, or the server asks for them (14)
    const bool simple = settings.sasl.empty();
    if (simple) secret = {password.reveal().size(), const_cast<char*>(password.reveal().data())};
    rc = ldap_sasl_bind_s(handle_, simple && !settings.bind_dn.empty() ? settings.bind_dn.c_str() : nullptr,
                          simple ? LDAP_SASL_SIMPLE : settings.sasl.c_str(), &secret, nullptr, nullptr, nullptr);
  }
  if (rc == LDAP_SUCCESS) return {};
  if (rc == LDAP_TIMEOUT || guard_.expired()) return tl::unexpected(silent("binding"));
  return tl::unexpected(bind_error(rc, diagnostic(), server_.text, who_));
}

}  // namespace rollcall::sources
