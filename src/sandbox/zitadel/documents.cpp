#include "sandbox/zitadel/documents.hpp"

#include <algorithm>
#include <array>

#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

using json::Value;

constexpr std::array<std::string_view, 17> words = {
    "ok", "canceled", "unknown", "invalid_argument", "deadline_exceeded", "not_found", "already_exists", "permission_denied",
    "resource_exhausted", "failed_precondition", "aborted", "out_of_range", "unimplemented", "internal", "unavailable", "data_loss",
    "unauthenticated"};
constexpr std::array<int, 17> statuses = {200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401};

std::string_view state_name(int status) {
  switch (status) {
    case active: return "USER_STATE_ACTIVE";
    case inactive: return "USER_STATE_INACTIVE";
    case locked: return "USER_STATE_LOCKED";
    case initial: return "USER_STATE_INITIAL";
    default: return "USER_STATE_UNSPECIFIED";
  }
}

// Field 1 (id) and 2 (message) of zitadel.v1.ErrorDetail as protobuf; texts under 128 bytes have one byte of length.
std::string detail_bytes(std::string_view id, std::string_view text) {
  const auto field = [](char tag, std::string_view value) {
    value = value.substr(0, 127);
    return std::string{tag, static_cast<char>(value.size())} + std::string(value);
  };
  return field(0x0A, id) + field(0x12, text);
}

void set_text(Value& object, const Account& account, const std::string& field, const std::set<std::string>& hidden) {
  const std::string* value = account.field(field);
  if (value && !value->empty() && !hidden.contains(field)) object.set(field, *value);  // protojson leaves defaults out
}

}  // namespace

int status_of(int code) { return statuses[static_cast<std::size_t>(std::clamp(code, 0, 16))]; }

int code_of(int status) {
  const auto found = std::find(statuses.begin() + 1, statuses.end(), status);
  if (status == 400) return 3;
  return found == statuses.end() ? (status >= 500 ? 13 : 2) : static_cast<int>(found - statuses.begin());
}

HttpResponse document(const Value& body) { return sandbox::document(200, "application/json", json::write(body)); }

HttpResponse refusal(const Refusal& refusal, bool connect) {
  Value body, detail;
  json::Array all;
  if (connect)
    body.set("code", words[static_cast<std::size_t>(refusal.code)]);
  else
    body.set("code", refusal.code);
  body.set("message", refusal.id.empty() ? refusal.text : refusal.text + " (" + std::string(refusal.id) + ")");
  if (connect) {
    detail.set("type", "zitadel.v1.ErrorDetail");
    detail.set("value", crypto::base64(detail_bytes(refusal.id, refusal.text)));
  } else {
    detail.set("@type", "type.googleapis.com/zitadel.v1.ErrorDetail");
    detail.set("id", refusal.id);
    detail.set("message", refusal.text);
  }
  if (!refusal.id.empty()) all.push_back(std::move(detail));
  body.set("details", std::move(all));
  HttpResponse response = document(body);
  response.status = status_of(refusal.code);
  return response;
}

std::string time_text(Instant time) { return write_time(time); }

Value details(const Account& account, const std::string& organization) {
  Value value;
  value.set("sequence", "2");
  value.set("changeDate", time_text(account.updated));
  value.set("resourceOwner", organization);
  value.set("creationDate", time_text(account.created));
  return value;
}

Value list_details(std::int64_t total, Instant now, std::string_view as_of) {
  Value value;
  if (total > 0) value.set("totalResult", std::to_string(total));
  value.set(as_of, time_text(now));
  return value;
}

Value user_value(const Account& account, const std::string& organization, const std::set<std::string>& hidden) {
  Value user, human, profile = json::Object(), email, phone;
  user.set("userId", *account.field("userId"));
  user.set("details", details(account, organization));
  if (!hidden.contains("state")) user.set("state", state_name(account.status));
  set_text(user, account, "username", hidden);
  user.set("preferredLoginName", *account.field("username"));
  for (const char* name : {"givenName", "familyName", "nickName", "displayName", "preferredLanguage"}) set_text(profile, account, name, hidden);
  human.set("profile", std::move(profile));
  set_text(email, account, "email", hidden);
  if (account.field("email-verified")) email.set("isVerified", true);
  human.set("email", std::move(email));
  if (account.field("phone")) {
    set_text(phone, account, "phone", hidden);
    human.set("phone", std::move(phone));
  }
  if (account.password_changed) human.set("passwordChanged", time_text(*account.password_changed));
  user.set("human", std::move(human));
  return user;
}

Checked<void> only(const Value& object, std::initializer_list<std::string_view> members) {
  if (!object.as_object()) return refuse(3, "", "proto: syntax error: expected an object");
  for (const auto& [name, value] : *object.as_object())
    if (std::find(members.begin(), members.end(), name) == members.end()) return refuse(3, "", "unknown field \"" + name + "\"");
  return {};
}

Checked<Value> read_body(const HttpRequest& request, std::initializer_list<std::string_view> members) {
  auto body = json::parse(request.body.empty() ? "{}" : request.body);
  if (!body) return refuse(3, "", "proto: syntax error: " + body.error().message);
  if (auto checked = only(*body, members); !checked) return tl::unexpected(checked.error());
  return std::move(*body);
}

Checked<std::optional<std::string>> text_member(const Value& object, std::string_view name, std::size_t most, bool may_be_empty) {
  const Value* value = object.find(name);
  if (!value) return std::nullopt;
  const std::string* text = value->as_string();
  if (!text) return refuse(3, "", "invalid value for string field " + std::string(name));
  const auto characters = static_cast<std::size_t>(std::count_if(text->begin(), text->end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
  if (characters > most || (text->empty() && !may_be_empty))
    return refuse(3, "", "invalid field " + std::string(name) + ": value length must be between " + (may_be_empty ? "0" : "1") + " and " + std::to_string(most) + " runes, inclusive");
  return *text;
}

const Value& member(const Value& object, std::string_view name) {
  static const Value none;
  const Value* found = object.find(name);
  return found ? *found : none;
}

}  // namespace rollcall::sandbox::zitadel
