// Bounds every wait on one connection: at the deadline, or when asked, the socket is shut down, and whatever blocks on
// it returns. No option of libldap does that for a TLS handshake or half a TLS record. Owned by a connection; shut()
// may be called from any thread. Holds a duplicate of the descriptor, so a number used again by somebody else is never
// touched.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace rollcall::sources {

class SocketGuard {
 public:
  using Clock = std::chrono::steady_clock;

  SocketGuard();
  SocketGuard(const SocketGuard&) = delete;
  SocketGuard& operator=(const SocketGuard&) = delete;
  ~SocketGuard();

  void adopt(int descriptor);              // the connection stands; a later one takes the earlier one's place
  void arm(std::chrono::milliseconds in);  // moves the deadline
  void disarm();
  void shut();  // now, and every descriptor adopted later

  bool connected() const;  // adopt() was called
  bool expired() const;    // the deadline passed

 private:
  void watch();
  void shut_down_locked();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point wakes_at_ = Clock::time_point::max();
  int descriptor_ = -1;
  bool connected_ = false, expired_ = false, shut_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace rollcall::sources
