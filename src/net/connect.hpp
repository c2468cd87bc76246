// From a URL to a stream ready for a request: look-up, TCP, the proxy's CONNECT, TLS. Nothing of the request has been
// sent when this fails, so no error of it is in doubt. Thread rule: await it on the executor given.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "net/proxy.hpp"
#include "net/stream.hpp"
#include "net/timeout.hpp"
#include "net/tls.hpp"

namespace rollcall::net {

struct Route {
  std::string host;
  unsigned short port = 0;
  TlsContext tls;       // null: clear text
  std::string ca_file;  // for messages
  std::optional<Proxy> proxy;
};

boost::asio::awaitable<Result<std::unique_ptr<Stream>>> connect(boost::asio::any_io_executor executor, Route route,
                                                                TimePoint until);

// The text and kind of an I/O error for people; `doing` ends the sentence "timed out while ...".
Error io_error(const boost::system::error_code& error, const Deadline& deadline, const std::string& host,
               const std::string& doing);

}  // namespace rollcall::net
