#include "endpoint/control.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace rollcall::endpoint {
namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

struct ControlServer::Body {
  Body(asio::any_io_executor executor, std::string p, std::function<void()> w) : acceptor(executor), path(std::move(p)), wake(std::move(w)) {}
  Local::acceptor acceptor;
  std::string path;
  std::function<void()> wake;
};

namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> converse(Local::socket socket, std::function<void()> wake) {
  std::string line;
  const auto [error, size] = co_await asio::async_read_until(socket, asio::dynamic_buffer(line, 256), '\n', waiting);
  if (error) co_return;
  const bool known = line.substr(0, size) == "wake\n";
  if (known) wake();
  const std::string reply = known ? "ok\n" : "unknown\n";
  co_await asio::async_write(socket, asio::buffer(reply), waiting);
}

template <class Body>
asio::awaitable<void> accept_all(std::shared_ptr<Body> body) {
  const auto executor = body->acceptor.get_executor();
  while (true) {
    auto [error, socket] = co_await body->acceptor.async_accept(waiting);
    if (error) co_return;
    asio::co_spawn(executor, converse(std::move(socket), body->wake), asio::detached);
  }
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::open(asio::any_io_executor executor, std::string path, std::function<void()> wake) {
  if (wake_daemon(path)) return fail(ErrorKind::refused, "another daemon listens on " + path);
  ::unlink(path.c_str());
  auto body = std::make_shared<Body>(executor, path, std::move(wake));
  boost::system::error_code error;
  body->acceptor.open(Local(), error);
  if (!error) body->acceptor.bind(Local::endpoint(path), error);
  if (!error) ::chmod(path.c_str(), 0660);
  if (!error) body->acceptor.listen(16, error);
  if (error) return fail(ErrorKind::unavailable, "the control socket " + path + " cannot be opened: " + error.message() + "; see [admin] control");
  asio::co_spawn(executor, accept_all(body), asio::detached);
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(body)));
}

ControlServer::ControlServer(std::shared_ptr<Body> body) : body_(std::move(body)) {}

ControlServer::~ControlServer() {
  ::unlink(body_->path.c_str());
  asio::post(body_->acceptor.get_executor(), [body = body_] {
    boost::system::error_code ignored;
    body->acceptor.close(ignored);
  });
}

bool wake_daemon(const std::string& path) {
  asio::io_context context;
  Local::socket socket(context);
  boost::system::error_code error;
  if (path.size() >= 108) return false;
  socket.connect(Local::endpoint(path), error);
  if (error) return false;
  asio::write(socket, asio::buffer(std::string("wake\n")), error);
  std::string line;
  if (!error) asio::read_until(socket, asio::dynamic_buffer(line, 256), '\n', error);
  return line == "ok\n";
}

}  // namespace rollcall::endpoint
