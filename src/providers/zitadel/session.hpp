// One authenticated exchange with Zitadel: headers, token, once more after a 401 where another token can be had, and what a failure
// means. Owned by the provider; thread rule: the provider's executor.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "providers/zitadel/errors.hpp"
#include "providers/zitadel/token.hpp"

namespace rollcall::providers::zitadel {

struct Failure {
  Error error;
  std::string id;  // the vendor's, "" when there is none
};
template <class T>
using Reply = boost::asio::awaitable<tl::expected<T, Failure>>;

class Session {
 public:
  Session(std::string url, std::chrono::milliseconds timeout, std::string organization, Credentials credentials, HttpClient& client);

  // A body goes as JSON. `secret` stands in the request or may stand in the answer: no error shows it.
  Reply<std::string> call(std::string verb, bool writes, std::string method, std::string target, std::string body, std::string secret = {});

  const std::string& organization() const { return organization_; }

 private:
  HttpRequest request(const std::string& method, const std::string& target, const std::string& body, const Secret& token) const;

  std::string url_;
  std::chrono::milliseconds timeout_;
  std::string organization_;
  Credentials credentials_;
  HttpClient& client_;
};

}  // namespace rollcall::providers::zitadel
