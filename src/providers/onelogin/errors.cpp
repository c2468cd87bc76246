#include "providers/onelogin/errors.hpp"

#include <algorithm>
#include <cctype>

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
  if (status >= 500) return ErrorKind::unavailable;
  switch (status) {
    case 401: return ErrorKind::unauthenticated;
    // "No Route Exists" is no user's absence, and a page of something else on the way proves no account gone.
    case 404: return (said.document || blank) && !contains(said.message, "no route") ? ErrorKind::not_found : ErrorKind::invalid;
    case 408: return ErrorKind::timeout;
    case 429: return ErrorKind::rate_limited;
    default: break;
  }
  if (status < 300) return ErrorKind::corrupt;
  // The vendor does not say with which status its limit comes (page "Get Rate Limit").
  if ((status == 400 || status == 403) && contains(said.message, "rate limit")) return ErrorKind::rate_limited;
  if (status == 403) return ErrorKind::forbidden;
  if (status == 400 && contains(said.message, "authorization information")) return ErrorKind::unauthenticated;
  if (says_taken(said.message)) return ErrorKind::already_exists;
  return contains(said.message, "no user exists") ? ErrorKind::not_found : ErrorKind::invalid;
}

std::string headline(ErrorKind kind, int status) {
  const std::string number = " (" + std::to_string(status) + ")";
  switch (kind) {
    case ErrorKind::unauthenticated: return "OneLogin does not accept the token of these client credentials" + number;
    case ErrorKind::forbidden: return "OneLogin forbids this call" + number + ": the API credentials need the scope Manage All";
    case ErrorKind::not_found: return "OneLogin does not know it" + number;
    case ErrorKind::already_exists: return "OneLogin has it already" + number;
    case ErrorKind::rate_limited: return "OneLogin's limit of calls is reached" + number;
    case ErrorKind::unavailable:
    case ErrorKind::timeout: return "OneLogin cannot answer now" + number;
    case ErrorKind::corrupt: return "OneLogin gave an answer that was not expected" + number;
    default: break;
  }
  if (status >= 300 && status < 400) return "OneLogin answered with a redirect" + number + ": check the provider's url";
  if (status == 404) return "no page of OneLogin" + number + ": check the provider's url";
  return "OneLogin refuses the request" + number;
}

// The limit's headers stand on every answer; what they say is a pause only where the limit was met.
std::optional<std::chrono::milliseconds> pause_of(const HttpResponse& response, ErrorKind kind, Instant now) {
  const bool told = !header_value(response.headers, "Retry-After").empty();
  if (kind == ErrorKind::rate_limited || (kind == ErrorKind::unavailable && told)) return retry_after(response.headers, now);
  return std::nullopt;
}

Error judge(int status, const Said& said, const HttpResponse& response, const Call& call, std::string_view type, Instant now) {
  const bool blank = response.body.find_first_not_of(" \t\r\n") == std::string::npos;
  Error error;
  error.kind = kind_of(status, said, blank);
  error.message = headline(error.kind, status);
  if (!said.message.empty()) error.message += ": " + said.message;
  error.message = redacted(std::move(error.message), call.secrets);
  error.where = std::string(type) + ": " + call.verb;
  error.retry_after = pause_of(response, error.kind, now);
  const bool unknown_effect = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout || error.kind == ErrorKind::corrupt;
  error.in_doubt = call.writes && unknown_effect;
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
