#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/onelogin/emulator.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::onelogin {

using json::Value;

// Three ways to say who asks (page "Generate Tokens"): a form of its own, Basic, or members of the body.
bool OneLogin::is_client(const HttpRequest& request, const Value& body) const {
  const std::string header(header_value(request.headers, "Authorization"));
  std::string id = body.text("client_id"), secret = body.text("client_secret");
  if (header.starts_with("client_id:")) {
    const auto comma = header.find(','), colon = header.find("client_secret:");
    if (comma == header.npos || colon == header.npos) return false;
    id = header.substr(10, comma - 10);
    secret = header.substr(colon + 14);
  } else if (header.starts_with("Basic ")) {
    const auto pair = crypto::base64_decode(header.substr(6));
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return false;
    id = pair->substr(0, colon);
    secret = pair->substr(colon + 1);
  }
  const bool known_id = !id.empty() && (options_.client_id.empty() || id == options_.client_id);
  return known_id && !secret.empty() && (options_.client_secret.empty() || crypto::equal_constant_time(secret, options_.client_secret));
}

Value OneLogin::token_value(const Tokens& tokens) const {
  Value out;
  out.set("access_token", tokens.access);
  out.set("created_at", write_time(tokens.made));
  out.set("expires_in", std::chrono::duration_cast<std::chrono::seconds>(options_.token_life).count());
  if (options_.refreshes) out.set("refresh_token", tokens.refresh);
  out.set("token_type", "bearer");
  out.set("account_id", 555555);
  return out;
}

HttpResponse OneLogin::token(const Asked& asked) {
  const bool wrapped = asked.key() == "POST auth/oauth2/token";     // the older call
  Value body;
  if (media_type(asked.request) == "application/x-www-form-urlencoded") {
    const Target form = parse_target("/?" + asked.request.body);
    for (const char* name : {"grant_type", "client_id", "client_secret"}) body.set(name, std::string(form.parameter(name)));
  } else if (auto parsed = json::parse(asked.request.body)) {
    body = std::move(*parsed);
  }
  const std::string grant = body.text("grant_type");
  if (grant == "refresh_token") {
    const bool known = options_.refreshes && tokens_ && body.text("access_token") == tokens_->access && body.text("refresh_token") == tokens_->refresh;
    if (!known) return refusal(1, {401, "Authentication Failure", {}});
    tokens_.reset();
  } else if (grant != "client_credentials") {
    return refusal(1, {400, "grant_type is incorrect/absent", {}});
  } else if (!is_client(asked.request, body)) {
    return refusal(1, {401, "Authentication Failure", {}});
  }
  // One token for all who hold the credentials, until it has ended; the old call makes a new one.
  if (!tokens_ || asked.now >= tokens_->ends || wrapped) tokens_ = Tokens{options_.token(), options_.token(), asked.now, asked.now + options_.token_life};
  return wrapped ? envelope(json::Array{token_value(*tokens_)}) : json_document(200, token_value(*tokens_));
}

HttpResponse OneLogin::revoke(const Asked& asked) {
  const auto body = json::parse(asked.request.body);
  if (!body || !is_client(asked.request, Value())) return refusal(1, {401, "Authentication Failure", {}});
  if (tokens_ && body->text("access_token") == tokens_->access) tokens_.reset();
  return envelope({});
}

OneLogin::Reply OneLogin::rate_limit(const Asked& asked) {
  HttpResponse limit;
  add_limit(limit, asked.now);
  Value data;
  for (const auto& [name, value] : limit.headers) data.set(name, number<std::int64_t>(value).value_or(0));
  return envelope(data);
}

}  // namespace rollcall::sandbox::onelogin
