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

  // From now on `socket` is closed at `at`, whatever was armed before. The socket must live until disarm().
  void arm(boost::asio::ip::tcp::socket& socket, TimePoint at) {
    const auto turn = ++state_->turn;
    state_->timer.expires_at(at);
    state_->timer.async_wait([state = state_, turn, &socket](boost::system::error_code) {
      if (turn != state->turn) return;  // disarmed or armed anew while this was queued
      state->expired = true;
      boost::system::error_code ignored;
      socket.close(ignored);
    });
  }
  void disarm() {
    ++state_->turn;
    state_->timer.cancel();
  }
  bool expired() const { return state_->expired; }

 private:
  struct State {
    explicit State(const boost::asio::any_io_executor& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    unsigned long turn = 0;
    bool expired = false;
  };
  std::shared_ptr<State> state_;  // a queued handler may outlive the Deadline
};

}  // namespace rollcall::net
