#include "crypto/seal.hpp"

#include <openssl/evp.h>

#include <memory>

#include "crypto/hash.hpp"

namespace rollcall::crypto {
namespace {

constexpr std::string_view version = "1:";
constexpr std::size_t nonce_size = 12, tag_size = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// The whole text at once, one way or the other; for opening the tag is set before this.
bool run(EVP_CIPHER_CTX* context, std::string_view about, std::string_view in, std::string& out) {
  int length = 0, rest = 0;
  out.resize(in.size());
  return EVP_CipherUpdate(context, nullptr, &length, bytes(about), static_cast<int>(about.size())) == 1 &&
         EVP_CipherUpdate(context, bytes(out), &length, bytes(in), static_cast<int>(in.size())) == 1 &&
         EVP_CipherFinal_ex(context, bytes(out) + length, &rest) == 1;
}

}  // namespace

Result<std::string> Seal::close(std::string_view text, std::string_view about) const {
  const Context context(EVP_CIPHER_CTX_new());
  const std::string nonce = random_bytes(nonce_size);
  std::string cipher_text, tag(tag_size, '\0');
  const bool done = EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce), 1) == 1 &&
                    run(context.get(), about, text, cipher_text) &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data()) == 1;
  if (!done) return fail(ErrorKind::internal, "OpenSSL could not seal a text");
  return std::string(version) + base64(nonce + cipher_text + tag);
}

Result<Secret> Seal::open(std::string_view sealed, std::string_view about) const {
  const auto wrong = [] { return fail(ErrorKind::invalid, "it was sealed with another key, or has been changed since"); };
  if (!sealed.starts_with(version)) return wrong();
  const auto all = base64_decode(sealed.substr(version.size()));
  if (!all || all->size() < nonce_size + tag_size) return wrong();
  const std::string_view nonce = std::string_view(*all).substr(0, nonce_size);
  const std::string_view cipher_text = std::string_view(*all).substr(nonce_size, all->size() - nonce_size - tag_size);
  std::string tag = all->substr(all->size() - tag_size), text;
  const Context context(EVP_CIPHER_CTX_new());
  const bool done = EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce), 0) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
                    run(context.get(), about, cipher_text, text);
  if (!done) return wrong();
  return Secret(std::move(text));
}

}  // namespace rollcall::crypto
