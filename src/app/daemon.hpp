// The daemon's loop: when to look, what to do with signals, who leads. Thread rule: loop() on the main thread; the service Io runs the
// admin endpoint, the control socket, signals and the watchdog.
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
#include "app/leadership.hpp"
#include "app/options.hpp"
#include "endpoint/admin.hpp"
#include "endpoint/control.hpp"

namespace rollcall::app {

class Daemon {
 public:
  Daemon(const Options& options, Configuration configuration);
  ~Daemon() { service_.finish(); }        // the I/O thread ends before anything that it may touch
  int loop();

 private:
  using Steady = std::chrono::steady_clock;

  int open_doors();                       // exit code, 0 is open
  Result<void> build();                   // the house, from configuration_
  bool lead();                            // waits for the lease; false: asked to stop
  void turn();
  void reload();
  void wait_until(Steady::time_point at);
  void wake();
  void on_signal(int number);
  void listen_for_signals();
  void feed();
  void publish();                         // figures for /metrics
  Steady::duration jittered(Duration d);

  const Options& options_;
  Configuration configuration_;
  endpoint::Metrics metrics_;
  endpoint::Readiness readiness_;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;
  std::atomic<bool> reload_{false}, stop_{false};
  std::minstd_rand random_{std::random_device{}()};
  Steady::time_point next_poll_{}, next_full_{};

  std::unique_ptr<store::State> state_;
  std::optional<Leadership> leadership_;
  std::unique_ptr<Wiring> wiring_;        // guarded by mutex_ where a signal reads it
  sync::Io service_;                      // before what stands on it: the doors close first
  std::unique_ptr<net::Server> admin_;
  std::unique_ptr<endpoint::ControlServer> control_;
  boost::asio::signal_set signals_{service_.executor()};
  boost::asio::steady_timer watchdog_{service_.executor()};
  boost::asio::steady_timer last_call_{service_.executor()};   // runs from SIGTERM on
};

}  // namespace rollcall::app
