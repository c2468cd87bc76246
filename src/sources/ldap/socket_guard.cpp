#include "sources/ldap/socket_guard.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace rollcall::sources {

SocketGuard::SocketGuard() : thread_([this] { watch(); }) {}

SocketGuard::~SocketGuard() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SocketGuard::adopt(int descriptor) {
  std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  connected_ = true;
  if (shut_) shut_down_locked();
}

void SocketGuard::arm(std::chrono::milliseconds in) {
  std::lock_guard lock(mutex_);
  deadline_ = Clock::now() + in;
  // The thread finds a later deadline when it wakes for the old one: moving it on costs no wake-up.
  if (deadline_ < wakes_at_) changed_.notify_one();
}

void SocketGuard::disarm() {
  std::lock_guard lock(mutex_);
  deadline_ = Clock::time_point::max();
}

void SocketGuard::shut() {
  std::lock_guard lock(mutex_);
  shut_ = true;
  shut_down_locked();
}

bool SocketGuard::connected() const {
  std::lock_guard lock(mutex_);
  return connected_;
}

bool SocketGuard::expired() const {
  std::lock_guard lock(mutex_);
  return expired_;
}

void SocketGuard::shut_down_locked() {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

void SocketGuard::watch() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    wakes_at_ = deadline_;
    if (deadline_ == Clock::time_point::max())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, wakes_at_);
    if (Clock::now() < deadline_) continue;
    expired_ = shut_ = true;
    deadline_ = Clock::time_point::max();
    shut_down_locked();
  }
}

}  // namespace rollcall::sources
