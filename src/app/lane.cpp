#include "app/lane.hpp"

#include "core/time.hpp"
#include "log/log.hpp"
#include "sync/quarantine.hpp"

namespace rollcall::app {

Lane::Lane(Wiring& wiring, std::unique_ptr<store::State> state, LaneOptions options)
    : wiring_(wiring), state_(std::move(state)), options_(std::move(options)), thread_([this] { loop(); }) {}

void Lane::ask(bool full) {
  const std::lock_guard lock(mutex_);
  asked_ = true;
  full_ = full_ || full;
  condition_.notify_all();
}

void Lane::quit() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  condition_.notify_all();
}

void Lane::stop() {
  quit();
  if (thread_.joinable()) thread_.join();
}

bool Lane::wait_for_work(bool& full) {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    condition_.wait(lock, [this] { return asked_ || stop_; });
    if (stop_) break;
    lock.unlock();
    const auto until = sync::quarantined_until(*state_, options_.provider, system_now());
    lock.lock();
    if (!until || *until == Instant{}) {
      full = full_;
      asked_ = full_ = false;
      return true;
    }
    condition_.wait_for(lock, *until - system_now(), [this] { return stop_.load(); });
  }
  return false;
}

void Lane::tell(const TurnResult& done, bool full) const {
  for (const auto& p : done.reconciliation.plan.providers) {
    if (!p.complete) log::warn("provider listed incompletely", {{"provider", p.name}, {"reason", p.detail}});
    if (auto held = p.summary.find("held"); held != p.summary.end() && held->second > 0)
      log::warn("actions are held", {{"provider", p.name}, {"held", held->second}});
  }
  log::info(full ? "full run" : "run", {{"provider", options_.provider}, {"done", done.report.carried_out}, {"failed", done.report.failed}});
}

void Lane::take(bool full) {
  Turn turn;
  turn.mode = options_.mode;
  turn.stop = &stop_;
  turn.on_outcome = options_.on_outcome;
  turn.scope.provider = options_.provider;
  turn.scope.sources = false;
  turn.scope.people = options_.people;
  turn.scope.full = turn.scope.list_providers = turn.scope.audit = full;
  auto done = take_turn(*state_, wiring_, turn);
  if (done)
    tell(*done, full);
  else
    log::error("the run failed", {{"provider", options_.provider}, {"problem", done.error().message}});
  const auto until = sync::quarantined_until(*state_, options_.provider, system_now());
  if (!until || *until == Instant{}) return;
  log::warn("the provider fails most of its calls and is left alone", {{"provider", options_.provider}, {"until", core::rfc3339(*until)}});
  ask(full);                                         // what was to be done is done by the probe
}

void Lane::loop() {
  bool full = false;
  while (wait_for_work(full)) {
    take(full);
    if (options_.after_turn) options_.after_turn(*state_);
  }
}

}  // namespace rollcall::app
