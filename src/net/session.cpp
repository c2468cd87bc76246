#include "net/session.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <typeinfo>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/core/demangle.hpp>

#include "log/log.hpp"
#include "net/message.hpp"

namespace rollcall::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::steady_clock;
using Parser = http::request_parser<http::string_body>;
constexpr auto token = asio::as_tuple(asio::use_awaitable);

// RFC 9110 section 6.6.1: an origin server with a clock sends the date; the text is good for a second.
const std::string& date_now() {
  thread_local std::time_t last = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == last) return text;
  std::tm parts{};
  gmtime_r(&now, &parts);
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[parts.tm_wday], parts.tm_mday,
                months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  last = now;
  return text = buffer;
}

HttpResponse plain(int status, std::string text) {
  HttpResponse out;
  out.status = status;
  out.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  out.body = std::move(text) + '\n';
  return out;
}

// RFC 9110 section 8.6: no Content-Length beside 1xx and 204.
bool has_length(int status) { return status >= 200 && status != 204 && status != 304; }

Result<std::string> head_of(const HttpResponse& response, bool head_request, bool keep) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ' + std::string(reason) + "\r\n";
  ROLLCALL_CHECK(append_headers(out, response.headers));
  if (header_value(response.headers, "Date").empty()) out.append("Date: ").append(date_now()).append("\r\n");
  if (has_length(response.status)) {
    const auto stated =
        header_value(response.headers, "Content-Length");  // a HEAD handler may know it without the body
    const bool use_stated = head_request && response.body.empty() && !stated.empty() && is_field_value(stated);
    out.append("Content-Length: ")
        .append(use_stated ? std::string(stated) : std::to_string(response.body.size()))
        .append("\r\n");
  }
  if (!keep) out += "Connection: close\r\n";
  return out += "\r\n";
}

// Writes one answer; false when the connection is of no more use.
asio::awaitable<bool> answer(Session& session, HttpResponse response, bool head_request, bool keep) {
  if (same_name(header_value(response.headers, "Connection"), "close")) keep = false;
  auto head = head_of(response, head_request, keep);
  if (!head) {
    log::error("a handler made an answer that cannot be sent", {{"reason", head.error().message}});
    response = plain(500, "internal error");
    head = head_of(response, head_request, keep);
  }
  const bool bare = head_request || !has_length(response.status);
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(*head),
                                                   bare ? asio::const_buffer() : asio::buffer(response.body)};
  const auto [error, written] = co_await asio::async_write(session.stream, parts, token);
  co_return !error && keep;
}

// Closing with unread bytes makes TCP reset the connection and take the answer with it (RFC 9112 section 9.6): say that
// we are done, then read on for a moment.
asio::awaitable<void> linger(Session& session) {
  session.deadline.arm(session.stream.socket(), steady_clock::now() + std::chrono::seconds(2));
  error_code error;
  session.stream.socket().shutdown(asio::socket_base::shutdown_send, error);
  std::array<char, 8192> waste;
  for (int i = 0; i < 256 && !error; ++i) {
    const auto [read_error, size] = co_await session.stream.socket().async_read_some(asio::buffer(waste), token);
    error = read_error;
  }
}

// Close notify, so that the client can tell an end from a cut (RFC 8446 section 6.1).
asio::awaitable<void> end_tls(Session& session) {
  if (!session.stream.tls() || !session.stream.socket().is_open()) co_return;
  session.deadline.arm(session.stream.socket(), steady_clock::now() + std::chrono::seconds(2));
  co_await session.stream.tls()->async_shutdown(token);
}

HttpResponse refusal(const ServerOptions& options, int status, std::string text) {
  return options.refusal ? options.refusal(status, std::move(text)) : plain(status, std::move(text));
}

void tell(const ServerOptions& options, std::string_view limit) {
  if (options.on_limit) options.on_limit(limit);
}

HttpResponse explain(const error_code& error, const ServerOptions& options) {
  if (error == http::error::body_limit) {
    tell(options, "body");
    return refusal(options, 413, "the body is longer than " + std::to_string(options.max_body) + " bytes");
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    tell(options, "header");
    return refusal(options, 431, "the request's header is longer than " + std::to_string(options.max_header) + " bytes");
  }
  tell(options, "syntax");
  return refusal(options, 400, "the request is not well-formed HTTP");
}

