#include "providers/zitadel/errors.hpp"

#include <algorithm>
#include <array>

#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "providers/http.hpp"

namespace rollcall::providers::zitadel {
namespace {

// google.rpc.Code in order; Connect's words (connectrpc.com/docs/protocol, error codes).
constexpr std::array<std::string_view, 17> words = {
    "ok", "canceled", "unknown", "invalid_argument", "deadline_exceeded", "not_found", "already_exists", "permission_denied",
    "resource_exhausted", "failed_precondition", "aborted", "out_of_range", "unimplemented", "internal", "unavailable", "data_loss",
    "unauthenticated"};

int code_of(const json::Value& document) {
  const json::Value* code = document.find("code");
  if (!code) return 0;
  if (code->as_int()) return *code->as_int() > 0 && *code->as_int() < 17 ? static_cast<int>(*code->as_int()) : 0;
  const auto word = code->as_string() ? std::find(words.begin(), words.end(), *code->as_string()) : words.end();
  return word == words.end() ? 0 : static_cast<int>(word - words.begin());
}

// Field 1 of the message zitadel.v1.ErrorDetail in Connect's base64 (protobuf encoding, length-delimited).
std::string id_in(const json::Value& detail) {
  if (std::string id = detail.text("id"); !id.empty()) return id;
  const auto bytes = crypto::base64_decode(detail.text("value"));
  if (!bytes || bytes->size() < 2 || (*bytes)[0] != 0x0A) return {};
  const auto length = static_cast<unsigned char>((*bytes)[1]);
  return length < 0x80 && bytes->size() >= 2u + length ? bytes->substr(2, length) : std::string();
}

// "text (ID)": the vendor appends the id to every message, in every language.
std::string id_behind(const std::string& message) {
  const auto open = message.rfind('(');
  if (open == message.npos || !message.ends_with(')')) return {};
  const std::string id = message.substr(open + 1, message.size() - open - 2);
  const bool plain = std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
  return plain && id.find('-') != id.npos ? id : std::string();
}

ErrorKind kind_of_code(int code) {
  switch (code) {
    case 3: case 9: case 11: return ErrorKind::invalid;
    case 4: return ErrorKind::timeout;
    case 6: return ErrorKind::already_exists;
    case 7: return ErrorKind::forbidden;
    case 8: return ErrorKind::rate_limited;
    case 12: return ErrorKind::unsupported;
    case 16: return ErrorKind::unauthenticated;
    default: return ErrorKind::unavailable;  // cancelled, unknown, aborted, internal, unavailable, data loss
  }
}

ErrorKind kind_of(int status, const Said& said) {
  if (said.id == id_taken || said.id == can_sign_in) return ErrorKind::already_exists;
  if (said.id == invitee_unknown || said.id == grantee_unknown) return ErrorKind::not_found;  // 400 from these calls
  // AUTHZ-...: who asks has no membership there. It proves nobody gone.
  if (said.code == 5 && said.id.starts_with("AUTHZ-")) return ErrorKind::forbidden;
  // The gateway answers an unknown path with code 5 as well, without an id.
  if (said.code == 5) return said.id.empty() ? ErrorKind::unsupported : ErrorKind::not_found;
  if (status == 429) return ErrorKind::rate_limited;
  return said.code == 0 ? kind_of_status(status) : kind_of_code(said.code);
}

constexpr std::array own = {
    Headline{ErrorKind::unauthenticated, "Zitadel does not accept the credentials of the service account"},
    Headline{ErrorKind::forbidden, "the service account may not do this at Zitadel", "give it ORG_USER_MANAGER"},
    Headline{ErrorKind::unsupported, "this Zitadel has no such call"}};

}  // namespace

Said said_by(const HttpResponse& response, const std::vector<std::string>& secrets) {
  const std::string body = redacted(response.body.substr(0, 65'536), secrets);
  const auto document = json::parse(body);
  Said said;
  if (!document || !document->as_object() || code_of(*document) == 0) {
    said.message = excerpt(body);
    return said;
  }
  said.code = code_of(*document);
  const std::string message = document->text("message");
  said.message = excerpt(message);
  if (const json::Value* details = document->find("details"); details && details->as_array())
    for (const json::Value& detail : *details->as_array())
      if (said.id.empty()) said.id = id_in(detail);
  if (said.id.empty()) said.id = id_behind(message);
  return said;
}

bool is_success(int status) { return status >= 200 && status < 300 && status != 203; }

Error error_of(const HttpResponse& response, const Call& call, Instant now) {
  const Said said = said_by(response, call.secrets);
  const ErrorKind kind = kind_of(response.status, said);
  std::string message = headline("Zitadel", own, kind, response.status);
  if (!said.message.empty()) message += ": " + said.message;
  if (!said.id.empty() && said.message.find(said.id) == said.message.npos) message += " (" + excerpt(said.id, 60) + ")";
  return failed(kind, std::move(message), response, call, "zitadel", now);
}

Error misunderstood(Error reason, const Call& call) { return providers::misunderstood(std::move(reason), call, "Zitadel", "zitadel"); }

}  // namespace rollcall::providers::zitadel
