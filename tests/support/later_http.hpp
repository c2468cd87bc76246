// An HttpClient whose answers take a while: whoever else wants to send comes in between. Thread rule: one executor.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rollcall/http.hpp"

namespace rollcall::test {

class LaterHttp final : public HttpClient {
 public:
  explicit LaterHttp(HttpClient& inner) : inner_(inner) {}
  boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) override {
    co_await boost::asio::post(boost::asio::use_awaitable);
    co_return co_await inner_.send(std::move(request));
  }

 private:
  HttpClient& inner_;
};

}  // namespace rollcall::test
