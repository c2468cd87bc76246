#include "net/resolve.hpp"

#include <netdb.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mutex>
#include <optional>
#include <thread>

namespace rollcall::net {
namespace {

namespace asio = boost::asio;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

// Shared by the waiting coroutine and the look-up's thread. Nothing is posted once `abandoned` is set, so that the
// executor's context may go while a look-up still hangs.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : signal(std::in_place, executor) {}
  std::mutex mutex;
  bool abandoned = false;
  std::optional<asio::steady_timer> signal;  // touched by the coroutine's thread only
  std::optional<Result<Endpoints>> result;
};

struct Abandon {
  std::shared_ptr<Lookup> lookup;
  ~Abandon() {
    const std::lock_guard lock(lookup->mutex);
    lookup->abandoned = true;
    lookup->signal.reset();
  }
};

Result<Endpoints> look_up(const std::string& host, unsigned short port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code == EAI_NONAME || code == EAI_NODATA)
    return fail(ErrorKind::unavailable, "the host name " + host + " was not found");
  if (code != 0)
    return fail(ErrorKind::unavailable, "the host name " + host + " cannot be looked up: " + gai_strerror(code));
  Endpoints out;
  for (const addrinfo* a = found; a; a = a->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (a->ai_addrlen > endpoint.capacity()) continue;
    std::copy_n(reinterpret_cast<const char*>(a->ai_addr), a->ai_addrlen, reinterpret_cast<char*>(endpoint.data()));
    endpoint.resize(a->ai_addrlen);
    endpoint.port(port);
    out.push_back(endpoint);
  }
  freeaddrinfo(found);
  return out;
}

void run_lookup(const std::shared_ptr<Lookup>& lookup, const asio::any_io_executor& executor, const std::string& host,
                unsigned short port) {
  auto result = look_up(host, port);
  const std::lock_guard lock(lookup->mutex);
  if (lookup->abandoned) return;
  lookup->result = std::move(result);
  asio::post(executor, [lookup] {
    if (lookup->signal) lookup->signal->cancel();
  });
}

}  // namespace

asio::awaitable<Result<Endpoints>> resolve(asio::any_io_executor executor, std::string host, unsigned short port,
                                           TimePoint until) {
  boost::system::error_code error;
  if (const auto address = asio::ip::make_address(host, error); !error)
    co_return Endpoints(1, asio::ip::tcp::endpoint(address, port));
  auto lookup = std::make_shared<Lookup>(executor);
  const Abandon abandon{lookup};
  lookup->signal->expires_at(until);
  std::thread(run_lookup, lookup, executor, host, port).detach();
  co_await lookup->signal->async_wait(asio::as_tuple(asio::use_awaitable));
  const std::lock_guard lock(lookup->mutex);
  if (lookup->result) co_return std::move(*lookup->result);
  if (std::chrono::steady_clock::now() < until)
    co_return fail(ErrorKind::cancelled, "the look-up of " + host + " was cancelled");
  co_return fail(ErrorKind::timeout, "the look-up of the host name " + host + " took too long");
}

}  // namespace rollcall::net
