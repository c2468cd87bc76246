#include "crypto/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace rollcall::crypto {
namespace {

using Digest = std::array<unsigned char, 32>;

struct Context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // fetched once: EVP_sha256() looks it up at every use
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Context() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

template <class... Parts>
Digest sha256(const Parts&... parts) {
  thread_local Context c;
  Digest out;
  bool ok = EVP_DigestInit_ex2(c.context, c.algorithm, nullptr) == 1;
  ((ok = ok && EVP_DigestUpdate(c.context, parts.data(), parts.size()) == 1), ...);
  if (!ok || EVP_DigestFinal_ex(c.context, out.data(), nullptr) != 1) throw std::runtime_error("OpenSSL: SHA-256 failed");
  return out;
}

Fingerprint first_half(const Digest& digest) {
  Fingerprint f;
  for (int i = 0; i < 8; ++i) f.high = f.high << 8 | digest[i];
  for (int i = 8; i < 16; ++i) f.low = f.low << 8 | digest[i];
  return f;
}

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string encode(std::string_view bytes, const char* alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k)
      if (k <= n)
        out += alphabet[word >> (18 - 6 * k) & 63];
      else if (pad)
        out += '=';
  }
  return out;
}

constexpr char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string sha256_hex(std::string_view data) {
  std::string out;
  for (unsigned char byte : sha256(data)) {
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
  return out;
}

std::string content_id(std::string_view data) { return "sha256:" + sha256_hex(data); }

Fingerprint fingerprint(std::string_view data) { return first_half(sha256(data)); }

void UnorderedHash::add(const Fingerprint& part) {
  const std::uint64_t low = sum_.low + part.low;
  sum_.high += part.high + (low < part.low);
  sum_.low = low;
}

void UnorderedHash::remove(const Fingerprint& part) {
  sum_.high -= part.high + (sum_.low < part.low);
  sum_.low -= part.low;
}

Fingerprint fingerprint_of_value(std::string_view attribute, std::string_view value) {
  constexpr std::string_view frame("\0", 1);  // attribute names hold no NUL
  return first_half(sha256(attribute, frame, value));
}

std::string to_hex(const Fingerprint& f) {
  std::string out(32, '0');
  for (int i = 0; i < 16; ++i) {
    out[i] = hex_digits[f.high >> (60 - 4 * i) & 15];
    out[16 + i] = hex_digits[f.low >> (60 - 4 * i) & 15];
  }
  return out;
}

std::optional<Fingerprint> fingerprint_from_hex(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  Fingerprint f;
  for (std::size_t i = 0; i < 32; ++i) {
    const int v = hex_value(text[i]);
    if (v < 0) return std::nullopt;
    auto& half = i < 16 ? f.high : f.low;
    half = half << 4 | static_cast<unsigned>(v);
  }
  return f;
}

std::string base64(std::string_view bytes) { return encode(bytes, standard, true); }
std::string base64url(std::string_view bytes) { return encode(bytes, url_safe, false); }

std::optional<std::string> base64_decode(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  std::uint32_t word = 0;
  int bits = 0;
  for (char c : text) {
    const auto at = std::string_view(standard).find(c);
    if (at == std::string_view::npos) return std::nullopt;
    word = word << 6 | static_cast<std::uint32_t>(at);
    if ((bits += 6) >= 8) out += static_cast<char>(word >> (bits -= 8) & 255);
  }
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("OpenSSL: no random bytes");
  return out;
}

std::string random_uuid() {
  std::string b = random_bytes(16);
  b[6] = static_cast<char>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<char>((b[8] & 0x3f) | 0x80);
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += hex_digits[static_cast<unsigned char>(b[i]) >> 4];
    out += hex_digits[b[i] & 15];
  }
  return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace rollcall::crypto
