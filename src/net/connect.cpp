#include "net/connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/resolve.hpp"

namespace rollcall::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using StreamResult = Result<std::unique_ptr<Stream>>;
constexpr auto token = asio::as_tuple(asio::use_awaitable);

std::string place(const std::string& host, unsigned short port) {
  return (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + std::to_string(port);
}

// Each address gets its share of the time that is left: one that swallows packets must not eat the turn of the next.
asio::awaitable<StreamResult> dial(asio::any_io_executor executor, std::string host, unsigned short port,
                                   TimePoint until) {
  auto found = co_await resolve(executor, host, port, until);
  if (!found) co_return tl::unexpected(std::move(found).error());
  Error last{ErrorKind::unavailable, "the host name " + host + " has no address", "", std::nullopt, false};
  for (std::size_t i = 0; i < found->size(); ++i) {
    const auto now = std::chrono::steady_clock::now();
    auto stream = std::make_unique<Stream>(tcp::socket(executor));
    Deadline deadline(executor);
    deadline.arm(stream->socket(), now + (until - now) / static_cast<int>(found->size() - i));
    const auto [error] = co_await stream->socket().async_connect((*found)[i], token);
    if (!error && !deadline.expired()) {
      boost::system::error_code ignored;
      stream->socket().set_option(tcp::no_delay(true), ignored);
      stream->socket().set_option(asio::socket_base::keep_alive(true), ignored);
      co_return stream;
    }
    last = io_error(error, deadline, place(host, port), "connecting");
    if (last.kind == ErrorKind::cancelled) break;
  }
  co_return tl::unexpected(std::move(last));
}

// RFC 9110 section 9.3.6. The proxy's answer to CONNECT has no body when it is 2xx.
asio::awaitable<Result<void>> open_tunnel(Stream& stream, const Route& route, const Deadline& deadline) {
  const std::string through = "the proxy " + place(route.proxy->host, route.proxy->port);
  const std::string to = place(route.host, route.port);
  std::string text = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n";
  if (!route.proxy->authorization.empty()) text += "Proxy-Authorization: " + route.proxy->authorization + "\r\n";
  text += "\r\n";
  const auto [write_error, written] = co_await asio::async_write(stream, asio::buffer(text), token);
  if (write_error) co_return tl::unexpected(io_error(write_error, deadline, through, "asking the proxy"));
  std::string answer;
  auto buffer = asio::dynamic_buffer(answer, 16 << 10);
  const auto [read_error, size] = co_await asio::async_read_until(stream, buffer, "\r\n\r\n", token);
  if (read_error) co_return tl::unexpected(io_error(read_error, deadline, through, "asking the proxy"));
  const bool is_http = answer.starts_with("HTTP/1.") && answer.size() > 12 && answer[8] == ' ';
  if (is_http && answer[9] == '2' && size == answer.size()) co_return Result<void>();
  co_return fail(ErrorKind::unavailable,
                 through + (is_http ? " refuses the way to " + to + " with status " + answer.substr(9, 3)
                                    : " does not answer as an HTTP proxy"));
}

asio::awaitable<Result<void>> secure(Stream& stream, const Route& route, const Deadline& deadline) {
  auto& tls = stream.start_tls(route.tls);
  const auto note = expect_host(tls, route.host);
  const auto [error] = co_await tls.async_handshake(asio::ssl::stream_base::client, token);
  if (!error) co_return Result<void>();
  if (deadline.expired() || error == asio::error::operation_aborted)
    co_return tl::unexpected(io_error(error, deadline, place(route.host, route.port), "beginning TLS"));
  co_return fail(ErrorKind::unavailable, explain_handshake(error, *note, route.host, route.ca_file));
}

}  // namespace

Error io_error(const boost::system::error_code& error, const Deadline& deadline, const std::string& host,
               const std::string& doing) {
  Error out{ErrorKind::unavailable, {}, {}, std::nullopt, false};
  if (deadline.expired()) {
    out.kind = ErrorKind::timeout;
    out.message = host + ": timed out while " + doing;
  } else if (error == asio::error::operation_aborted) {
    out.kind = ErrorKind::cancelled;
    out.message = host + ": cancelled while " + doing;
  } else if (error == asio::error::connection_refused) {
    out.message = host + ": connection refused; does the service run, and is the port right?";
  } else if (error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe ||
             error == asio::ssl::error::stream_truncated) {
    out.message = host + ": the connection was closed while " + doing;
  } else {
    out.message = host + ": " + error.message() + " while " + doing;
  }
  return out;
}

asio::awaitable<StreamResult> connect(asio::any_io_executor executor, Route route, TimePoint until) {
  const std::string host = route.proxy ? route.proxy->host : route.host;
  const unsigned short port = route.proxy ? route.proxy->port : route.port;
  auto dialled = co_await dial(executor, host, port, until);
  if (!dialled) {
    if (route.proxy) dialled.error().message = "the proxy " + dialled.error().message;
    co_return dialled;
  }
  auto stream = std::move(*dialled);
  if (!route.tls) co_return stream;
  Deadline deadline(executor);
  deadline.arm(stream->socket(), until);
  if (route.proxy) {
    auto opened = co_await open_tunnel(*stream, route, deadline);
    if (!opened) co_return tl::unexpected(std::move(opened).error());
  }
  auto secured = co_await secure(*stream, route, deadline);
  if (!secured) co_return tl::unexpected(std::move(secured).error());
  co_return stream;
}

}  // namespace rollcall::net
