// One connection to one directory server: made, secured and bound within a deadline, or refused with the reason.
// Nothing of libldap's configuration files or environment plays a part. Owned by the read that opened it; one thread.
// RFC 4511, RFC 4513.
#pragma once

#include <memory>
#include <string>

#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"
#include "rollcall/settings.hpp"
#include "sources/ldap/socket_guard.hpp"
#include "sources/ldap/tls_context.hpp"

struct ldap;

namespace rollcall::sources {

// "ldaps://ldap1:636" without path and filter; nothing when it is no LDAP URI.
struct ServerUri {
  std::string scheme;  // ldap ldaps ldapi
  std::string host;
  int port = 0;
  std::string text;  // for libldap and for people
  bool loopback() const;
};
Result<ServerUri> parse_server_uri(const std::string& uri);

class Connection {
 public:
  // unavailable and timeout: another server of the list may be tried. Everything else ends the search for one.
  // `guard` outlives the connection; shutting it ends any call here.
  static Result<std::unique_ptr<Connection>> open(const SourceSettings& settings, const ServerUri& server,
                                                  const Secret& password, SocketGuard& guard, TlsContext& tls);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  ldap* handle() const { return handle_; }
  const std::string& server() const { return server_.text; }
  const std::string& who() const { return who_; }  // for messages: the bind DN, "anonymous", "SASL EXTERNAL"
  Duration timeout() const { return timeout_; }
  SocketGuard& guard() const { return guard_; }
  std::string diagnostic() const;  // the server's text of the last error
  int last_code() const;

 private:
  Connection(const SourceSettings& settings, const ServerUri& server, SocketGuard& guard, const TlsContext& tls);
  Result<void> prepare(const SourceSettings& settings);
  Result<void> secure(const SourceSettings& settings, TlsContext& tls);
  Result<void> start(const SourceSettings& settings);
  Result<void> bind(const SourceSettings& settings, const Secret& password);
  Error silent(const char* doing) const;
  Error lost(const char* doing) const;
  Error tls_failure() const;

  ServerUri server_;
  SocketGuard& guard_;
  Duration timeout_;
  std::string who_, ca_file_;
  ldap* handle_ = nullptr;
  void* callbacks_ = nullptr;
};

}  // namespace rollcall::sources
