#include "app/daemon.hpp"

#include <cstdlib>
#include <ctime>

#include "app/commands/status.hpp"
#include "app/service.hpp"
#include "log/log.hpp"
#include "sync/throttle.hpp"

namespace rollcall::app {
namespace asio = boost::asio;

Daemon::Daemon(const Options& options, Configuration configuration) : options_(options), configuration_(std::move(configuration)) {}

namespace {

// By source: which of its tokens that are still good ends first; where none is, which ended last.
std::map<std::string, double> token_expiry(store::State& state, Instant now) {
  std::map<std::string, Instant> living, over;
  const auto tokens = state.tokens().value_or(std::vector<store::TokenRow>{});
  for (const auto& token : tokens) {
    if (token.expires == Instant{}) continue;
    if (token.expires > now) {
      auto& first = living.try_emplace(token.source, token.expires).first->second;
      first = std::min(first, token.expires);
    } else {
      auto& last = over[token.source];
      last = std::max(last, token.expires);
    }
  }
  living.merge(over);
  std::map<std::string, double> out;
  for (const auto& [source, at] : living) out[source] = static_cast<double>(at.time_since_epoch().count()) / 1000.0;
  return out;
}

}  // namespace

// ---- signals, watchdog ----

void Daemon::listen_for_signals() {
  signals_.async_wait([this](boost::system::error_code error, int number) {
    if (error) return;
    on_signal(number);
    listen_for_signals();
  });
}

void Daemon::on_signal(int number) {
  if (number == SIGHUP) {
    reload_ = true;
  } else {
    stop_ = true;
    // A call that hangs must not keep the daemon: its intent is in the journal, and the next start settles it.
    last_call_.expires_after(std::chrono::seconds{8});
    last_call_.async_wait([](boost::system::error_code error) {
      if (error) return;
      log::warn("a call is still under way; it is in the journal and is settled at the next start");
      log::flush();
      std::_Exit(exit_done);
    });
    const std::lock_guard lock(mutex_);
    if (wiring_) wiring_->halt();        // reads end as incomplete, calls under way are finished or journalled
  }
  wake();
}

void Daemon::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  condition_.notify_all();
}

void Daemon::move_due() {
  const std::lock_guard lock(mutex_);
  due_moved_ = true;
  condition_.notify_all();
}

Daemon::Due Daemon::wait_until(Steady::time_point at) {
  while (true) {
    const auto clock = next_due();
    std::unique_lock lock(mutex_);
    due_moved_ = false;
    const auto pushed = reception_.due().value_or(Steady::time_point::max());
    const bool called = condition_.wait_until(lock, std::min({at, clock, pushed}), [this] { return woken_ || due_moved_; });
    const auto now = Steady::now();
    if (woken_ || (!called && now >= at)) {
      woken_ = false;
      return Due::poll;
    }
    if (called) continue;
    if (const auto due = reception_.due(); due && *due <= now) return Due::pushed;   // more writes may have put it off
    if (now >= clock) return Due::clock;
  }
}

void Daemon::stand_down() {
  leading_ = false;
  reception_.close();
  close_lanes();
  leadership_.reset();
}

Daemon::~Daemon() {
  reception_.close();
  close_lanes();
  service_.finish();
}

void Daemon::feed() {
  const auto interval = watchdog_interval();
  if (interval.count() == 0) return;
  feed_watchdog();
  watchdog_.expires_after(interval);
  watchdog_.async_wait([this](boost::system::error_code error) {
    if (!error) feed();
  });
}

// ---- the house ----

Result<void> Daemon::build() {
  ROLLCALL_TRY(auto fresh, wire(configuration_, {}));
  for (auto& seat : fresh->house.providers)
    seat.throttle->observer = [this, name = seat.rules.settings.name](int status, double seconds) { metrics_.request(name, status, seconds); };
  const std::lock_guard lock(mutex_);
  std::swap(wiring_, fresh);       // the old house ends behind the lock: it may wait for a provider
  return {};
}

