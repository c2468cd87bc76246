#include "net/exchange.hpp"

#include <array>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/connect.hpp"
#include "net/message.hpp"

namespace rollcall::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;
constexpr auto token = asio::as_tuple(asio::use_awaitable);

bool carries_body(const HttpRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

bool is_ours(std::string_view name) { return is_framing(name) || same_name(name, "Host"); }

HttpResponse take(Parser& parser) {
  auto& message = parser.get();
  HttpResponse out;
  out.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    out.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  out.body = std::move(message.body());
  return out;
}

// An answer is read into `parser` anew for each interim one (100, 103: RFC 9110 section 15.2).
asio::awaitable<error_code> read_answer(Stream& stream, const Call& call, boost::beast::flat_buffer& buffer,
                                        std::optional<Parser>& parser) {
  for (;;) {
    parser.emplace();
    parser->header_limit(64 << 10);
    parser->body_limit(call.max_body);
    parser->skip(call.head_only);
    const auto [error, size] = co_await http::async_read_header(stream, buffer, *parser, token);
    if (error) co_return error;
    if (const auto status = parser->get().result_int(); status >= 200 || status == 101) break;
  }
  if (parser->is_done()) co_return error_code();
  const auto [error, size] = co_await http::async_read(stream, buffer, *parser, token);
  co_return error;
}

Error explain(const error_code& error, const Deadline& deadline, const Call& call) {
  Error out = io_error(error, deadline, call.origin, "waiting for the answer");
  if (error == http::error::end_of_stream) {
    out.message = call.origin + ": the connection was closed before an answer came";
  } else if (error == http::error::partial_message) {
    out.message = call.origin + ": the connection was closed in the middle of the answer";
  } else if (error == http::error::body_limit) {
    out.kind = ErrorKind::corrupt;
    out.message = call.origin + ": the answer is longer than " + std::to_string(call.max_body) + " bytes";
  } else if (error.category() == http::make_error_code(http::error::bad_line_ending).category() &&
             !deadline.expired()) {
    out.kind = ErrorKind::corrupt;
    out.message = call.origin + ": the answer is not HTTP (" + error.message() + ")";
  }
  out.in_doubt = true;
  return out;
}

bool is_closed(const error_code& error) {
  return error == http::error::end_of_stream || error == asio::error::eof || error == asio::error::connection_reset ||
         error == asio::error::broken_pipe || error == asio::ssl::error::stream_truncated;
}

}  // namespace

Result<void> render(Call& call, const HttpRequest& request) {
  if (!is_token(request.method)) return fail(ErrorKind::invalid, "the HTTP method is not a word");
  Headers headers;
  bool agent = false;
  for (const auto& header : request.headers) {
    if (!is_ours(header.first)) headers.push_back(header);
    agent = agent || same_name(header.first, "User-Agent");
  }
  if (!agent && !call.user_agent.empty()) headers.emplace_back("User-Agent", call.user_agent);
  if (!call.proxy_authorization.empty()) headers.emplace_back("Proxy-Authorization", call.proxy_authorization);
  call.head_only = request.method == "HEAD";
  call.head = request.method + ' ' + call.target +
              " HTTP/1.1\r\nHost: " + call.origin.substr(call.origin.find("://") + 3) + "\r\n";
  ROLLCALL_CHECK(append_headers(call.head, headers));
  if (carries_body(request)) call.head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  call.head += "\r\n";
  return {};
}

asio::awaitable<Outcome> exchange(Stream& stream, const Call& call) {
  Deadline deadline(stream.get_executor());
  deadline.arm(stream.socket(), call.until);
  const std::array<asio::const_buffer, 2> message = {asio::buffer(call.head), asio::buffer(call.body)};
  const auto [write_error, written] = co_await asio::async_write(stream, message, token);
  boost::beast::flat_buffer buffer;
  std::optional<Parser> parser;
  error_code error = write_error;
  // A server may refuse a long body early and close (413): its answer is read although the rest could not be written.
  if (!write_error || (is_closed(write_error) && !deadline.expired()))
    error = co_await read_answer(stream, call, buffer, parser);
  Outcome outcome;
  if (!error) {
    outcome.keep = !write_error && parser->keep_alive() && !parser->need_eof() && buffer.size() == 0 &&
                   !deadline.expired() && parser->get().result_int() != 101;
    outcome.result = take(*parser);
    co_return outcome;
  }
  outcome.unanswered = is_closed(error) && !deadline.expired() && buffer.size() == 0 && !(parser && parser->got_some());
  outcome.result = tl::unexpected(explain(error, deadline, call));
  co_return outcome;
}

}  // namespace rollcall::net
