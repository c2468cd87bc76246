#include "providers/loginradius/session.hpp"

#include "providers/http.hpp"

namespace rollcall::providers::loginradius {

Session::Session(std::string url, std::chrono::milliseconds timeout, Secret key, Secret secret, bool in_query, HttpClient& client)
    : url_(std::move(url)), timeout_(timeout), key_(std::move(key)), secret_(std::move(secret)), in_query_(in_query), client_(client) {}

HttpRequest Session::request(const std::string& method, const std::string& target, const std::string& body) const {
  HttpRequest request;
  request.method = method;
  request.url = url_ + target;
  request.headers = {{"Accept", "application/json"}};
  const std::string key(key_.reveal()), secret(secret_.reveal());
  if (in_query_) {
    request.url += (target.find('?') == target.npos ? "?" : "&");
    request.url += "apikey=" + percent_encoded(key) + "&apisecret=" + percent_encoded(secret);
  } else {  // secrets stay out of addresses, and so out of logs
    request.headers.emplace_back("X-LoginRadius-ApiKey", key);
    request.headers.emplace_back("X-LoginRadius-ApiSecret", secret);
  }
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = body;
  request.timeout = timeout_;
  return request;
}

Reply<std::string> Session::call(std::string verb, bool writes, std::string method, std::string target, std::string body) {
  const std::string key(key_.reveal()), secret(secret_.reveal());
  const Call call{verb, writes, {secret, percent_encoded(secret), key, percent_encoded(key)}};
  auto response = co_await client_.send(request(method, target, body));
  if (!response) {
    Failure failure{unanswered(std::move(response).error(), call, "loginradius"), 0};
    co_return tl::unexpected(std::move(failure));
  }
  if (is_success(response->status)) co_return std::move(response->body);
  Failure failure{error_of(*response, call, system_now()), said_by(*response, call.secrets).code};
  co_return tl::unexpected(std::move(failure));
}

}  // namespace rollcall::providers::loginradius
