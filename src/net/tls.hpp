// TLS over OpenSSL: contexts for both sides, the checks of a server's certificate, and errors that say what to do.
// Thread rule: contexts are shared and not changed after they are made.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "net/stream.hpp"
#include "rollcall/result.hpp"

namespace rollcall::net {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Verifies the peer against the system's CAs, or only those in `ca_file`; TLS 1.2 and later.
Result<TlsContext> client_context(const std::string& ca_file);
Result<TlsContext> server_context(const std::string& certificate, const std::string& key);

// What the verification found wrong; filled during the handshake, for OpenSSL forgets the certificate when it fails.
struct CertificateNote {
  int error = 0;  // X509_V_ERR_...
  std::string names, issuer, expired;
};

// Server name indication (RFC 6066 section 3) and the name that the certificate must bear (RFC 9525, IP addresses too).
std::shared_ptr<CertificateNote> expect_host(Stream::Tls& tls, const std::string& host);

std::string explain_handshake(const boost::system::error_code& error, const CertificateNote& note,
                              const std::string& host, const std::string& ca_file);

}  // namespace rollcall::net
