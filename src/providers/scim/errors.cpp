#include "providers/scim/errors.hpp"

#include "json/json.hpp"
#include "providers/scim/fields.hpp"

namespace rollcall::providers::scim {
namespace {

constexpr std::string_view error_urn = "urn:ietf:params:scim:api:messages:2.0:Error";

std::string text_in(const json::Value& document, std::string_view name) {
  const json::Value* value = member(document, name);
  return value && value->as_string() ? *value->as_string() : std::string();
}

bool is_error_document(const json::Value& document) {
  const json::Value* schemas = member(document, "schemas");
  if (!schemas || !schemas->as_array()) return false;
  for (const auto& urn : *schemas->as_array())
    if (urn.as_string() && protocol::same_name(*urn.as_string(), error_urn)) return true;
  return false;
}

ErrorKind kind_of(const HttpResponse& response, const Said& said) {
  const int status = response.status;
  if (protocol::same_name(said.type, "uniqueness")) return ErrorKind::already_exists;
  switch (status) {
    case 401: return ErrorKind::unauthenticated;
    case 403: return ErrorKind::forbidden;
    case 404: return said.scim ? ErrorKind::not_found : ErrorKind::invalid;
    case 405: case 501: return ErrorKind::unsupported;
    case 408: return ErrorKind::timeout;
    case 409: case 412: return ErrorKind::conflict;
    case 429: return ErrorKind::rate_limited;
    default: break;
  }
  if (status >= 500) return ErrorKind::unavailable;
  return status < 300 ? ErrorKind::corrupt : ErrorKind::invalid;
}

std::string headline(ErrorKind kind, int status) {
  const std::string number = " (" + std::to_string(status) + ")";
  switch (kind) {
    case ErrorKind::unauthenticated: return "the SCIM service does not accept the token" + number;
    case ErrorKind::forbidden: return "the token may not do this at the SCIM service" + number;
    case ErrorKind::not_found: return "the SCIM service does not know it" + number;
    case ErrorKind::already_exists: return "the SCIM service has it already" + number;
    case ErrorKind::conflict: return "it was changed at the SCIM service meanwhile, or is in its way" + number;
    case ErrorKind::rate_limited: return "the SCIM service's limit of requests is reached" + number;
    case ErrorKind::unsupported: return "this SCIM service has no such call" + number;
    case ErrorKind::unavailable: case ErrorKind::timeout: return "the SCIM service cannot answer now" + number;
    case ErrorKind::corrupt: return "the SCIM service gave an answer that was not expected" + number;
    default: break;
  }
  if (status >= 300 && status < 400) return "the SCIM service answered with a redirect" + number + ": check the provider's url";
  if (status == 404) return "no page of a SCIM service" + number + ": check the provider's url";
  return "the SCIM service refuses the request" + number;
}

}  // namespace

Said said_by(const HttpResponse& response, const std::vector<std::string>& secrets) {
  const std::string body = redacted(response.body.substr(0, 65'536), secrets);
  const auto document = json::parse(body);
  Said said;
  said.scim = document && is_error_document(*document);
  if (said.scim) {
    said.type = excerpt(text_in(*document, "scimType"), 40);
    said.detail = excerpt(text_in(*document, "detail"));
  } else {
    said.detail = excerpt(body);
  }
  return said;
}

bool is_success(int status) { return status >= 200 && status < 300 && status != 202 && status != 203; }

Error error_of(const HttpResponse& response, const Call& call, Instant now) {
  const Said said = said_by(response, call.secrets);
  Error error;
  error.kind = kind_of(response, said);
  error.message = headline(error.kind, response.status);
  if (!said.type.empty()) error.message += " " + said.type;
  if (!said.detail.empty()) error.message += ": " + said.detail;
  error.message = redacted(std::move(error.message), call.secrets);
  error.where = "scim: " + call.verb;
  if (error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::unavailable) error.retry_after = retry_after(response.headers, now);
  const bool unknown_effect = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout || error.kind == ErrorKind::corrupt;
  error.in_doubt = call.writes && unknown_effect;
  return error;
}

Error misunderstood(Error reason, const Call& call) { return providers::misunderstood(std::move(reason), call, "The SCIM service", "scim"); }

bool is_refusal(ErrorKind kind) {
  return kind == ErrorKind::invalid || kind == ErrorKind::conflict || kind == ErrorKind::already_exists || kind == ErrorKind::not_found ||
         kind == ErrorKind::unsupported;
}

}  // namespace rollcall::providers::scim
