#include "crypto/sign.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace rollcall::crypto {
namespace {

struct Free {
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// A key with a passphrase would ask on the terminal: the answer is none.
int no_passphrase(char*, int, int, void*) { return 0; }

Key read_key(std::string_view pem, bool is_private) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                     : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

}  // namespace

Result<std::string> sign_rs256(std::string_view private_key_pem, std::string_view data) {
  const Key key = read_key(private_key_pem, true);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return fail(ErrorKind::invalid, "this is no RSA private key in PEM");
  if (EVP_PKEY_get_bits(key.get()) < 2048) return fail(ErrorKind::invalid, "the RSA key has less than 2048 bits");
  const Context context(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::string signature;
  bool ok = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
            EVP_DigestSign(context.get(), nullptr, &size, bytes(data), data.size()) == 1;
  signature.resize(size);
  ok = ok && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes(data), data.size()) == 1;
  ERR_clear_error();
  if (!ok) return fail(ErrorKind::internal, "OpenSSL could not sign with the RSA key");
  signature.resize(size);
  return signature;
}

bool verify_rs256(std::string_view public_key_pem, std::string_view data, std::string_view signature) {
  const Key key = read_key(public_key_pem, false);
  const Context context(EVP_MD_CTX_new());
  const bool ok = key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA &&
                  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                  EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(data), data.size()) == 1;
  ERR_clear_error();
  return ok;
}

}  // namespace rollcall::crypto
