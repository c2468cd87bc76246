// HTTP/1.1 client over Boost.Beast: kept connections per origin, TLS 1.2+ with verification (OpenSSL, the system's CAs or one
// CA file), HTTPS_PROXY/NO_PROXY, a whole-exchange timeout. Redirects are answers, not followed.
// Thread rule: everything runs on the executor given; one client for a process.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "rollcall/http.hpp"

namespace rollcall::net {

struct ClientOptions {
  std::string ca_file;                  // empty: the system's
  std::size_t max_body = 64u << 20;     // a longer answer is `corrupt`
  std::size_t idle_per_origin = 16;
  std::string user_agent = "rollcall";
};

std::unique_ptr<HttpClient> make_client(boost::asio::any_io_executor executor, ClientOptions options = {});

}  // namespace rollcall::net
