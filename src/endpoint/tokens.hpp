// Bearer tokens of SCIM clients (RFC 6750): what `token create` makes and the endpoint checks. A token is "rollcall_", its id, "_" and
// 256 random bits; at rest is its hash alone, which needs no salt for what nobody can guess. Pure but for randomness; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rollcall/secret.hpp"
#include "store/rows.hpp"

namespace rollcall::endpoint {

struct NewToken {
  store::TokenRow row;
  Secret secret;      // shown once
};
NewToken make_token(const std::string& source, const std::vector<std::string>& allow, Instant now, Instant expires);

// The id within a token, "" for what is no token of ours.
std::string token_id(std::string_view token);
// Whether this is the token of the row, in a time that tells nothing about it.
bool is_token(const store::TokenRow& row, std::string_view token);
inline bool is_expired(const store::TokenRow& row, Instant now) { return row.expires != Instant{} && row.expires <= now; }

std::vector<std::string> allowed_networks(const store::TokenRow& row);

}  // namespace rollcall::endpoint
