// The daemon's loop: reads the sources, wakes the lanes of the providers, minds signals and who leads. Thread rule: loop() on the main
// thread; the service Io runs the admin endpoint, the control socket, signals and the watchdog; each lane has a thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/carry_out.hpp"
#include "app/config/load.hpp"
#include "app/lane.hpp"
#include "app/leadership.hpp"
#include "app/options.hpp"
#include "app/reception.hpp"
#include "endpoint/admin.hpp"
#include "endpoint/control.hpp"

namespace rollcall::app {

class Daemon {
 public:
  Daemon(const Options& options, Configuration configuration);
  ~Daemon();                              // the threads end before anything that they may touch
  int loop();

 private:
  using Steady = std::chrono::steady_clock;

  int open_doors();                       // exit code, 0 is open
  Result<void> build();                   // the house, from configuration_
  bool lead();                            // waits for the lease; false: asked to stop
  Result<void> open_lanes();
  void close_lanes();                     // all are told before one is waited for
  void gather(bool pushed);               // reads the sources, or looks at what clients pushed; then every lane has something to look at
  void await_poll();                      // does meanwhile what is due without a read of everything
  void look_at_clock();                   // what is due without a read
  Steady::time_point next_due();
  void reload();
  enum class Due { poll, clock, pushed };
  Due wait_until(Steady::time_point at);  // poll: then, or woken
  void stand_down();                      // without the lease, or at the end
  void note(const sync::Outcome& outcome);
  void wake();
  void move_due();                        // something is due that was not: look again how long to wait
  void on_signal(int number);
  void listen_for_signals();
  void feed();
  void publish(store::State& state);      // figures for /metrics and /readyz; any thread
  Steady::duration jittered(Duration d);

  const Options& options_;
  Configuration configuration_;
  endpoint::Metrics metrics_;
  endpoint::Readiness readiness_;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false, due_moved_ = false;
  std::atomic<bool> reload_{false}, stop_{false}, leading_{false};
  Instant looked_at_{};                   // what was due before is looked at
  std::minstd_rand random_{std::random_device{}()};
  Steady::time_point next_poll_{}, next_full_{};

  std::unique_ptr<store::State> state_;
  std::unique_ptr<Leadership> leadership_;
  std::unique_ptr<Wiring> wiring_;        // guarded by mutex_ where a signal reads it
  std::shared_mutex people_;              // see sync::Scope
  std::vector<std::unique_ptr<Lane>> lanes_;
  Reception reception_{metrics_, [this] { move_due(); }};
  sync::Io service_;                      // before what stands on it: the doors close first
  std::unique_ptr<net::Server> admin_;
  std::unique_ptr<endpoint::ControlServer> control_;
  boost::asio::signal_set signals_{service_.executor()};
  boost::asio::steady_timer watchdog_{service_.executor()};
  boost::asio::steady_timer last_call_{service_.executor()};   // runs from SIGTERM on
};

}  // namespace rollcall::app
