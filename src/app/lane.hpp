// One provider's own thread in the daemon: plans and carries out what is due there, and waits when it is in quarantine. Providers share
// the sources' people and nothing else, so one that is down, slow or refusing never delays another (promise 9).
// Thread rule: ask() and stop() from any thread; the lane's State is its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#include "app/carry_out.hpp"

namespace rollcall::app {

struct LaneOptions {
  std::string provider, mode;                        // mode: run, observe
  std::shared_mutex* people = nullptr;               // see sync::Scope
  sync::OnOutcome on_outcome;
  std::function<void(store::State&)> after_turn;     // on the lane's thread
};

class Lane {
 public:
  // The wiring outlives the lane.
  Lane(Wiring& wiring, std::unique_ptr<store::State> state, LaneOptions options);
  ~Lane() { stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void ask(bool full);   // a turn is wanted; full: the provider is listed, everybody is compared. Asked twice meanwhile is once
  void quit();           // begin nothing any more; returns at once
  void stop();           // quits and waits: what is in flight is finished or journalled; idempotent

 private:
  void loop();
  bool wait_for_work(bool& full);                    // false: stop
  void take(bool full);
  void tell(const TurnResult& done, bool full) const;

  Wiring& wiring_;
  std::unique_ptr<store::State> state_;
  LaneOptions options_;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool asked_ = false, full_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace rollcall::app
