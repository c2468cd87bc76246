#include "app/commands/history.hpp"

#include <algorithm>
#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/session.hpp"
#include "report/listing.hpp"

namespace rollcall::app {
namespace {

constexpr int most_runs = 1000, most_actions = 100000;

Result<std::vector<report::HistoryRun>> collect(store::State& state, const Options& o) {
  Instant since{};
  if (o.since) since = *o.since;
  if (o.since_ago) since = system_now() - *o.since_ago;
  store::State::ActionFilter filter;
  filter.failed = o.failed;
  if (!o.user.empty()) {
    ROLLCALL_TRY(filter.person, person_named(state, o.user));
  }
  std::vector<store::RunRow> runs;
  if (o.run.empty()) {
    ROLLCALL_TRY(runs, state.runs(since, most_runs));
  } else {
    ROLLCALL_TRY(const auto run, state.run(o.run));
    if (!run) return fail(ErrorKind::not_found, "no run has the id \"" + o.run + "\"");
    runs.push_back(*run);
  }
  std::vector<report::HistoryRun> out;
  for (auto& run : runs) {
    filter.run = run.id;
    ROLLCALL_TRY(auto actions, state.actions(filter, most_actions));
    std::reverse(actions.begin(), actions.end());
    if (actions.empty() && (o.failed ? run.result != "failed" : !o.user.empty())) continue;
    out.push_back({std::move(run), std::move(actions)});
  }
  return out;
}

}  // namespace

int history(const Options& options, std::ostream& out, std::ostream& err) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  auto state = store::State::open(configuration->settings.state.url, store::Access::read);
  std::vector<report::HistoryRun> runs;
  if (state) {
    auto read = collect(**state, options);
    if (!read) {
      complain(err, read.error().message);
      return exit_nothing_done;
    }
    runs = std::move(*read);
  } else if (state.error().kind != ErrorKind::not_found) {
    complain(err, state.error().message);
    return exit_nothing_done;
  }
  if (options.json)
    out << json::write_pretty(report::history_json(runs)) << "\n";
  else
    out << report::history_text(runs);
  return exit_done;
}

}  // namespace rollcall::app
