#include "sandbox/server.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sandbox/request.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox {
namespace {

// Up to so many accounts, the file is written before the answer goes out; up to the second, soon after; above, at the
// end.
constexpr std::size_t write_at_once = 100, write_soon = 20000;
constexpr Duration soon{250};

// The path and, where it tells something and holds no secret, the query.
std::string loggable(const std::string& url) {
  const bool secret = url.find("token=") != std::string::npos || url.find("api_key=") != std::string::npos;
  std::string text = secret ? url.substr(0, url.find('?')) : url;
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  return text;
}

boost::asio::awaitable<void> wait(Duration delay) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, delay);
  boost::system::error_code error;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(boost::asio::any_io_executor executor, ServerSettings settings,
                                              Sandbox& sandbox) {
  if (!settings.listen.loopback)
    return fail(ErrorKind::refused, "rollcall-sandbox listens on loopback addresses only, and " +
                                        settings.listen.address + " is none: it asks nobody for a password");
  std::unique_ptr<Server> server(new Server(executor, std::move(settings), sandbox));
  server->saved_version_ = sandbox.tenant().version();
  if (!server->settings_.log_file.empty()) {
    server->log_.open(server->settings_.log_file, std::ios::app);
    if (!server->log_) return fail(ErrorKind::invalid, server->settings_.log_file + ": cannot be written");
  }
  if (!server->settings_.state_file.empty()) ROLLCALL_CHECK(server->save());  // there from the start
  net::ServerOptions options;
  options.address = server->settings_.listen.address;
  options.port = server->settings_.listen.port;
  Server* self = server.get();
  auto handler = [self](net::ServerRequest request) { return self->serve(std::move(request)); };
  ROLLCALL_TRY(server->server_, net::listen(std::move(executor), std::move(options), std::move(handler)));
  return server;
}

std::string Server::url() const {
  const std::string& address = settings_.listen.address;
  const bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port());
}

boost::asio::awaitable<net::ServerResponse> Server::serve(net::ServerRequest request) {
  const Instant now = system_now();
  Answer answer = sandbox_.handle(request.http, now);
  log(request.http, answer, now);
  save_soon();
  // A client that hangs up is not seen here: what will never be answered must not count as being under way for a
  // minute.
  if (answer.drop && answer.counted) sandbox_.ended();
  if (answer.delay > Duration(0)) co_await wait(answer.delay);
  if (!answer.drop && answer.counted) sandbox_.ended();
  net::ServerResponse response;
  response.http = std::move(answer.response);
  response.drop = answer.drop;
  co_return response;
}

void Server::log(const HttpRequest& request, const Answer& answer, Instant now) {
  if (!log_.is_open()) return;
  log_ << write_time(now) << ' ' << request.method << ' ' << loggable(request.url) << ' '
       << (answer.drop ? "dropped" : std::to_string(answer.response.status)) << ' ' << answer.response.body.size();
  if (!answer.note.empty()) log_ << " (" << answer.note << ')';
  log_ << std::endl;  // flushed: tests and people watch it
}

void Server::save_soon() {
  if (settings_.state_file.empty() || saved_version_ == sandbox_.tenant().version()) return;
  const std::size_t size = sandbox_.tenant().accounts().size();
  if (size <= write_at_once) {
    (void)save();  // said at the end, when it still cannot be written
  } else if (size <= write_soon && !save_waits_) {
    save_waits_ = true;
    // Never more than a tenth of the time goes into the file.
    save_timer_.expires_after(std::max(soon, 10 * last_save_took_));
    save_timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      save_waits_ = false;
      (void)save();
    });
  }
}

Result<void> Server::save() {
  const auto begin = std::chrono::steady_clock::now();
  ROLLCALL_CHECK(write_file(settings_.state_file, write_state(sandbox_.tenant())));
  saved_version_ = sandbox_.tenant().version();
  last_save_took_ = std::chrono::ceil<Duration>(std::chrono::steady_clock::now() - begin);
  return {};
}

Result<void> Server::stop() {
  server_->stop();
  save_timer_.cancel();
  if (settings_.state_file.empty() || saved_version_ == sandbox_.tenant().version()) return {};
  return save();
}

}  // namespace rollcall::sandbox
