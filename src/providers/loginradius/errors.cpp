#include "providers/loginradius/errors.hpp"

#include <algorithm>
#include <array>

#include "providers/http.hpp"

namespace rollcall::providers::loginradius {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The vendor's table of codes (reference of the identity API), and what the pages of invitations and organisations name.
ErrorKind kind_of_code(int code, int status) {
  switch (code) {
    case 6002: case 901: case 902: case 920: case 921: case 922: case 1207: case 1208: case 1209:
      return ErrorKind::unauthenticated;
    case 909: case 1206: return ErrorKind::forbidden;
    case user_unknown: case member_unknown: case invitation_unknown: return ErrorKind::not_found;
    case already_member: case role_held: case 936: case 988: case 1017: case 1030: return ErrorKind::already_exists;
    case 970: case 991: case 1148: case 1198: return ErrorKind::refused;  // blocked, locked, not verified
    case 1122: return ErrorKind::rate_limited;                            // no more mail for now
    case 7909: return ErrorKind::unavailable;
    case 429: return ErrorKind::rate_limited;                             // as the vendor's SDK writes it
    default: break;
  }
  if (status == 429) return ErrorKind::rate_limited;
  // 8118 among them: an organisation that is not found proves nobody gone.
  return status >= 500 ? ErrorKind::unavailable : ErrorKind::invalid;
}

constexpr std::array own = {
    Headline{ErrorKind::unauthenticated, "LoginRadius does not accept the API key and secret"},
    Headline{ErrorKind::forbidden, "LoginRadius forbids this", "is the feature enabled, and may this address call?"},
    Headline{ErrorKind::refused, "the account's state at LoginRadius stands against it"},
    Headline{ErrorKind::rate_limited, "LoginRadius' limit is reached"}};

std::string headline(ErrorKind kind, const Said& said, int status) {
  if (said.code == organization_unknown) return sentence("LoginRadius does not know the organisation", status, "check the provider's `organization`");
  if (said.code >= 1207 && said.code <= 1209)
    return sentence("LoginRadius demands signed requests", status, "turn that off for this API key, rollcall sends the secret instead");
  if (status == 404 && kind == ErrorKind::invalid)
    return said.code == 0 ? sentence("LoginRadius has no such path", status, "check the provider's url and path templates")
                          : sentence("LoginRadius refuses the request", status);
  return providers::headline("LoginRadius", own, kind, status);
}

// 1134 lists the fields that failed; the names of its members are not documented.
std::string field_problems(const json::Value& document) {
  const json::Value* errors = member(document, "Errors");
  return errors && errors->as_array() && !errors->as_array()->empty() ? " " + json::write(*errors) : "";
}

}  // namespace

const json::Value* member(const json::Value& object, std::string_view name) {
  if (!object.as_object()) return nullptr;
  for (const auto& [known, value] : *object.as_object())
    if (std::equal(known.begin(), known.end(), name.begin(), name.end(), [](char a, char b) { return lower(a) == lower(b); })) return &value;
  return nullptr;
}

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = member(object, name);
  return value && value->as_string() ? *value->as_string() : std::string();
}

Said said_by(const HttpResponse& response, const std::vector<std::string>& secrets) {
  const std::string body = redacted(response.body.substr(0, 65'536), secrets);
  const auto document = json::parse(body);
  Said said;
  const json::Value* code = document ? member(*document, "ErrorCode") : nullptr;
  if (!code || !code->as_int() || *code->as_int() <= 0 || *code->as_int() > 1'000'000) {
    said.message = excerpt(body);
    return said;
  }
  said.code = static_cast<int>(*code->as_int());
  const std::string message = text_of(*document, "Message"), description = text_of(*document, "Description");
  said.message = excerpt(message + (description.empty() || description == message ? "" : ": " + description) + field_problems(*document));
  return said;
}

bool is_success(int status) { return status >= 200 && status < 300 && status != 203; }

Error error_of(const HttpResponse& response, const Call& call, Instant now) {
  const Said said = said_by(response, call.secrets);
  const ErrorKind kind = said.code == 0 ? kind_of_status(response.status) : kind_of_code(said.code, response.status);
  std::string message = headline(kind, said, response.status);
  if (!said.message.empty()) message += ": " + said.message;
  if (said.code != 0) message += " (ErrorCode " + std::to_string(said.code) + ")";
  return failed(kind, std::move(message), response, call, "loginradius", now);
}

Error misunderstood(Error reason, const Call& call) {
  return providers::misunderstood(std::move(reason), call, "LoginRadius", "loginradius");
}

}  // namespace rollcall::providers::loginradius
