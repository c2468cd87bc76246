#include "providers/scim/errors.hpp"

#include <array>

#include "json/json.hpp"
#include "providers/http.hpp"
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
  if (protocol::same_name(said.type, "uniqueness")) return ErrorKind::already_exists;
  switch (response.status) {
    case 404: return said.scim ? ErrorKind::not_found : ErrorKind::invalid;
    case 405: case 501: return ErrorKind::unsupported;
    case 409: case 412: return ErrorKind::conflict;
    default: return kind_of_status(response.status);
  }
}

constexpr std::array own = {
    Headline{ErrorKind::unauthenticated, "the SCIM service does not accept the token"},
    Headline{ErrorKind::forbidden, "the token may not do this at the SCIM service"},
    Headline{ErrorKind::conflict, "it was changed at the SCIM service meanwhile, or is in its way"},
    Headline{ErrorKind::rate_limited, "the SCIM service's limit of requests is reached"},
    Headline{ErrorKind::unsupported, "this SCIM service has no such call"}};

std::string headline(ErrorKind kind, int status) {
  if (status == 404 && kind == ErrorKind::invalid) return sentence("no page of a SCIM service", status, "check the provider's url");
  return providers::headline("the SCIM service", own, kind, status);
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
  const ErrorKind kind = kind_of(response, said);
  std::string message = headline(kind, response.status);
  if (!said.type.empty()) message += " " + said.type;
  if (!said.detail.empty()) message += ": " + said.detail;
  return failed(kind, std::move(message), response, call, "scim", now);
}

Error misunderstood(Error reason, const Call& call) { return providers::misunderstood(std::move(reason), call, "The SCIM service", "scim"); }

bool is_refusal(ErrorKind kind) {
  return kind == ErrorKind::invalid || kind == ErrorKind::conflict || kind == ErrorKind::already_exists || kind == ErrorKind::not_found ||
         kind == ErrorKind::unsupported;
}

}  // namespace rollcall::providers::scim
