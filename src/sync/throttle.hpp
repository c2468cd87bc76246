// The provider's limits, kept once for all that share a url (promise 11): no window of the unit holds more requests than the rate,
// never more than `concurrency` at a time, Retry-After is the earliest time for everybody. And the circuit: a provider that goes on
// failing is asked no more in this run. Wraps the HTTP client, so retries and token calls count too.
// Thread rule: the I/O thread; the counters may be read anywhere.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "rollcall/http.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::sync {

class Throttle {
 public:
  using Steady = std::chrono::steady_clock;

  Throttle(Rate rate, int concurrency) : rate_(rate), free_(concurrency) {}

  boost::asio::awaitable<void> enter();       // waits for its turn
  void leave();
  void not_before(Steady::time_point at);     // Retry-After of any answer
  std::chrono::milliseconds held_for() const; // how long that is still ahead

  // The circuit: three calls in a row given up, or most of them, and the provider is asked no more in this run.
  bool open() const { return halted_.load() || tripped(); }
  bool tripped() const { return failures_.load() >= 3 || (given_up_.load() >= 5 && given_up_.load() > answered_.load()); }
  void halt() { halted_ = true; }             // the process ends: repeat nothing any more
  void gave_up() { ++failures_, ++given_up_; }  // a call failed after all its retries
  void succeeded() { failures_ = 0, ++answered_; }
  void close() { failures_ = 0; }
  void reset() { failures_ = given_up_ = answered_ = 0; }
  int given_up() const { return given_up_.load(); }
  int answered() const { return answered_.load(); }

  std::atomic<std::int64_t> requests{0};
  // Told of every answer: status (0: none) and seconds. For metrics.
  std::function<void(int status, double seconds)> observer;

 private:
  Steady::time_point earliest() const;

  Rate rate_;
  int free_;
  Steady::time_point held_until_{};
  std::deque<boost::asio::steady_timer*> waiting_;   // for a place; each lives in its coroutine until it is called
  std::deque<Steady::time_point> recent_;     // starts within the last unit
  std::atomic<int> failures_{0}, given_up_{0}, answered_{0};
  std::atomic<bool> halted_{false};
};

// Sends through the throttle. `inner` outlives the result.
std::unique_ptr<HttpClient> throttled(HttpClient& inner, std::shared_ptr<Throttle> throttle);

}  // namespace rollcall::sync
