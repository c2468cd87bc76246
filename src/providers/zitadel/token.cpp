#include "providers/zitadel/token.hpp"

#include "crypto/hash.hpp"
#include "crypto/sign.hpp"
#include "json/json.hpp"
#include "providers/http.hpp"
#include "providers/zitadel/errors.hpp"

namespace rollcall::providers::zitadel {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

constexpr std::string_view verb = "token";
// Without the last one every call of the API is refused (AUTH-7fs1e).
constexpr std::string_view scopes = "openid urn:zitadel:iam:org:project:id:zitadel:aud";

std::int64_t unix_time(Instant t) { return std::chrono::floor<seconds>(t).time_since_epoch().count(); }

// OAuth's errors are no gRPC status: {"error":"invalid_grant"} (RFC 6749 section 5.2).
Error refusal(const HttpResponse& response, const Call& call, Instant now) {
  Error error = error_of(response, call, now);
  if (response.status != 400 && response.status != 401) return error;
  const auto document = json::parse(response.body);
  const std::string word = document ? excerpt(document->text("error"), 60) : "";
  error.kind = ErrorKind::unauthenticated;
  error.message = "Zitadel gives no token for this key (" + (word.empty() ? std::to_string(response.status) : word) +
                  "): has the key expired, is the clock right, and is audience Zitadel's own address?";
  return error;
}

}  // namespace

Result<ServiceKey> read_service_key(std::string_view text) {
  const auto root = json::parse(text);
  const std::string hint = ": expected the JSON key of a service account, with keyId, key and userId";
  if (!root || !root->as_object()) return fail(ErrorKind::invalid, "the key-file is no JSON object" + hint, "zitadel: key-file");
  ServiceKey key{root->text("keyId"), root->text("userId"), Secret(root->text("key"))};
  if (key.id.empty() || key.user.empty() || key.pem.empty()) return fail(ErrorKind::invalid, "the key-file lacks a member" + hint, "zitadel: key-file");
  return key;
}

Result<std::string> assertion(const ServiceKey& key, const std::string& audience, Instant now) {
  json::Value header, claims;
  header.set("alg", "RS256");
  header.set("kid", key.id);
  claims.set("iss", key.user);
  claims.set("sub", key.user);
  claims.set("aud", audience);
  claims.set("iat", unix_time(now));
  claims.set("exp", unix_time(now + std::chrono::minutes(55)));
  const std::string signed_part = crypto::base64url(json::write(header)) + '.' + crypto::base64url(json::write(claims));
  auto signature = crypto::sign_rs256(key.pem.reveal(), signed_part);
  if (!signature) return fail(ErrorKind::invalid, "the key-file's key cannot sign: " + signature.error().message, "zitadel: key-file");
  return signed_part + '.' + crypto::base64url(*signature);
}

std::string token_form(std::string_view assertion) {
  return "grant_type=" + percent_encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&scope=" + percent_encoded(scopes) +
         "&assertion=" + percent_encoded(assertion);
}

Result<AccessToken> read_token(std::string_view body, Instant now) {
  ROLLCALL_TRY(const json::Value root, json::parse(body, "token"));
  ROLLCALL_TRY(std::string text, json::require_text(root, "access_token", "token"));
  return AccessToken{Secret(std::move(text)), Secret(), renewal(now, lifetime(root, std::chrono::days(1)))};
}

Credentials::Credentials(Secret personal, Secret key_file, std::string url, std::string audience, std::chrono::milliseconds timeout,
                         HttpClient& client, Clock clock)
    : personal_(std::move(personal)), url_(std::move(url)), audience_(std::move(audience)), timeout_(timeout), client_(client), clock_(clock), kept_(std::move(clock)) {
  if (!key_file.empty()) key_ = read_service_key(key_file.reveal());
}

bool Credentials::refuse(const Secret& token) {
  if (!key_) return false;
  kept_.refuse(token);
  return true;
}

asio::awaitable<Result<Secret>> Credentials::token() {
  if (!key_) co_return personal_;
  KeptToken::Fetch anew = [this] { return fetch(); };
  co_return co_await kept_.get(std::move(anew));
}

asio::awaitable<Result<AccessToken>> Credentials::fetch() {
  if (!*key_) co_return tl::unexpected(key_->error());
  const auto signed_text = assertion(**key_, audience_, clock_());
  if (!signed_text) co_return tl::unexpected(signed_text.error());
  HttpRequest request;
  request.method = "POST";
  request.url = url_ + "/oauth/v2/token";
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = token_form(*signed_text);
  request.timeout = timeout_;
  const Call call{std::string(verb), false, {*signed_text}};  // no write: one token more harms nobody
  auto response = co_await client_.send(std::move(request));
  if (!response) co_return tl::unexpected(unanswered(std::move(response).error(), call, "zitadel"));
  if (!is_success(response->status)) co_return tl::unexpected(refusal(*response, call, clock_()));
  auto token = read_token(response->body, clock_());
  if (!token) co_return tl::unexpected(misunderstood(std::move(token).error(), call));
  co_return std::move(*token);
}

}  // namespace rollcall::providers::zitadel
