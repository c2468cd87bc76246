// One authenticated exchange with LoginRadius: the key and secret as headers or in the query, and what a failure means. Owned by the
// provider; thread rule: the provider's executor.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "providers/loginradius/errors.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::providers::loginradius {

struct Failure {
  Error error;
  int code = 0;  // the vendor's, 0 when there is none
};
template <class T>
using Reply = boost::asio::awaitable<tl::expected<T, Failure>>;

class Session {
 public:
  Session(std::string url, std::chrono::milliseconds timeout, Secret key, Secret secret, bool in_query, HttpClient& client);

  // A body goes as JSON, of a DELETE as well.
  Reply<std::string> call(std::string verb, bool writes, std::string method, std::string target, std::string body = {});

 private:
  HttpRequest request(const std::string& method, const std::string& target, const std::string& body) const;

  std::string url_;
  std::chrono::milliseconds timeout_;
  Secret key_, secret_;
  bool in_query_;
  HttpClient& client_;
};

}  // namespace rollcall::providers::loginradius
