#include "net/server.hpp"

#include <future>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/session.hpp"

namespace rollcall::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_refusals = 64;

struct Listener {
  explicit Listener(const asio::any_io_executor& executor)
      : acceptor(executor), pause(executor), state(std::make_shared<ServerState>()) {}
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::shared_ptr<ServerState> state;
};

void begin(const std::shared_ptr<ServerState>& state, const asio::any_io_executor& executor, tcp::socket socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  socket.set_option(tcp::no_delay(true), error);
  auto session = std::make_unique<Session>(std::move(socket));
  session->peer.address = peer.address().to_string();
  session->peer.port = peer.port();
  if (state->sessions.size() < state->options.max_connections) {
    session->join(state);
    asio::co_spawn(executor, serve(state, std::move(session)), asio::detached);
    return;
  }
  if (state->options.on_limit) state->options.on_limit("connections");
  if (state->refusals < most_refusals) {
    asio::co_spawn(executor, refuse(state, std::move(session)), asio::detached);
  }
}

asio::awaitable<void> accept(std::shared_ptr<Listener> listener) {
  const asio::any_io_executor executor = listener->acceptor.get_executor();
  while (!listener->state->stopping) {
    auto [error, socket] = co_await listener->acceptor.async_accept(token);
    if (listener->state->stopping) break;
    if (!error) {
      begin(listener->state, executor, std::move(socket));
      continue;
    }
    // Out of descriptors: the next attempt would fail at once, and spin.
    listener->pause.expires_after(std::chrono::milliseconds(100));
    co_await listener->pause.async_wait(token);
  }
}

void stop_now(Listener& listener) {
  if (std::exchange(listener.state->stopping, true)) return;
  error_code ignored;
  listener.acceptor.close(ignored);
  listener.pause.cancel();
  const auto soon = std::chrono::steady_clock::now() + time_after_stop;
  for (Session* session : listener.state->sessions) {
    if (session->phase == Phase::waiting) session->stream.socket().close(ignored);
    if (session->phase == Phase::transfer) session->deadline.arm(session->stream.socket(), soon);
  }
}

// Until no connection is left.
asio::awaitable<void> watch(std::shared_ptr<Listener> listener, std::shared_ptr<std::promise<void>> done) {
  asio::steady_timer look_again(listener->acceptor.get_executor());
  while (!listener->state->sessions.empty()) {
    look_again.expires_after(std::chrono::milliseconds(5));
    co_await look_again.async_wait(token);
  }
  done->set_value();
}

class BeastServer : public Server {
 public:
  BeastServer(std::shared_ptr<Listener> listener, unsigned short port) : listener_(std::move(listener)), port_(port) {}
  ~BeastServer() override { stop(); }

  unsigned short port() const override { return port_; }

  void stop() override {
    asio::dispatch(listener_->acceptor.get_executor(), [listener = listener_] { stop_now(*listener); });
  }

  void drain(std::chrono::milliseconds most) override {
    auto done = std::make_shared<std::promise<void>>();
    auto ended = done->get_future();
    asio::co_spawn(listener_->acceptor.get_executor(), watch(listener_, std::move(done)), asio::detached);
    ended.wait_for(most);
  }

  Result<void> reload_certificate() override {
    const auto& options = listener_->state->options;
    if (options.certificate.empty()) return {};
    ROLLCALL_TRY(auto context, server_context(options.certificate, options.key));
    asio::dispatch(listener_->acceptor.get_executor(), [state = listener_->state, context] { state->tls = context; });
    return {};
  }

 private:
  std::shared_ptr<Listener> listener_;
  unsigned short port_;
};

Result<void> open(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  const std::string name =
      (endpoint.address().is_v6() ? '[' + endpoint.address().to_string() + ']' : endpoint.address().to_string()) + ':' +
      std::to_string(endpoint.port());
  if (error == asio::error::address_in_use)
    return fail(ErrorKind::unavailable, "cannot listen on " + name + ": another process has that port");
  if (error == asio::error::access_denied)
    return fail(ErrorKind::forbidden, "cannot listen on " + name + ": ports below 1024 need CAP_NET_BIND_SERVICE");
  return fail(ErrorKind::unavailable, "cannot listen on " + name + ": " + error.message());
}

}  // namespace

Result<std::unique_ptr<Server>> listen(asio::any_io_executor executor, ServerOptions options, Handler handler) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return fail(ErrorKind::invalid, "'" + options.address + "' is not a numeric address to listen on");
  if (options.certificate.empty() != options.key.empty())
    return fail(ErrorKind::invalid, "HTTPS needs a certificate and its key, not one of them");
  auto listener = std::make_shared<Listener>(executor);
  if (!options.certificate.empty()) {
    ROLLCALL_TRY(listener->state->tls, server_context(options.certificate, options.key));
  }
  ROLLCALL_CHECK(open(listener->acceptor, tcp::endpoint(address, options.port)));
  const unsigned short port = listener->acceptor.local_endpoint().port();
  listener->state->options = std::move(options);
  listener->state->handler = std::move(handler);
  asio::co_spawn(executor, accept(listener), asio::detached);
  return std::make_unique<BeastServer>(std::move(listener), port);
}

}  // namespace rollcall::net
