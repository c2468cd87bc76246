// SHA-256, base64 and random bytes over OpenSSL, which no header shows. Thread rule: free functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <optional>
#include <string_view>

#include "rollcall/record.hpp"
#include "rollcall/result.hpp"

namespace rollcall::crypto {

std::string sha256_hex(std::string_view data);     // 64 lower-case digits
std::string content_id(std::string_view data);     // "sha256:" and the digits
Fingerprint fingerprint(std::string_view data);    // the first 16 bytes of SHA-256

// A hash that does not depend on the order in which parts are added: the sum mod 2^128 of the parts' fingerprints.
// Removing a part that was added restores the old value.
class UnorderedHash {
 public:
  void add(const Fingerprint& part);
  void remove(const Fingerprint& part);
  Fingerprint value() const { return sum_; }

 private:
  Fingerprint sum_;
};
// One attribute value: (lower-case name, value), unambiguously framed.
Fingerprint fingerprint_of_value(std::string_view lower_case_attribute, std::string_view value);

std::string to_hex(const Fingerprint& fingerprint);             // 32 digits
std::optional<Fingerprint> fingerprint_from_hex(std::string_view text);

std::string base64(std::string_view bytes);                     // RFC 4648 section 4
std::string base64url(std::string_view bytes);                  // section 5, no padding
std::optional<std::string> base64_decode(std::string_view text);// strict, padding optional

std::string random_bytes(std::size_t count);
std::string random_uuid();                                      // RFC 9562 version 4
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace rollcall::crypto
