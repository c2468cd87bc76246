#include "app/commands/undo.hpp"

#include <iostream>

#include "app/carry_out.hpp"
#include "app/commands/apply.hpp"
#include "app/commands/check.hpp"
#include "app/commands/plan.hpp"
#include "app/console.hpp"
#include "app/leadership.hpp"
#include "app/privileges.hpp"
#include "app/session.hpp"
#include "report/escape.hpp"
#include "report/plan_json.hpp"
#include "sync/undoing.hpp"

namespace rollcall::app {
namespace {

int refuse(std::ostream& err, const Error& error) {
  complain(err, error.message);
  return exit_nothing_done;
}

struct Target {
  std::string run;
  bool did_anything = false;
};

// The run that is meant. One that is under way cannot be undone; one that was killed can, as far as it came.
Result<Target> target_of(const Options& options, const std::string& url) {
  auto state = store::State::open(url, store::Access::read);
  if (!state && state.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::not_found, "no run has the id \"" + options.run + "\": there is no state yet, so nothing was ever done");
  if (!state) return tl::unexpected<Error>(state.error());
  ROLLCALL_TRY(const auto run, sync::run_named(**state, options.run));
  ROLLCALL_TRY(const std::string busy, leader(**state));
  if (run.result == "running" && !busy.empty())
    return fail(ErrorKind::refused, "run " + run.id + " is still under way (" + busy + "); wait for its end");
  Target target{run.id, false};
  ROLLCALL_TRY(target.did_anything, sync::did_anything(**state, run.id, ""));
  target.did_anything = target.did_anything || run.result == "running";   // killed: what is in doubt is settled first
  return target;
}

// On a private copy of the state: nothing is written but the file that -o names.
int preview(const Options& options, const Configuration& configuration, const Turn& turn, std::ostream& out, std::ostream& err) {
  WiringOptions wish;
  wish.sends_mail = false;
  wish.patience_limit = std::chrono::minutes{1};
  auto wiring = wire(configuration, wish);
  if (!wiring) {
    complain(err, said(wiring.error()));
    return exit_configuration;
  }
  sync::Scope scope = turn.scope;
  scope.progress = progress_on_terminal(options);
  const auto compute = [&]() -> Result<sync::Reconciliation> {
    ROLLCALL_TRY(auto state, store::State::open(configuration.settings.state.url, store::Access::scratch));
    return sync::reconcile(*state, (*wiring)->house, (*wiring)->io, system_now(), scope);
  };
  auto r = compute();
  if (scope.progress) err << "\r\033[K";
  if (!r) return refuse(err, r.error());
  print_plan(r->plan, options, out);
  if (!options.output.empty())
    if (auto saved = report::save_plan(options.output, r->plan); !saved) return refuse(err, saved.error());
  return plan_exit(*r, options);
}

}  // namespace

int undo(const Options& options, std::istream& in, std::ostream& out, std::ostream& err) {
  const bool only_shown = options.preview && !options.yes;
  if (!options.yes && !only_shown && !can_ask()) {
    complain(err, "there is no terminal to ask on; say --yes to carry out the undo without a question, or --format or -o FILE to only see it");
    return exit_usage;
  }
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  const std::string& url = configuration->settings.state.url;
  if (auto owner = become_owner_of_state(url); !owner) return refuse(err, owner.error());
  const auto target = target_of(options, url);
  if (!target) return refuse(err, target.error());
  if (!target->did_anything && !options.preview) {
    out << "Run " << report::printable(target->run) << " changed nothing: nothing to undo.\n";
    return exit_done;
  }
  Turn turn;
  turn.scope.undo = target->run;
  if (only_shown) return preview(options, *configuration, turn, out, err);
  return carry_out_now(options, *configuration, std::move(turn), in, out, err);
}

}  // namespace rollcall::app
