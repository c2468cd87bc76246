// The SCIM endpoint (contract section 6): HTTP in front of what src/scim decides. Reads are answered on the endpoint's own thread from a
// reading connection; writes go through a write queue, which commits together what waits, and are answered when they are durable.
// Owned by the daemon while it leads. Thread rule: open, adopt, stop from one thread; handlers on the executor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "endpoint/metrics.hpp"
#include "endpoint/scim/context.hpp"
#include "net/server.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::endpoint {

struct ScimOptions {
  ScimSettings settings;
  std::string state_url;
  std::shared_ptr<const Catalogue> catalogue;
  Clock clock = system_now;
  std::function<void()> on_write;    // something durable has changed; on the executor's thread
  Metrics* metrics = nullptr;        // outlives the service
};

// Everything but the doors: what answers requests. For tests without a socket, too.
class ScimHandler {
 public:
  static Result<std::shared_ptr<ScimHandler>> open(boost::asio::any_io_executor executor, ScimOptions options);
  net::Handler handler();
  void adopt(std::shared_ptr<const Catalogue> catalogue);   // from any thread
  void close();                                             // finishes what waits to be written; from any thread but the executor's

  struct Core;

 private:
  explicit ScimHandler(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  std::shared_ptr<Core> core_;
};

class ScimService {
 public:
  static Result<std::unique_ptr<ScimService>> open(boost::asio::any_io_executor executor, ScimOptions options);
  ~ScimService() { stop(); }
  unsigned short port() const { return server_->port(); }
  void adopt(std::shared_ptr<const Catalogue> catalogue) { handler_->adopt(std::move(catalogue)); }
  Result<void> reload_certificate() { return server_->reload_certificate(); }
  void stop();                       // what was begun is finished; idempotent

 private:
  ScimService(std::shared_ptr<ScimHandler> handler, std::unique_ptr<net::Server> server) : handler_(std::move(handler)), server_(std::move(server)) {}
  std::shared_ptr<ScimHandler> handler_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace rollcall::endpoint
