// The one timeout of this room: when its time comes it closes the socket it watches, so that whatever is under way on
// it - a connect, a handshake, a read - ends at once, and expired() tells the reason. Owned by the coroutine that uses
// the socket. Thread rule: the executor runs one thread.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace rollcall::net {

using TimePoint = std::chrono::steady_clock::time_point;

class Deadline {
 public:
  explicit Deadline(const boost::asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { disarm(); }

  // From now on `socket` is closed at `at`, whatever was armed before. The socket must live until disarm(). A wait that ends no later
  // than `at` goes on, and looks then: to arm anew for every request would cost more than what it guards.
  void arm(boost::asio::ip::tcp::socket& socket, TimePoint at) {
    state_->socket = &socket;
    state_->due = at;
    if (!state_->waiting || at < state_->timer.expiry()) State::wait(state_);
  }
  // Nothing is guarded until arm().
  void pause() { state_->due = TimePoint::max(); }
  // And nothing waits any more.
  void disarm() {
    pause();
    ++state_->turn;
    state_->waiting = false;
    state_->timer.cancel();
  }
  bool expired() const { return state_->expired; }

 private:
  struct State {
    explicit State(const boost::asio::any_io_executor& executor) : timer(executor) {}
    static void wait(const std::shared_ptr<State>& state) {
      const auto turn = ++state->turn;
      state->waiting = true;
      state->timer.expires_at(state->due);
      state->timer.async_wait([state, turn](boost::system::error_code) {
        if (turn != state->turn) return;  // disarmed or armed anew while this was queued
        state->waiting = false;
        if (state->due == TimePoint::max()) return;
        if (std::chrono::steady_clock::now() < state->due) return wait(state);
        state->expired = true;
        boost::system::error_code ignored;
        state->socket->close(ignored);
      });
    }
    boost::asio::steady_timer timer;
    boost::asio::ip::tcp::socket* socket = nullptr;
    TimePoint due = TimePoint::max();
    unsigned long turn = 0;
    bool waiting = false, expired = false;
  };
  std::shared_ptr<State> state_;  // a queued handler may outlive the Deadline
};

}  // namespace rollcall::net
