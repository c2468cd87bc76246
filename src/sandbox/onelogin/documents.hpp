// The documents of OneLogin /1 and /2, written and read: envelopes, bare objects, users, errors in both forms. Pure; any thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/http.hpp"
#include "sandbox/tenant.hpp"

namespace rollcall::sandbox::onelogin {

struct Refusal {
  int status = 400;
  json::Value message;     // a text, or {"attribute","description"}
  std::string field;       // /2
};
template <class T>
using Checked = tl::expected<T, Refusal>;
inline tl::unexpected<Refusal> refuse(int status, std::string message, std::string field = {}) {
  return tl::unexpected(Refusal{status, std::move(message), std::move(field)});
}

HttpResponse no_content();
// /1: {"status":...,"pagination":...,"data":...}. A null `data` is left out, and so is a null `pagination`.
HttpResponse envelope(const json::Value& data, const json::Value& pagination = {}, std::string_view message = "Success");
HttpResponse refusal(int version, const Refusal& refusal);

// Fields of a user that are numbers; all others are texts.
bool is_number(std::string_view field);
const std::set<std::string>& text_fields(int version);
struct Shown {
  int version = 1;
  bool roles = true;
  std::set<std::string> fields;        // of the query; empty: the vendor's choice
  std::set<std::string> hidden;
};
json::Value user_value(const Tenant& tenant, const Account& account, const Shown& shown);
// Laid over the account: what a create or an update may hold, and nothing else.
Checked<void> read_user(const json::Value& body, int version, bool creating, const Tenant& tenant, Account& account, Instant now, bool validate_policy = true);
Checked<void> set_password(const json::Value& body, bool salted, Account& account, Instant now, bool validate_policy = true);

}  // namespace rollcall::sandbox::onelogin
