// When pushed changes are acted on (contract section 6): a lone write soon, many of them together once they have stopped coming - one bad
// push must meet the brakes as a whole - and never later than `at_most` after the first. Pure; one thread, or the owner's lock.
#pragma once

#include <chrono>
#include <optional>

namespace rollcall::app {

class Burst {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds soon{200}, settled{5'000}, at_most{30'000};
  static constexpr int few = 10;      // writes that are a client's everyday work

  void write(Time now) {
    if (count_++ == 0) first_ = now;
    last_ = now;
  }
  // Nothing: no write waits.
  std::optional<Time> due() const {
    if (count_ == 0) return std::nullopt;
    const Time quiet = last_ + (count_ <= few ? soon : settled);
    return quiet < first_ + at_most ? quiet : first_ + at_most;
  }
  // What came until now is being acted on.
  void taken() { count_ = 0; }

 private:
  int count_ = 0;
  Time first_{}, last_{};
};

}  // namespace rollcall::app
