// An HttpClient without a network: a function answers, unless an answer was laid out for the next request. Keeps what
// was sent. Thread rule: one thread.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "rollcall/http.hpp"

namespace rollcall::test {

class ScriptedHttp final : public HttpClient {
 public:
  using Server = std::function<HttpResponse(const HttpRequest&)>;
  explicit ScriptedHttp(Server server) : server_(std::move(server)) {}

  // For the next request, in order; the server does not see it.
  void answer(HttpResponse response) { script_.push_back({std::move(response), false}); }
  void answer(int status, std::string body) { answer(HttpResponse{status, {}, std::move(body)}); }
  // Nothing reaches the server.
  void refuse() { script_.push_back({fail(ErrorKind::unavailable, "connection refused"), false}); }
  // The server does its work, and nobody hears of it.
  void lose_answer();

  std::vector<HttpRequest> requests;

  boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  struct Step {
    Result<HttpResponse> answer;
    bool reaches_server;
  };
  Server server_;
  std::deque<Step> script_;
};

}  // namespace rollcall::test
