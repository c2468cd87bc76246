// One process reconciles (contract 4.8): a lease in the state, held by host, pid and start time, so that a killed holder's lease is
// free at once and a living one is named. It is renewed for as long as the object lives, however long a run takes.
// Thread rule: made and destroyed by one thread; lost() from any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "store/state.hpp"

namespace rollcall::app {

class Leadership {
 public:
  // Takes the lease of the state at `url`, waiting at most `wait`. Refused names the holder. `on_lost` is told, on another thread, when
  // somebody else has it: whoever writes must stop.
  static Result<std::unique_ptr<Leadership>> take(const std::string& url, Duration wait, const std::string& what, std::function<void()> on_lost = {});
  ~Leadership();                           // gives it up
  bool lost() const { return lost_; }

 private:
  Leadership(std::unique_ptr<store::State> state, store::State::Lease lease, std::function<void()> on_lost);
  void keep();

  std::unique_ptr<store::State> state_;
  store::State::Lease lease_;
  std::function<void()> on_lost_;
  std::atomic<bool> lost_{false};
  std::mutex mutex_;
  std::condition_variable condition_;
  bool done_ = false;
  std::thread thread_;
};

// "host:pid:start what": who this process is.
std::string holder_name(const std::string& what);
// Who reconciles now; "" is nobody that may still live.
Result<std::string> leader(store::State& state);
// Whether the named holder may still live: another host's always may, a process of this host is looked up.
bool may_live(const std::string& holder);

}  // namespace rollcall::app
