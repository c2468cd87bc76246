// Sealing what must wait at rest: AES-256-GCM (NIST SP 800-38D) over OpenSSL, which no header shows. A sealed text is "1:" and the base64
// of nonce (12 octets, random), cipher text and tag (16); `about` is authenticated with it, so that a seal opens nowhere but where it was
// put. Thread rule: a value that never changes; any thread.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::crypto {

class Seal {
 public:
  explicit Seal(Secret key) : key_(std::move(key)) {}   // 32 octets

  Result<std::string> close(std::string_view text, std::string_view about) const;
  // `invalid`: another key sealed it, it is about something else, or it was changed.
  Result<Secret> open(std::string_view sealed, std::string_view about) const;

 private:
  Secret key_;
};

}  // namespace rollcall::crypto
