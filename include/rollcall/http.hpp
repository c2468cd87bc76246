// The port of an HTTP client, and the messages that client and server share. Implemented in src/net; wrapped in src/sync by the
// rate limit. Thread rule: coroutines run on the caller's executor.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "rollcall/record.hpp"
#include "rollcall/result.hpp"

namespace rollcall {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of a header, by name without case; empty when it is not there.
inline std::string_view header_value(const Headers& headers, std::string_view name) {
  const FoldLess less;
  for (const auto& [key, value] : headers)
    if (!less(key, name) && !less(name, key)) return value;
  return {};
}

struct HttpRequest {
  std::string method = "GET";
  std::string url;      // absolute for a client; the request target (path?query) for a server
  Headers headers;      // Host, Content-Length and Connection are the client's
  std::string body;
  std::chrono::milliseconds timeout{30000};  // for the whole exchange
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Any answer with a status is a value, 5xx included. Errors: unavailable, timeout, cancelled; in_doubt is set as soon as a byte
  // of the request may have reached the server. A request on a kept connection that the server closed before its first answer
  // byte is sent again by the client only if it is GET or HEAD.
  virtual boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) = 0;
};

}  // namespace rollcall
