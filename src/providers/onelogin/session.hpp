// One authenticated exchange with OneLogin: headers, the shared token, once more after a 401, and what a failure means. Owned by the
// provider; thread rule: the provider's executor.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "providers/onelogin/errors.hpp"
#include "providers/onelogin/token.hpp"

namespace rollcall::providers::onelogin {

class Session {
 public:
  Session(Credentials credentials, std::chrono::milliseconds timeout, HttpClient& client)
      : credentials_(std::move(credentials)), timeout_(timeout), client_(client) {}

  // A body goes as JSON. `secret` stands in the request or may stand in the answer: no error shows it.
  boost::asio::awaitable<Result<HttpResponse>> call(std::string verb, bool writes, std::string method, std::string target,
                                                    std::string body = {}, std::string secret = {});
  boost::asio::awaitable<Result<void>> revoke();
  const std::string& type() const { return credentials_.type; }

 private:
  HttpRequest request(const std::string& method, const std::string& target, const std::string& body, const Secret& token) const;
  boost::asio::awaitable<Result<HttpResponse>> once(const Call& call, HttpRequest request);
  boost::asio::awaitable<void> ask_for_pause(Error& error, Secret token);

  Credentials credentials_;
  std::chrono::milliseconds timeout_;
  HttpClient& client_;
};

}  // namespace rollcall::providers::onelogin