void Daemon::reload() {
  reload_ = false;
  notify_reloading();
  auto fresh = load(options_.file, data_folder(options_.mappings));
  if (!fresh) {
    for (const auto& problem : fresh.error()) log::error("the new configuration is invalid; the old one stays", {{"problem", language::to_string(problem)}});
  } else {
    if (fresh->settings.state.url != configuration_.settings.state.url || fresh->settings.admin.listen != configuration_.settings.admin.listen ||
        fresh->settings.schedule.zone != configuration_.settings.schedule.zone)
      log::warn("[state], [admin] and the zone of [schedule] are read at the start only; restart for them");
    close_lanes();                         // they stand on the old house
    std::swap(configuration_, *fresh);
    if (auto built = build(); !built) {
      std::swap(configuration_, *fresh);
      log::error("the new configuration cannot be used; the old one stays", {{"problem", said(built.error())}});
    } else {
      reception_.reload(configuration_);
      (void)log::configure(configuration_.settings.log.level, configuration_.settings.log.format);
      log::info("configuration reloaded");
      next_full_ = {};
    }
  }
  notify_ready();
}

int Daemon::open_doors() {
  const auto& settings = configuration_.settings;
  auto state = store::State::open(settings.state.url, store::Access::write);
  if (!state) {
    log::error("the state cannot be opened", {{"problem", state.error().message}});
    return exit_nothing_done;
  }
  state_ = std::move(*state);
  if (!settings.admin.listen.empty()) {
    const auto at = net::parse_endpoint(settings.admin.listen);
    net::ServerOptions options;
    if (at) {
      options.address = at->address;
      options.port = at->port;
    }
    auto server = at ? net::listen(service_.executor(), options, endpoint::admin_handler(metrics_, readiness_))
                     : Result<std::unique_ptr<net::Server>>(tl::unexpected<Error>(at.error()));
    if (!server) {
      log::error("the admin endpoint cannot listen", {{"problem", server.error().message}});
      return exit_nothing_done;
    }
    admin_ = std::move(*server);
  }
  auto control = endpoint::ControlServer::open(service_.executor(), settings.admin.control, [this] { wake(); });
  if (control)
    control_ = std::move(*control);
  else  // the daemon does its work without it; what is decided beside it is seen at the next poll
    log::warn("no control socket", {{"problem", control.error().message}});
  return exit_done;
}

// ---- leading ----

bool Daemon::lead() {
  bool told = false;
  while (!stop_) {
    auto lead = Leadership::take(configuration_.settings.state.url, Duration{0}, "run", [this] { wake(); });
    if (lead) {
      leadership_ = std::move(*lead);
      leading_ = true;
      readiness_.set(true, "leading");
      return true;
    }
    readiness_.set(false, "standing by: " + lead.error().message);
    if (!told) log::info("standing by", {{"reason", lead.error().message}});
    told = true;
    std::unique_lock lock(mutex_);
    condition_.wait_for(lock, std::chrono::seconds{1}, [this] { return woken_; });
    woken_ = false;
  }
  return false;
}

// ---- turns ----

Daemon::Steady::duration Daemon::jittered(Duration d) {
  const double share = configuration_.settings.schedule.jitter;
  const double factor = 1.0 + share * (2.0 * static_cast<double>(random_()) / static_cast<double>(random_.max()) - 1.0);
  return std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double, std::milli>(static_cast<double>(d.count()) * factor));
}

void Daemon::publish(store::State& state) {
  auto status = status_of(state, configuration_.settings, system_now());
  if (!status) return;
  const auto seconds = [](Instant at) { return static_cast<double>(at.time_since_epoch().count()) / 1000.0; };
  endpoint::Figures figures;
  std::string quarantined;
  for (const auto& p : status->providers) {
    figures.providers[p.row.name] = {seconds(p.row.last_success), p.pending, p.held, p.waived, p.invitations, !p.row.circuit.empty()};
    if (!p.row.circuit.empty()) quarantined += (quarantined.empty() ? "" : ", ") + p.row.name;
  }
  const auto& sources = configuration_.settings.sources;
  for (std::size_t i = 0; i < status->sources.size() && i < sources.size(); ++i) {    // contract section 7: of a pushed one its last request
    const auto& s = status->sources[i];
    figures.sources[s.name] = {seconds(sources[i].type == "scim" ? s.last_read : s.last_complete), s.people};
  }
  figures.token_expiry = token_expiry(state, system_now());
  metrics_.set(figures);
  if (leading_) readiness_.set(true, quarantined.empty() ? "leading" : "leading; in quarantine: " + quarantined);
}

// ---- sources and lanes ----

void Daemon::close_lanes() {
  for (const auto& lane : lanes_) lane->quit();
  lanes_.clear();
}

