#include "crypto/hash.hpp"
#include "crypto/sign.hpp"
#include "sandbox/zitadel/emulator.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

using json::Value;

constexpr std::string_view jwt_bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::string_view api_scope = "urn:zitadel:iam:org:project:id:zitadel:aud";

HttpResponse oauth_error(std::string_view word, std::string_view description) {
  Value body;
  body.set("error", word);
  body.set("error_description", description);
  HttpResponse response = document(body);
  response.status = 400;
  return response;
}

std::optional<std::string> decoded(std::string_view base64url) {
  std::string text(base64url);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return crypto::base64_decode(text);
}

std::int64_t whole(const Value& claims, std::string_view name) {
  const std::int64_t* value = member(claims, name).as_int();
  return value ? *value : 0;
}

// What is wrong with the assertion; "" when nothing is.
std::string wrong_with(const std::string& assertion, const Options& options, const std::string& audience, Instant now) {
  const auto first = assertion.find('.'), last = assertion.rfind('.');
  if (first == assertion.npos || last == first) return "assertion is no JWT";
  const auto head = decoded(std::string_view(assertion).substr(0, first)), body = decoded(std::string_view(assertion).substr(first + 1, last - first - 1)),
             signature = decoded(std::string_view(assertion).substr(last + 1));
  const auto header = json::parse(head.value_or("")), claims = json::parse(body.value_or(""));
  if (!header || !claims || !signature) return "assertion is no JWT";
  if (header->text("alg") != "RS256" || (!options.key_id.empty() && header->text("kid") != options.key_id)) return "unknown key";
  if (!crypto::verify_rs256(options.public_key, assertion.substr(0, last), *signature)) return "invalid signature";
  if (claims->text("iss") != claims->text("sub") || (!options.service_user.empty() && claims->text("sub") != options.service_user)) return "iss and sub must be the service user";
  if (claims->text("aud") != audience) return "audience is not valid";
  const std::int64_t at = now.time_since_epoch().count() / 1000, issued = whole(*claims, "iat"), ends = whole(*claims, "exp");
  if (issued > at + 5 || at - issued > 3600 || ends <= at || ends - issued > 3600) return "assertion is too old, or not valid yet";
  return {};
}

}  // namespace

HttpResponse Zitadel::token(const Asked& asked) {
  if (media_type(asked.request) != "application/x-www-form-urlencoded") return oauth_error("invalid_request", "content type");
  const Target form = parse_target("/?" + asked.request.body);
  if (form.parameter("grant_type") != jwt_bearer) return oauth_error("unsupported_grant_type", "grant_type");
  const std::string host = "http://" + std::string(header_value(asked.request.headers, "Host"));
  const std::string wrong = options_.public_key.empty() ? "no key is known here: say --public-key"
                                                        : wrong_with(std::string(form.parameter("assertion")), options_, options_.audience.empty() ? host : options_.audience, asked.now);
  if (!wrong.empty()) return oauth_error("invalid_grant", wrong);
  const std::string token = options_.access_token();
  const bool whole_scope = (" " + std::string(form.parameter("scope")) + " ").find(" " + std::string(api_scope) + " ") != std::string::npos;
  tokens_[token] = whole_scope ? asked.now + options_.token_life : Instant{};
  Value body;
  body.set("access_token", token);
  body.set("token_type", "Bearer");
  body.set("expires_in", std::chrono::duration_cast<std::chrono::seconds>(options_.token_life).count());
  return document(body);
}

}  // namespace rollcall::sandbox::zitadel
