// The thin shell around a Sandbox: the listening socket, waiting out delays, the state file and the log. Owned by main,
// or by a test; everything runs on the executor, which one thread drives.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/server.hpp"
#include "sandbox/sandbox.hpp"

namespace rollcall::sandbox {

struct ServerSettings {
  net::Endpoint listen{"127.0.0.1", 0, true};  // loopback, or it is refused
  std::string state_file, log_file;            // "": none
};

class Server {
 public:
  // `sandbox` outlives the server, the server outlives the run of its executor.
  static Result<std::unique_ptr<Server>> start(boost::asio::any_io_executor executor, ServerSettings settings,
                                               Sandbox& sandbox);
  unsigned short port() const { return server_->port(); }
  std::string url() const;
  // No new connections. Writes what is not yet written; says why when it cannot.
  Result<void> stop();

 private:
  Server(boost::asio::any_io_executor executor, ServerSettings settings, Sandbox& sandbox)
      : settings_(std::move(settings)), sandbox_(sandbox), save_timer_(std::move(executor)) {}
  boost::asio::awaitable<net::ServerResponse> serve(net::ServerRequest request);
  void log(const HttpRequest& request, const Answer& answer, Instant now);
  void save_soon();
  Result<void> save();

  ServerSettings settings_;
  Sandbox& sandbox_;
  boost::asio::steady_timer save_timer_;
  bool save_waits_ = false;
  std::uint64_t saved_version_ = 0;
  Duration last_save_took_{0};
  std::ofstream log_;
  std::unique_ptr<net::Server> server_;
};

// Reads a state that an earlier run kept. No file is no error.
Result<void> load_state(const std::string& path, Tenant& tenant);
// Beside the file, then renamed: a reader sees the old text or the new one. Mode 0600.
Result<void> write_file(const std::string& path, std::string_view text);

}  // namespace rollcall::sandbox
