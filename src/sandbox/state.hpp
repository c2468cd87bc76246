// The tenant as JSON: what --state keeps, what GET /_sandbox/state shows, and what POST /_sandbox/accounts takes. One
// shape for all three. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "json/json.hpp"
#include "sandbox/tenant.hpp"

namespace rollcall::sandbox {

// {"id":100001,"status":1,"username":"ada",...,"roles":["Sales"],"custom":{...},"created-at":"2015-04-27T15:03:27.000Z",...}
json::Value account_value(const Tenant& tenant, const Account& account);
// Lays the members of `value` over the account; null takes a field away; roles by name or id; a role that nobody knows
// is an error.
Result<void> read_account(const Tenant& tenant, const json::Value& value, Account& account);

// `more` stands after the tenant's own members.
std::string write_state(const Tenant& tenant, const json::Object& more = {}, bool with_accounts = true);
Result<void> read_state(std::string_view text, Tenant& tenant);

// "2015-04-27T15:03:27.123Z" (RFC 3339).
std::string write_time(Instant time);
std::optional<Instant> read_time(std::string_view text);

}  // namespace rollcall::sandbox
