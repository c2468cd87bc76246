// HTTP/1.1 server over Boost.Beast, with or without TLS: one coroutine a connection, limits on header, body, idle time and the
// number of connections. Thread rule: handlers run on the executor given, many at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "rollcall/http.hpp"

namespace rollcall::net {

struct Peer {
  std::string address;   // numeric
  unsigned short port = 0;
};

struct ServerRequest {
  HttpRequest http;      // url is the request target: path and query
  Peer peer;
};

struct ServerResponse {
  HttpResponse http;
  // For the sandbox's faults: the connection is closed without an answer.
  bool drop = false;
};

using Handler = std::function<boost::asio::awaitable<ServerResponse>(ServerRequest)>;

struct ServerOptions {
  std::string address = "127.0.0.1";   // numeric; port 0 takes a free one
  unsigned short port = 0;
  std::string certificate, key;        // PEM paths; both or none
  std::size_t max_body = 1 << 20;      // over it: 413
  std::size_t max_header = 16 << 10;   // over it: 431
  std::size_t max_connections = 1024;
  std::chrono::seconds idle{75}, header_time{10};
  // What this room answers by itself (400, 413, 431, 500, 501, 503), in the words of the service; without it plain text.
  std::function<HttpResponse(int status, std::string text)> refusal;
  // Told what a client ran into: "body", "header", "syntax", "time", "connections".
  std::function<void(std::string_view limit)> on_limit;
};

class Server {
 public:
  virtual ~Server() = default;
  virtual unsigned short port() const = 0;
  // No new connections; those that wait for a request are closed, a request under way is answered. Idempotent.
  virtual void stop() = 0;
  // After stop(): waits until the last connection has ended, at most so long. Not from the executor's thread.
  virtual void drain(std::chrono::milliseconds most) = 0;
  // For the connections that come; those that are open keep theirs.
  virtual Result<void> reload_certificate() = 0;
};

// Listens at once. An exception from a handler answers 500 and is logged.
Result<std::unique_ptr<Server>> listen(boost::asio::any_io_executor executor, ServerOptions options, Handler handler);

// "127.0.0.1:8080", "[::1]:8080": address and port; invalid otherwise.
struct Endpoint {
  std::string address;
  unsigned short port = 0;
  bool loopback = false;
};
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace rollcall::net
