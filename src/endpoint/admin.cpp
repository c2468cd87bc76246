#include "endpoint/admin.hpp"

namespace rollcall::endpoint {
namespace {

net::ServerResponse answer(int status, std::string type, std::string body) {
  net::ServerResponse response;
  response.http.status = status;
  response.http.headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}};
  response.http.body = std::move(body);
  return response;
}

constexpr const char* plain = "text/plain; charset=utf-8";

}  // namespace

net::Handler admin_handler(const Metrics& metrics, const Readiness& readiness) {
  return [&metrics, &readiness](net::ServerRequest request) -> boost::asio::awaitable<net::ServerResponse> {
    const std::string path = request.http.url.substr(0, request.http.url.find('?'));
    if (request.http.method != "GET" && request.http.method != "HEAD") co_return answer(405, plain, "only GET is answered here\n");
    if (path == "/healthz") co_return answer(200, plain, "alive\n");
    if (path == "/readyz") {
      const auto [ready, why] = readiness.get();
      co_return answer(ready ? 200 : 503, plain, why + "\n");
    }
    if (path == "/metrics") co_return answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
    co_return answer(404, plain, "here are /healthz, /readyz and /metrics\n");
  };
}

}  // namespace rollcall::endpoint