bool is_parse_error(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_value).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

// A name, an address, a port (RFC 3986 section 3.2): what a service may write into the URLs of its answers.
bool is_authority(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
  });
}

// What Beast lets pass and RFC 9112 does not: a missing or impossible Host (section 3.2), a coding whose end cannot be told
// (section 6.1).
std::optional<HttpResponse> objection(const Parser& parser, const ServerOptions& options) {
  const auto& message = parser.get();
  if (message.version() >= 11 && message.count(http::field::host) != 1)
    return refusal(options, 400, "an HTTP/1.1 request has exactly one Host header");
  if (!is_authority(message[http::field::host])) return refusal(options, 400, "the Host header is no name or address");
  if (message.count(http::field::transfer_encoding) > 0 && !parser.chunked())
    return refusal(options, 501, "the only transfer coding understood is chunked");
  return std::nullopt;
}

// The absolute form, as clients send it to proxies: its host is the one that counts (RFC 9112 section 3.2.2).
void make_origin_form(HttpRequest& request) {
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) return;
  const auto begin = request.url.find("://") + 3;
  const auto path = std::min(request.url.find_first_of("/?", begin), request.url.size());
  std::string host = request.url.substr(begin, path - begin);
  request.url.erase(0, path);
  if (!request.url.starts_with('/')) request.url.insert(0, 1, '/');
  if (host.empty() || !is_authority(host)) return;
  std::erase_if(request.headers, [](const auto& header) { return boost::beast::iequals(header.first, "Host"); });
  request.headers.emplace_back("Host", std::move(host));
}

ServerRequest take(Parser& parser, const Peer& peer) {
  auto& message = parser.get();
  ServerRequest out;
  out.http.method = std::string(message.method_string());
  out.http.url = std::string(message.target());
  for (const auto& field : message)
    out.http.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  make_origin_form(out.http);
  out.http.body = std::move(message.body());
  out.peer = peer;
  return out;
}

asio::awaitable<ServerResponse> handle(const ServerOptions& options, const Handler& handler, ServerRequest request) {
  const std::string method = request.http.method;
  std::string kind, text;
  try {
    auto response = co_await handler(std::move(request));
    co_return response;
  } catch (const std::exception& error) {
    kind = boost::core::demangle(typeid(error).name());
    text = error.what();
  } catch (...) {
    kind = "unknown";
  }
  // A text of a foreign exception may hold what a request held: shown at level debug only.
  log::error("a handler failed; the client gets 500",
             {{"method", method}, {"exception", kind}, {"text", log::personal(text)}});
  ServerResponse out;
  out.http = refusal(options, 500, "internal error");
  co_return out;
}

class Conversation {
 public:
  Conversation(const std::shared_ptr<ServerState>& state, Session& session) : state_(*state), session_(session) {
    buffer_.max_size(std::max<std::size_t>(state_.options.max_header, 8192) + 65536);
  }

