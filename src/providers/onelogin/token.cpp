#include "providers/onelogin/token.hpp"

#include <algorithm>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>

#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "providers/http.hpp"
#include "providers/onelogin/errors.hpp"

namespace rollcall::providers::onelogin {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

// "2015-11-11T03:36:18.714Z"
std::optional<Instant> utc_time(const std::string& text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &s) != 6 || !text.ends_with('Z')) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(mo)), std::chrono::day(static_cast<unsigned>(d))};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(h) + std::chrono::minutes(mi) + seconds(s);
}

HttpRequest post(const Credentials& c, const std::string& path, std::string body, std::chrono::milliseconds timeout) {
  HttpRequest request;
  request.method = "POST";
  request.url = c.url + path;
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
  request.body = std::move(body);
  request.timeout = timeout;
  return request;
}

HttpRequest as_client(HttpRequest request, const Credentials& c) {
  request.headers.emplace_back("Authorization", basic_authorization(c.client_id, c.client_secret.reveal()));
  return request;
}

Call call_of(std::string verb, const Credentials& c) {
  return {std::move(verb), false, {std::string(c.client_secret.reveal()), basic_authorization(c.client_id, c.client_secret.reveal()).substr(6)}};
}

// One token more, or one that was ended, harms nobody: no call here is a write.
asio::awaitable<Result<HttpResponse>> exchange(const Credentials& c, Call call, HttpRequest request, HttpClient& client) {
  auto response = co_await client.send(std::move(request));
  if (!response) co_return tl::unexpected(unanswered(std::move(response).error(), call, c.type));
  std::optional<Error> error;
  if (!is_success(response->status))
    error = error_of(*response, call, c.type, system_now());
  else
    error = hidden_error(*response, call, c.type, system_now());
  if (error) co_return tl::unexpected(std::move(*error));
  co_return std::move(*response);
}

Error refused_credentials(Error error) {
  if (error.kind == ErrorKind::unauthenticated || error.kind == ErrorKind::invalid)
    error = {ErrorKind::unauthenticated, "OneLogin gives no token for these client credentials: are client-id and client-secret right, and is the url the one of their region? " + error.message,
             error.where, std::nullopt, false};
  return error;
}

}  // namespace

Result<AccessToken> read_token(std::string_view body, Instant now) {
  ROLLCALL_TRY(const json::Value root, json::parse(body, "token"));
  const json::Value* data = root.find("data");
  const bool wrapped = data && data->as_array() && !data->as_array()->empty();
  const json::Value& token = wrapped ? data->as_array()->front() : root;
  ROLLCALL_TRY(std::string text, json::require_text(token, "access_token", "token"));
  if (text.empty()) return fail(ErrorKind::corrupt, "token.access_token: is empty");
  seconds life = lifetime(token, std::chrono::days(10));
  if (const auto made = utc_time(token.text("created_at"))) {
    const auto left = std::chrono::floor<seconds>(*made + life - now);
    if (left > seconds(0) && left < life) life = left;  // no life left: two clocks that disagree
  }
  // What is left may be a second: it is used for that long.
  return AccessToken{Secret(std::move(text)), Secret(token.text("refresh_token")), renewal(now, std::max(life, seconds(2)))};
}

std::string write_generate() { return R"({"grant_type":"client_credentials"})"; }

std::string write_refresh(const AccessToken& token) {
  json::Value body;
  body.set("grant_type", "refresh_token");
  body.set("access_token", token.text.reveal());
  body.set("refresh_token", token.refresh.reveal());
  return json::write(body);
}

std::string write_revoke(const Secret& token) {
  json::Value body;
  body.set("access_token", token.reveal());
  return json::write(body);
}

asio::awaitable<Result<Secret>> TokenKeeper::token(const Credentials& credentials, std::chrono::milliseconds timeout, HttpClient& client) {
  return kept_.get([this, &credentials, timeout, &client] { return fetch(credentials, timeout, client); });
}

// A token that is about to end is refreshed where that is possible: generated anew, it would be the same one until it has ended.
asio::awaitable<Result<AccessToken>> TokenKeeper::fetch(const Credentials& c, std::chrono::milliseconds timeout, HttpClient& client) {
  Call call = call_of("token", c);
  if (const auto& due = kept_.held(); due && !due->refresh.empty()) {
    call.secrets.emplace_back(due->text.reveal());
    call.secrets.emplace_back(due->refresh.reveal());
    auto refreshed = co_await exchange(c, call, post(c, "/auth/oauth2/v2/token", write_refresh(*due), timeout), client);
    kept_.drop();                                   // whatever came of it, once is enough
    if (refreshed) {
      auto token = read_token(refreshed->body, clock_());
      if (token) co_return std::move(*token);
    }
  }
  auto response = co_await exchange(c, call, as_client(post(c, "/auth/oauth2/v2/token", write_generate(), timeout), c), client);
  if (!response) co_return tl::unexpected(refused_credentials(std::move(response).error()));
  auto token = read_token(response->body, clock_());
  if (!token) co_return tl::unexpected(misunderstood(std::move(token).error(), call, c.type));
  co_return std::move(*token);
}

asio::awaitable<Result<void>> TokenKeeper::revoke(const Credentials& c, std::chrono::milliseconds timeout, HttpClient& client) {
  const auto token = kept_.drop();
  if (!token) co_return Result<void>();
  Call call = call_of("revoke", c);
  call.secrets.emplace_back(token->text.reveal());
  auto response = co_await exchange(c, call, as_client(post(c, "/auth/oauth2/revoke", write_revoke(token->text), timeout), c), client);
  if (!response) co_return tl::unexpected(std::move(response).error());
  co_return Result<void>();
}

TokenKeeper& TokenPool::keeper(const Credentials& c) {
  return keepers_[crypto::sha256_hex(c.url + '\n' + c.client_id + '\n' + std::string(c.client_secret.reveal()))];
}

asio::awaitable<TokenKeeper*> keeper_of(const Credentials& credentials) {
  const auto executor = co_await asio::this_coro::executor;
  co_return &asio::use_service<TokenPool>(asio::query(executor, asio::execution::context)).keeper(credentials);
}

}  // namespace rollcall::providers::onelogin
