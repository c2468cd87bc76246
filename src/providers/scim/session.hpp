// One authenticated exchange with a SCIM service. Owned by the provider; thread rule: the provider's executor.
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "providers/scim/errors.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::providers::scim {

struct Failure {
  Error error;
  int status = 0;    // 0: there was no answer
  std::string type;  // scimType
};
template <class T>
using Reply = boost::asio::awaitable<tl::expected<T, Failure>>;
template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

struct Wanted {
  std::string method, target;
  std::string body;     // JSON; "" is none
  std::string version;  // If-Match, "" is none
  std::string secret;   // stands in the body: no error shows it
};

class Session {
 public:
  Session(std::string url, std::chrono::milliseconds timeout, Secret token, HttpClient& client)
      : url_(std::move(url)), timeout_(timeout), token_(std::move(token)), client_(client) {}

  Reply<HttpResponse> call(std::string verb, Wanted wanted);
  Reply<HttpResponse> get(std::string verb, std::string target);

 private:
  std::string url_;
  std::chrono::milliseconds timeout_;
  Secret token_;
  HttpClient& client_;
};

}  // namespace rollcall::providers::scim
