// Host names to addresses. The system's resolver blocks and cannot be interrupted, so each look-up has a thread of its
// own that is left behind when time is up: one dead name server delays nobody else. Thread rule: await it on the
// executor given.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/timeout.hpp"
#include "rollcall/result.hpp"

namespace rollcall::net {

boost::asio::awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(
    boost::asio::any_io_executor executor, std::string host, unsigned short port, TimePoint until);

}  // namespace rollcall::net
