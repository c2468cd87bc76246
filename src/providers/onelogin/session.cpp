#include "providers/onelogin/session.hpp"

#include "providers/onelogin/wire.hpp"

namespace rollcall::providers::onelogin {

template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

HttpRequest Session::request(const std::string& method, const std::string& target, const std::string& body, const Secret& token) const {
  HttpRequest request;
  request.method = method;
  request.url = credentials_.url + target;
  request.headers = {{"Accept", "application/json"}, {"Authorization", "bearer " + std::string(token.reveal())}};
  // /1 refuses a write without it, whether there is a body or not.
  if (method != "GET") request.headers.emplace_back("Content-Type", "application/json");
  request.body = body;
  request.timeout = timeout_;
  return request;
}

Answer<HttpResponse> Session::once(const Call& call, HttpRequest request) {
  auto response = co_await client_.send(std::move(request));
  if (!response) co_return tl::unexpected(unanswered(std::move(response).error(), call, credentials_.type));
  std::optional<Error> error;
  if (!is_success(response->status))
    error = error_of(*response, call, credentials_.type, system_now());
  else
    error = hidden_error(*response, call, credentials_.type, system_now());
  if (error) co_return tl::unexpected(std::move(*error));
  co_return std::move(*response);
}

// The limit was met and nothing said for how long: there is a call for that.
boost::asio::awaitable<void> Session::ask_for_pause(Error& error, Secret token) {
  const Call call{"rate limit", false, {std::string(token.reveal())}};
  auto response = co_await once(call, request("GET", "/auth/rate_limit", "", token));
  if (!response) co_return;
  if (const auto limit = read_rate_limit(response->body)) error.retry_after = limit->reset;
}

Answer<HttpResponse> Session::call(std::string verb, bool writes, std::string method, std::string target, std::string body, std::string secret) {
  TokenKeeper* keeper = co_await keeper_of(credentials_);
  for (bool again = false;; again = true) {
    auto token = co_await keeper->token(credentials_, timeout_, client_);
    if (!token) co_return tl::unexpected(std::move(token).error());
    const Call call{verb, writes, {std::string(token->reveal()), std::string(credentials_.client_secret.reveal()), secret}};
    auto response = co_await once(call, request(method, target, body, *token));
    if (response) co_return response;
    Error error = std::move(response).error();
    // A token may end before its time, or somebody has revoked it: another one, once (nothing was done with the refused one).
    if (error.kind == ErrorKind::unauthenticated) keeper->refuse(*token);
    if (error.kind == ErrorKind::unauthenticated && !again) continue;
    if (error.kind == ErrorKind::rate_limited && !error.retry_after) co_await ask_for_pause(error, *token);
    co_return tl::unexpected(std::move(error));
  }
}

Answer<void> Session::revoke() {
  TokenKeeper* keeper = co_await keeper_of(credentials_);
  co_return co_await keeper->revoke(credentials_, timeout_, client_);
}

}  // namespace rollcall::providers::onelogin
