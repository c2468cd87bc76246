// The vendor's documents, written and read: profiles, invitations, errors, and a strict look at what a request may hold. Pure; any thread.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/http.hpp"
#include "sandbox/tenant.hpp"

namespace rollcall::sandbox::loginradius {

inline constexpr int active = 1, blocked = 2, locked = 4;

struct Refusal {
  int status, code;
  std::string message, description;
};
template <class T>
using Checked = tl::expected<T, Refusal>;
tl::unexpected<Refusal> refuse(int status, int code, std::string message, std::string description = {});

HttpResponse document(const json::Value& body);
HttpResponse refusal(const Refusal& refusal, bool identity);   // the identity family says more members

json::Value profile_value(const Account& account, const std::set<std::string>& hidden);
json::Value invitation_value(const Invitation& invitation, const std::string& organization, Instant now);

// The request's object: `code` where it is no JSON object, or holds a member that the page does not show (a slip shall be seen).
Checked<json::Value> read_body(const HttpRequest& request, int code, std::initializer_list<std::string_view> members);
Checked<json::Value> read_object(const HttpRequest& request, int code);
Checked<std::set<std::string>> read_texts(const json::Value* value, int code, std::string_view name);
const json::Value& member(const json::Value& object, std::string_view name);
// The members of a profile that hold one text.
const std::set<std::string>& plain_members();

}  // namespace rollcall::sandbox::loginradius
