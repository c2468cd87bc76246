// The vendor's documents, written and read: users, errors in both forms, and a strict look at what a request may hold. Pure; any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/http.hpp"
#include "sandbox/tenant.hpp"

namespace rollcall::sandbox::zitadel {

// UserState of zitadel.user.v2.
inline constexpr int active = 1, inactive = 2, locked = 4, initial = 5;

struct Refusal {
  int code;              // google.rpc.Code
  std::string_view id;   // the vendor's, "" where it gives none
  std::string text;
};
template <class T>
using Checked = tl::expected<T, Refusal>;
inline tl::unexpected<Refusal> refuse(int code, std::string_view id, std::string text) {
  return tl::unexpected(Refusal{code, id, std::move(text)});
}
inline tl::unexpected<Refusal> unknown_user() { return refuse(5, "QUERY-Dfbg2", "User could not be found"); }

HttpResponse document(const json::Value& body);
// REST says the code as a number, Connect as a word.
HttpResponse refusal(const Refusal& refusal, bool connect);
int status_of(int code);
int code_of(int status);

std::string time_text(Instant time);
json::Value details(const Account& account, const std::string& organization);
json::Value list_details(std::int64_t total, Instant now, std::string_view as_of = "timestamp");  // v1: viewTimestamp
json::Value user_value(const Account& account, const std::string& organization, const std::set<std::string>& hidden);

// The request's object: `code 3` where it is no JSON object, or holds what the message does not have (the vendor would drop it without
// a word; here a slip shall be seen).
Checked<json::Value> read_body(const HttpRequest& request, std::initializer_list<std::string_view> members);
Checked<void> only(const json::Value& object, std::initializer_list<std::string_view> members);
// A text of 1 to `most` characters; absent is nothing, empty is a refusal unless `may_be_empty`.
Checked<std::optional<std::string>> text_member(const json::Value& object, std::string_view name, std::size_t most = 200, bool may_be_empty = false);
const json::Value& member(const json::Value& object, std::string_view name);

}  // namespace rollcall::sandbox::zitadel