  // One request and its answer; false ends the connection.
  asio::awaitable<bool> turn() {
    const bool some = buffer_.size() > 0 || co_await wait();
    if (!some) co_return false;
    session_.phase = Phase::transfer;
    arm(state_.options.header_time);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(state_.options.max_header));
    parser_->body_limit(state_.options.max_body);
    error_code error = take_what_came();
    if (!error && !parser_->is_header_done()) {
      const auto [failed, size] = co_await http::async_read_header(session_.stream, buffer_, *parser_, token);
      error = failed;
    }
    if (error) {
      co_await give_up(error);
      co_return false;
    }
    const bool read = co_await read_body();
    if (!read) co_return false;
    const bool goes_on = co_await respond();
    session_.phase = Phase::waiting;
    co_return goes_on;
  }

 private:
  void arm(std::chrono::seconds time) {
    if (state_.stopping) time = std::min(time, time_after_stop);
    session_.deadline.arm(session_.stream.socket(), steady_clock::now() + time);
  }

  // For the first bytes of a request; a stop closes the socket meanwhile.
  asio::awaitable<bool> wait() {
    arm(state_.options.idle);
    const auto [error, size] = co_await session_.stream.async_read_some(buffer_.prepare(4096), token);
    buffer_.commit(size);
    co_return !error;
  }

  // Nearly every request comes in one piece: then nothing is left to wait for. Who expects 100 is asked for the body by read_body().
  error_code take_what_came() {
    error_code error;
    buffer_.consume(parser_->put(buffer_.data(), error));
    const bool body = !error && parser_->is_header_done() && !parser_->is_done() && parser_->get().count(http::field::expect) == 0;
    if (body && buffer_.size() > 0) {
      parser_->eager(true);
      buffer_.consume(parser_->put(buffer_.data(), error));
    }
    return error == http::error::need_more ? error_code() : error;
  }

  asio::awaitable<void> give_up(error_code error) {
    if (session_.deadline.expired()) tell(state_.options, "time");
    if (session_.deadline.expired() || !is_parse_error(error)) co_return;
    co_await reject(explain(error, state_.options));
  }

  asio::awaitable<void> reject(HttpResponse response) {
    arm(state_.options.header_time);
    co_await answer(session_, std::move(response), false, false);
    co_await end_tls(session_);
    co_await linger(session_);
  }

  asio::awaitable<bool> read_body() {
    if (auto reason = objection(*parser_, state_.options)) {
      co_await reject(std::move(*reason));
      co_return false;
    }
    if (parser_->is_done()) co_return true;
    arm(state_.options.idle);
    // RFC 9110 section 10.1.1
    if (parser_->get().version() >= 11 && same_name(std::string(parser_->get()[http::field::expect]), "100-continue")) {
      const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(session_.stream, asio::buffer(go_on), token);
    }
    const auto [error, size] = co_await http::async_read(session_.stream, buffer_, *parser_, token);
    if (error) co_await give_up(error);
    co_return !error;
  }

  asio::awaitable<bool> respond() {
    session_.deadline.pause();  // a handler takes the time it needs
    const bool head_request = parser_->get().method() == http::verb::head;
    const bool keep = parser_->keep_alive() && parser_->get().version() >= 11;
    ServerRequest request = take(*parser_, session_.peer);
    session_.phase = Phase::handler;
    ServerResponse response = co_await handle(state_.options, state_.handler, std::move(request));
    session_.phase = Phase::transfer;
    if (response.drop) co_return false;
    arm(state_.options.idle);
    const bool goes_on = co_await answer(session_, std::move(response.http), head_request, keep && !state_.stopping);
    if (!goes_on) co_await end_tls(session_);
    co_return goes_on;
  }

  ServerState& state_;
  Session& session_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
};

asio::awaitable<bool> shake_hands(const ServerState& state, Session& session) {
  session.deadline.arm(session.stream.socket(), steady_clock::now() + state.options.header_time);
  auto& tls = session.stream.start_tls(state.tls);
  const auto [error] = co_await tls.async_handshake(asio::ssl::stream_base::server, token);
  if (error) log::debug("a TLS handshake failed", {{"peer", session.peer.address}, {"reason", error.message()}});
  co_return !error;
}

}  // namespace

asio::awaitable<void> serve(std::shared_ptr<ServerState> state, std::unique_ptr<Session> session) {
  if (state->tls) {
    const bool good = co_await shake_hands(*state, *session);
    if (!good) co_return;
  }
  Conversation conversation(state, *session);
  bool goes_on = true;
  while (goes_on && !state->stopping) goes_on = co_await conversation.turn();
}

asio::awaitable<void> refuse(std::shared_ptr<ServerState> state, std::unique_ptr<Session> session) {
  if (state->tls) co_return;
  ++state->refusals;
  HttpResponse full = refusal(state->options, 503, "too many connections");
  full.headers.emplace_back("Retry-After", "1");
  session->deadline.arm(session->stream.socket(), steady_clock::now() + std::chrono::seconds(2));
  co_await answer(*session, std::move(full), false, false);
  co_await linger(*session);
  --state->refusals;
}

}  // namespace rollcall::net
