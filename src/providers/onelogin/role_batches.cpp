#include "providers/onelogin/role_batches.hpp"

#include <optional>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::providers::onelogin {

namespace asio = boost::asio;

// How long the first waits for company: nothing beside a limit of 5,000 calls an hour, enough for the others of a run.
constexpr auto linger = std::chrono::milliseconds(100);

struct RoleBatches::Batch {
  explicit Batch(const asio::any_io_executor& executor) : news(executor, asio::steady_timer::time_point::max()) {}
  std::set<std::string> users;
  bool turn = false;                     // its first user may send
  std::optional<Result<void>> outcome;
  asio::steady_timer news;               // never expires: cancelled when there is news for who waits
};

RoleBatches::Answer RoleBatches::join(std::string what, std::string user, Send send) {
  Queue& queue = queues_[what];
  const bool first = !queue.next;
  if (first) queue.next = std::make_shared<Batch>(co_await asio::this_coro::executor);
  const std::shared_ptr<Batch> batch = queue.next;
  batch->users.insert(user);
  if (first && !queue.under_way) batch->turn = true;
  if (first) {
    asio::steady_timer company(co_await asio::this_coro::executor, linger);
    co_await company.async_wait(asio::use_awaitable);
  }
  while (first ? !batch->turn : !batch->outcome) {
    boost::system::error_code cancelled;
    co_await batch->news.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (first) {
    queue.under_way = true;
    queue.next.reset();                  // who comes from now on is for the next call
    auto outcome = co_await send(batch->users);
    batch->outcome = std::move(outcome);
    batch->news.cancel();
    queue.under_way = false;
    if (queue.next) {
      queue.next->turn = true;
      queue.next->news.cancel();
    }
  }
  const Result<void> outcome = *batch->outcome;
  const bool told = outcome || outcome.error().in_doubt || is_retryable(outcome.error().kind) || batch->users.size() == 1;
  if (told) co_return outcome;
  std::set<std::string> alone;
  alone.insert(user);
  co_return co_await send(std::move(alone));
}

}  // namespace rollcall::providers::onelogin
