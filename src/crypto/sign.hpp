// RSA signatures over OpenSSL, which no header shows. Thread rule: free functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::crypto {

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3, "RS256") by a private key in PEM, PKCS #1 or PKCS #8. `invalid`: no RSA
// key, or one under 2048 bits, which the RFC forbids. No error shows a part of the key.
Result<std::string> sign_rs256(std::string_view private_key_pem, std::string_view data);
// Whether the signature is right, by the public key in PEM.
bool verify_rs256(std::string_view public_key_pem, std::string_view data, std::string_view signature);

}  // namespace rollcall::crypto
