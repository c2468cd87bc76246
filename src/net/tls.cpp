#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/verify_mode.hpp>

namespace rollcall::net {
namespace {

namespace ssl = boost::asio::ssl;

TlsContext make_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);  // RFC 9325 section 3.1.1
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  return context;
}

std::string text_of(ASN1_STRING* value) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, value);
  std::string out;
  for (int i = 0; i < size; ++i) out += bytes[i] < 0x20 || bytes[i] == 0x7f ? '?' : static_cast<char>(bytes[i]);
  OPENSSL_free(bytes);
  return out;
}

std::string common_name(X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  return at < 0 ? "an unnamed issuer" : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

std::string name_text(GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return text_of(name->d.dNSName);
  if (name->type != GEN_IPADD) return {};
  const unsigned char* bytes = ASN1_STRING_get0_data(name->d.iPAddress);
  const int size = ASN1_STRING_length(name->d.iPAddress);
  if (size == 4) {
    boost::asio::ip::address_v4::bytes_type v4;
    std::copy(bytes, bytes + 4, v4.begin());
    return boost::asio::ip::address_v4(v4).to_string();
  }
  if (size != 16) return {};
  boost::asio::ip::address_v6::bytes_type v6;
  std::copy(bytes, bytes + 16, v6.begin());
  return boost::asio::ip::address_v6(v6).to_string();
}

std::string subject_names(X509* certificate) {
  std::string out;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  const int count = names ? sk_GENERAL_NAME_num(names) : 0;
  for (int i = 0; i < count && i < 5; ++i)
    if (auto text = name_text(sk_GENERAL_NAME_value(names, i)); !text.empty()) out += (out.empty() ? "" : ", ") + text;
  if (count > 5) out += ", ...";
  GENERAL_NAMES_free(names);
  return out.empty() ? "no host name" : out;
}

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  char text[16] = "an unknown date";
  if (time && ASN1_TIME_to_tm(time, &parts) == 1) std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

void note_failure(CertificateNote& note, X509_STORE_CTX* context) {
  if (note.error != 0) return;
  note.error = X509_STORE_CTX_get_error(context);
  X509* certificate = X509_STORE_CTX_get_current_cert(context);
  if (!certificate) return;
  note.names = subject_names(certificate);
  note.issuer = common_name(X509_get_issuer_name(certificate));
  note.expired = date_of(X509_get0_notAfter(certificate));
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

Result<TlsContext> client_context(const std::string& ca_file) {
  auto context = make_context(ssl::context::tls_client);
  boost::system::error_code error;
  if (ca_file.empty())
    context->set_default_verify_paths(error);
  else
    context->load_verify_file(ca_file, error);
  if (error)
    return fail(ErrorKind::invalid, ca_file.empty() ? "the system's CA certificates cannot be read: " + error.message()
                                                    : "no CA certificate can be read from " + ca_file);
  context->set_verify_mode(ssl::verify_peer);
  return context;
}

Result<TlsContext> server_context(const std::string& certificate, const std::string& key) {
  auto context = make_context(ssl::context::tls_server);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate, error);
  if (error) return fail(ErrorKind::invalid, "no certificate can be read from " + certificate);
  context->use_private_key_file(key, ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(context->native_handle()) != 1) {
    ERR_clear_error();
    return fail(ErrorKind::invalid, "no private key of the certificate " + certificate + " can be read from " + key);
  }
  return context;
}

std::shared_ptr<CertificateNote> expect_host(Stream::Tls& tls, const std::string& host) {
  SSL* handle = tls.native_handle();
  X509_VERIFY_PARAM* wanted = SSL_get0_param(handle);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str());
  } else {
    SSL_set_tlsext_host_name(handle, host.c_str());
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  }
  auto note = std::make_shared<CertificateNote>();
  tls.set_verify_callback([note](bool good, ssl::verify_context& context) {
    if (!good) note_failure(*note, context.native_handle());
    return good;
  });
  return note;
}

std::string explain_handshake(const boost::system::error_code& error, const CertificateNote& note,
                              const std::string& host, const std::string& ca_file) {
  const std::string whose = "the certificate of " + host;
  switch (note.error) {
    case 0:
      break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return whose + " was issued for " + note.names + ": check the host name in the URL";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + " or of its CA expired on " + note.expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid yet: is the clock of this host right?";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return whose + " was issued by " + note.issuer + ", which " +
             (ca_file.empty() ? "this host does not trust: add that CA to the system's, or name it with ca-file"
                              : "is not among the CAs in " + ca_file);
    default:
      return whose + " is refused: " + X509_verify_cert_error_string(note.error);
  }
  if (error.category() == boost::asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER)
    return host + " does not speak TLS on this port: is it http rather than https, or another port?";
  return "no TLS connection to " + host + ": " + error.message();
}

}  // namespace rollcall::net
