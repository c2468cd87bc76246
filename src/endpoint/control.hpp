// The control socket ([admin] control): a Unix socket of mode 0660 by which commands beside a running daemon wake it, so that what was
// decided is acted on at once. One line in, one line out: "wake" -> "ok". Thread rule: the server on its executor, wake() anywhere.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "rollcall/result.hpp"

namespace rollcall::endpoint {

class ControlServer {
 public:
  // A dead daemon's socket at this path is replaced; a living one's is an error.
  static Result<std::unique_ptr<ControlServer>> open(boost::asio::any_io_executor executor, std::string path, std::function<void()> wake);
  ~ControlServer();

 private:
  struct Body;
  explicit ControlServer(std::shared_ptr<Body> body);
  std::shared_ptr<Body> body_;
};

// Whether a daemon answered.
bool wake_daemon(const std::string& path);

}  // namespace rollcall::endpoint
