#include "providers/zitadel/session.hpp"

namespace rollcall::providers::zitadel {

Session::Session(std::string url, std::chrono::milliseconds timeout, std::string organization, Credentials credentials, HttpClient& client)
    : url_(std::move(url)), timeout_(timeout), organization_(std::move(organization)), credentials_(std::move(credentials)), client_(client) {}

HttpRequest Session::request(const std::string& method, const std::string& target, const std::string& body, const Secret& token) const {
  HttpRequest request;
  request.method = method;
  request.url = url_ + target;
  request.headers = {{"Accept", "application/json"}, {"Authorization", "Bearer " + std::string(token.reveal())}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  // v1 takes the organisation from here; v2 has it in the body.
  if (target.starts_with("/management/") && !organization_.empty()) request.headers.emplace_back("x-zitadel-orgid", organization_);
  if (target.starts_with("/zitadel.")) request.headers.emplace_back("Connect-Protocol-Version", "1");
  request.body = body;
  request.timeout = timeout_;
  return request;
}

Reply<std::string> Session::call(std::string verb, bool writes, std::string method, std::string target, std::string body, std::string secret) {
  for (bool again = false;; again = true) {
    auto token = co_await credentials_.token();
    if (!token) co_return tl::unexpected(Failure{std::move(token).error(), {}});
    const Call call{verb, writes, {std::string(token->reveal()), secret}};
    auto response = co_await client_.send(request(method, target, body, *token));
    if (!response) {
      Failure failure{unanswered(std::move(response).error(), call, "zitadel"), {}};
      co_return tl::unexpected(std::move(failure));
    }
    if (is_success(response->status)) co_return std::move(response->body);
    Failure failure{error_of(*response, call, system_now()), said_by(*response, call.secrets).id};
    // A token may end before its time: another one, once (nothing was done with the refused one).
    if (failure.error.kind == ErrorKind::unauthenticated && !again && credentials_.refuse(*token)) continue;
    co_return tl::unexpected(std::move(failure));
  }
}

}  // namespace rollcall::providers::zitadel
