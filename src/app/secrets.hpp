// Reads what a SecretRef names (contract section 2). Errors name the key and its place, never a value; they lead to
// exit 78. Thread rule: free functions, any thread; they look at the disk and the environment.
#pragma once

#include <string>

#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::app {

// The text without the line end that editors and `echo` put behind it. Missing, empty or unreadable is an error, and so
// is a reference that is not present().
Result<Secret> read_secret(const SecretRef& ref);

// `[state] key`: 32 octets, as they are or as base64.
Result<Secret> read_state_key(const SecretRef& ref);

// Why somebody else on this host may read the secret, or "".
std::string exposure(const SecretRef& ref);

}  // namespace rollcall::app
