#include "app/commands/status.hpp"

#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/leadership.hpp"
#include "app/session.hpp"

namespace rollcall::app {
namespace {

Result<report::ProviderStatus> provider_status(store::State& state, const std::string& name) {
  report::ProviderStatus s;
  ROLLCALL_TRY(const auto row, state.provider(name));
  s.row = row.value_or(store::ProviderRow{});
  s.row.name = name;
  ROLLCALL_TRY(const auto linked, state.count_accounts(name, true));
  ROLLCALL_TRY(const auto others, state.count_accounts(name, false));
  s.row.accounts = linked + others;
  ROLLCALL_TRY(const auto holds, state.holds(name));
  for (const auto& h : holds) {
    s.held += h.state == "held";
    s.waived += h.state == "waived";
  }
  ROLLCALL_TRY(const auto invitations, state.invitations(name, ""));
  for (const auto& i : invitations) ++s.invitations[i.state];
  s.pending = s.held;
  return s;
}

// Pending is what the last run was to do and did not, and what is held.
Result<void> count_pending(store::State& state, report::Status& s) {
  if (s.runs.empty()) return {};
  store::State::ActionFilter filter;
  filter.run = s.runs.front().id;
  ROLLCALL_TRY(const auto actions, state.actions(filter, 1000000));
  for (auto& p : s.providers)
    for (const auto& a : actions) p.pending += a.provider == p.row.name && a.outcome != "done";
  return {};
}

// A problem is known when the run before the last one had it too.
Result<void> add_problems(store::State& state, report::Status& s) {
  std::map<std::string, Instant> before;
  for (std::size_t i = 0; i < s.runs.size() && i < 2; ++i) {
    store::State::ActionFilter filter;
    filter.run = s.runs[i].id;
    filter.failed = true;
    ROLLCALL_TRY(const auto actions, state.actions(filter, 1000));
    for (const auto& a : actions) {
      const std::string text = a.kind + " of " + a.name + " (" + a.person + ") at " + a.provider + ": " + a.detail;
      if (i == 1) before[text] = a.finished;
      if (i == 0) s.problems.push_back({text, a.finished, false});
    }
  }
  for (auto& p : s.problems)
    if (auto it = before.find(p.text); it != before.end()) {
      p.known = true;
      p.since = it->second;
    }
  for (const auto& row : s.sources)
    if (!row.complete && row.last_read != Instant{})
      s.problems.push_back({"source " + row.name + ": the last read was incomplete: " + row.detail, row.last_read,
                            row.last_complete != Instant{} && row.last_complete < row.last_read - std::chrono::hours{1}});
  for (const auto& p : s.providers)
    if (!p.row.complete && p.row.last_complete == Instant{} && !p.row.detail.empty())
      s.problems.push_back({"provider " + p.row.name + ": " + p.row.detail, {}, false});
  return {};
}

}  // namespace

Result<report::Status> status_of(store::State& state, const Settings& settings, Instant now) {
  report::Status s;
  s.now = now;
  for (const auto& source : settings.sources) {
    ROLLCALL_TRY(const auto row, state.source(source.name));
    s.sources.push_back(row.value_or(store::SourceRow{}));
    s.sources.back().name = source.name;
  }
  for (const auto& provider : settings.providers) {
    ROLLCALL_TRY(auto p, provider_status(state, provider.name));
    s.providers.push_back(std::move(p));
  }
  ROLLCALL_TRY(s.runs, state.runs({}, 10));
  ROLLCALL_TRY(const auto lease, state.lease("reconcile"));
  s.leading = lease && may_live(lease->holder);
  s.daemon = s.leading && lease->holder.ends_with(" run");
  ROLLCALL_CHECK(add_problems(state, s));
  ROLLCALL_CHECK(count_pending(state, s));
  return s;
}

int status(const Options& options, std::ostream& out, std::ostream& err) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  auto state = store::State::open(configuration->settings.state.url, store::Access::read);
  Result<report::Status> s = report::Status{};
  if (state) {
    s = status_of(**state, configuration->settings, system_now());
  } else if (state.error().kind == ErrorKind::not_found) {
    auto empty = store::State::open(configuration->settings.state.url, store::Access::scratch);
    if (empty) s = status_of(**empty, configuration->settings, system_now());
  } else {
    s = tl::unexpected<Error>(state.error());
  }
  if (!s) {
    complain(err, s.error().message);
    return exit_nothing_done;
  }
  if (options.json)
    out << json::write_pretty(report::status_json(*s)) << "\n";
  else
    out << report::status_text(*s);
  return exit_done;
}

}  // namespace rollcall::app
