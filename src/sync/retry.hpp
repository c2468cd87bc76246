// Calls a provider verb until it answers something that waiting will not change: exponential back-off with jitter, Retry-After
// obeyed, the circuit minded. A call in doubt is repeated only if repeating is harmless. Thread rule: the I/O thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rollcall/result.hpp"
#include "sync/house.hpp"
#include "sync/throttle.hpp"

namespace rollcall::sync {

enum class Repeat { harmless, never_in_doubt };

// How long to wait before attempt `attempt` (from 1): doubling from 200 ms to 30 s, with up to half of it at random.
inline std::chrono::milliseconds backoff(int attempt, std::minstd_rand& random) {
  const auto base = std::min<std::int64_t>(30000, 200LL << std::min(attempt - 1, 10));
  return std::chrono::milliseconds(base / 2 + static_cast<std::int64_t>(random() % static_cast<unsigned>(base / 2 + 1)));
}

template <class Verb>
auto retried(const ProviderSeat& seat, Verb verb, Repeat repeat = Repeat::harmless) -> decltype(verb()) {
  using Answer = typename decltype(verb())::value_type;
  std::minstd_rand random(std::random_device{}());
  const auto deadline = std::chrono::steady_clock::now() + seat.patience;
  for (int attempt = 1;; ++attempt) {
    if (seat.throttle && seat.throttle->open()) {
      Error closed{ErrorKind::unavailable, "the provider has failed again and again: it is left alone until the next run", {}, {}, false};
      co_return Answer(tl::unexpect, std::move(closed));
    }
    Answer answer = co_await verb();
    if (answer || !is_retryable(answer.error().kind)) {
      if (seat.throttle) seat.throttle->succeeded();
      co_return answer;
    }
    const Error& error = answer.error();
    const auto wait = std::max(backoff(attempt, random), error.retry_after.value_or(std::chrono::milliseconds{0}));
    const bool again = !(error.in_doubt && repeat == Repeat::never_in_doubt);
    if (!again || std::chrono::steady_clock::now() + wait > deadline) {
      if (seat.throttle && again) seat.throttle->gave_up();
      co_return answer;
    }
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, wait);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace rollcall::sync