Result<void> Daemon::open_lanes() {
  close_lanes();
  for (const auto& provider : configuration_.settings.providers) {
    ROLLCALL_TRY(auto state, store::State::open(configuration_.settings.state.url, store::Access::write));
    LaneOptions options;
    options.provider = provider.name;
    options.mode = options_.observe ? "observe" : "run";
    options.people = &people_;
    options.on_outcome = [this](const sync::Outcome& o) { note(o); };
    options.after_turn = [this](store::State& own) {
      publish(own);
      move_due();
    };
    lanes_.push_back(std::make_unique<Lane>(*wiring_, std::move(state), std::move(options)));
  }
  return {};
}

void Daemon::note(const sync::Outcome& o) {
  metrics_.action(o.provider, std::string(to_string(o.kind)), std::string(to_string(o.outcome)));
  if (o.outcome != sync::OutcomeKind::done && o.outcome != sync::OutcomeKind::waiting)
    log::warn("action did not succeed", {{"kind", to_string(o.kind)}, {"provider", o.provider}, {"user", o.user},
                                         {"outcome", to_string(o.outcome)}, {"detail", o.detail}});
  else
    log::debug("action done", {{"kind", to_string(o.kind)}, {"provider", o.provider}, {"user", o.user}, {"outcome", to_string(o.outcome)}});
}

void Daemon::gather(bool pushed) {
  const auto begin = Steady::now();
  const bool full = !pushed && begin >= next_full_;
  reception_.taken();                      // what comes from here on is looked at once more
  sync::Scope scope;
  scope.pushed = pushed;
  scope.people = &people_;
  const auto gathered = sync::gather(*state_, wiring_->house, system_now(), scope);
  if (!gathered) {
    log::error("the sources could not be read", {{"problem", gathered.error().message}});
  } else {
    for (const auto& s : gathered->sources)
      if (!s.complete) log::warn("source read incompletely", {{"source", s.name}, {"reason", s.detail}});
    for (const auto& w : gathered->warnings) log::debug("a record of a source", {{"source", w.source}, {"record", w.record}, {"detail", w.detail}});
    for (const auto& lane : lanes_) lane->ask(full);
  }
  const auto& schedule = configuration_.settings.schedule;
  if (full) next_full_ = begin + jittered(schedule.full);
  if (!pushed) next_poll_ = Steady::now() + jittered(schedule.poll);
  publish(*state_);
}

// Start dates, end dates, deletions and reminders act without a read.
Daemon::Steady::time_point Daemon::next_due() {
  const auto due = state_->next_due(looked_at_);
  if (!due || *due == Instant{}) return Steady::time_point::max();
  return Steady::now() + std::max(Duration{0}, *due - system_now());
}

void Daemon::look_at_clock() {
  looked_at_ = system_now();
  for (const auto& lane : lanes_) lane->ask(false);
}

void Daemon::await_poll() {
  while (!stop_) {
    const Due due = wait_until(std::min(next_poll_, next_full_));
    if (due == Due::poll) return;
    if (due == Due::clock) look_at_clock();
    if (due == Due::pushed && !stop_) gather(true);
  }
}

int Daemon::loop() {
  for (int number : {SIGTERM, SIGINT, SIGHUP}) signals_.add(number);
  asio::post(service_.executor(), [this] {
    listen_for_signals();
    feed();
  });
  if (const int code = open_doors(); code != exit_done) return code;
  if (auto built = build(); !built) {
    log::error("the configuration cannot be used", {{"problem", said(built.error())}});
    return exit_configuration;
  }
  notify_ready();
  while (!stop_) {
    if (!leadership_ && !lead()) break;
    if (leadership_->lost()) {   // never write without the lease
      stand_down();
      continue;
    }
    if (reload_) reload();
    if (lanes_.empty()) {
      if (auto opened = open_lanes(); !opened) {
        log::error("the state cannot be opened", {{"problem", opened.error().message}});
        return exit_nothing_done;
      }
    }
    if (auto opened = reception_.open(configuration_); !opened) {
      log::error("the SCIM endpoint cannot be opened", {{"problem", opened.error().message}});
      return exit_nothing_done;
    }
    gather(false);
    notify_status("waiting for the next poll");
    await_poll();
  }
  stand_down();
  notify_stopping();
  readiness_.set(false, "stopping");
  if (admin_) admin_->stop();
  control_.reset();
  signals_.cancel();
  service_.finish();
  log::info("stopped");
  log::flush();
  return exit_done;
}

}  // namespace rollcall::app
