// One request and its answer on one open stream. The only client file behind which Beast stands. Thread rule: the
// executor's thread.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "net/stream.hpp"
#include "net/timeout.hpp"
#include "rollcall/http.hpp"

namespace rollcall::net {

struct Call {
  std::string origin, target;
  std::string proxy_authorization, user_agent;
  std::size_t max_body = 0;
  std::string head;  // request line and header, by render()
  std::string body;
  bool head_only = false;  // HEAD: the answer has no body
  TimePoint until;
};

struct Outcome {
  Result<HttpResponse> result;
  bool keep = false;        // the stream may carry another request
  bool unanswered = false;  // the other side closed before the first byte of an answer
};

// `invalid` for a method or header that would break the message apart (CR, LF, NUL).
Result<void> render(Call& call, const HttpRequest& request);

// Every error of it is in doubt: bytes of the request may have arrived.
boost::asio::awaitable<Outcome> exchange(Stream& stream, const Call& call);

}  // namespace rollcall::net
