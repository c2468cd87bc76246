#include "providers/onelogin/errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "providers/http.hpp"

namespace rollcall::providers::onelogin {
namespace {

using json::Value;

struct Said {
  int status = 0;        // the error that the body tells; 0: it tells none
  bool document = false; // a document of the vendor, not a page of whatever stands in between
  std::string message;   // safe to show
};

// A text, or {"attribute":"id","description":"ID is incorrect"}.
std::string message_of(const Value* message) {
  if (!message) return {};
  if (message->as_string()) return excerpt(*message->as_string());
  std::string text = message->text("description");
  const std::string attribute = message->text("attribute");
  if (!attribute.empty() && !text.empty()) text = attribute + ": " + text;
  return excerpt(text.empty() && message->as_object() ? json::write(*message) : text);
}

Said said_by(const HttpResponse& response, const Call& call) {
  Said said;
  const std::string body = redacted(response.body.substr(0, 65'536), call.secrets);
  const auto root = json::parse(body);
  if (!root || !root->as_object()) {
    said.message = excerpt(body);
    return said;
  }
  if (const Value* status = root->find("status"); status && status->as_object()) {  // /1
    const Value *error = status->find("error"), *code = status->find("code");
    said.document = true;
    said.message = message_of(status->find("message"));
    if (error && error->as_bool() && *error->as_bool()) said.status = code && code->as_int() && *code->as_int() >= 300 ? static_cast<int>(*code->as_int()) : 400;
    return said;
  }
  const Value* code = root->find("statusCode");
  said.document = code || root->find("message");
  said.message = message_of(root->find("message"));
  if (const std::string field = root->text("field"); !field.empty()) said.message += " (" + excerpt(field, 60) + ")";
  if (code && code->as_int()) said.status = static_cast<int>(*code->as_int());
  if (said.message.empty()) said.message = excerpt(body);
  return said;
}

bool contains(std::string text, std::string_view lower_case) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text.find(lower_case) != text.npos;
}

bool says_taken(const std::string& message) {
  return contains(message, "must be unique") || contains(message, "already been taken") || contains(message, "already exists");
}

ErrorKind kind_of(int status, const Said& said, bool blank) {
  // "No Route Exists" is no user's absence, and a page of something else on the way proves no account gone.
  if (status == 404) return (said.document || blank) && !contains(said.message, "no route") ? ErrorKind::not_found : ErrorKind::invalid;
  // The vendor does not say with which status its limit comes (page "Get Rate Limit").
  if ((status == 400 || status == 403) && contains(said.message, "rate limit")) return ErrorKind::rate_limited;
  if (status == 400 && contains(said.message, "authorization information")) return ErrorKind::unauthenticated;
  if (const ErrorKind kind = kind_of_status(status); kind != ErrorKind::invalid) return kind;
  if (says_taken(said.message)) return ErrorKind::already_exists;
  return contains(said.message, "no user exists") ? ErrorKind::not_found : ErrorKind::invalid;
}

constexpr std::array own = {
    Headline{ErrorKind::unauthenticated, "OneLogin does not accept the token of these client credentials"},
    Headline{ErrorKind::forbidden, "OneLogin forbids this call", "the API credentials need the scope Manage All"}};

Error judge(int status, const Said& said, const HttpResponse& response, const Call& call, std::string_view type, Instant now) {
  const bool blank = response.body.find_first_not_of(" \t\r\n") == std::string::npos;
  const ErrorKind kind = kind_of(status, said, blank);
  std::string message = headline("OneLogin", own, kind, status);
  if (!said.message.empty()) message += ": " + said.message;
  Error error = failed(kind, std::move(message), response, call, type, now);
  // The limit's headers stand on every answer; what they say is a pause only where the limit was met.
  if (kind == ErrorKind::unavailable && header_value(response.headers, "Retry-After").empty()) error.retry_after.reset();
  return error;
}

}  // namespace

bool is_success(int status) { return status == 200 || status == 201 || status == 202 || status == 204; }

Error error_of(const HttpResponse& response, const Call& call, std::string_view type, Instant now) {
  return judge(response.status, said_by(response, call), response, call, type, now);
}

std::optional<Error> hidden_error(const HttpResponse& response, const Call& call, std::string_view type, Instant now) {
  // A user has a "status" too, and it is a number.
  if (response.body.find("\"status") == std::string::npos) return std::nullopt;
  const Said said = said_by(response, call);
  if (said.status < 300) return std::nullopt;
  return judge(said.status, said, response, call, type, now);
}

Error misunderstood(Error reason, const Call& call, std::string_view type) { return providers::misunderstood(std::move(reason), call, "OneLogin", type); }

bool says_already_included(const Error& error) { return error.kind == ErrorKind::invalid && contains(error.message, "already included"); }

}  // namespace rollcall::providers::onelogin
