#include "app/commands/apply.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>

#include "app/carry_out.hpp"
#include "app/commands/check.hpp"
#include "app/commands/plan.hpp"
#include "app/console.hpp"
#include "app/leadership.hpp"
#include "app/privileges.hpp"
#include "report/escape.hpp"
#include "report/plan_json.hpp"

namespace rollcall::app {
namespace {

std::atomic<bool> asked_to_stop{false};

void on_signal(int) { asked_to_stop = true; }

Result<Plan> read_saved(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) return fail(ErrorKind::not_found, "the plan file " + path + " cannot be read");
  return report::read_plan(bytes.str());
}

void print_outcomes(const TurnResult& t, std::ostream& out, std::ostream& err) {
  for (const auto& o : t.report.troubles)
    err << to_string(o.outcome) << ": " << to_string(o.kind) << " " << report::printable(o.name) << " (" << report::printable(o.user)
        << ") at " << o.provider << ": " << report::printable(o.detail) << "\n";
  out << (t.reconciliation.plan.undo.empty() ? "Apply complete: " : "Undo complete: ");
  bool any = false;
  for (const auto& [kind, count] : t.report.done) {
    out << (any ? ", " : "") << count << " " << kind;
    any = true;
  }
  if (!any) out << "nothing done";
  if (t.report.failed) out << "; " << t.report.failed << " failed";
  if (t.report.skipped) out << "; " << t.report.skipped << " skipped";
  if (t.report.in_doubt) out << "; " << t.report.in_doubt << " in doubt";
  if (t.report.waiting) out << "; " << t.report.waiting << " waiting for their turn (rollcall invitations)";
  std::int64_t held = 0;
  for (const auto& p : t.reconciliation.plan.providers)
    held += std::count_if(p.actions.begin(), p.actions.end(), [](const auto& a) { return a.held.has_value(); });
  if (held) out << "; " << held << " held (rollcall holds)";
  out << ".\n";
}

bool agree(const Plan& plan, const Options& options, std::istream& in, std::ostream& out, std::ostream& err) {
  if (!options.quiet || options.format != "text") {
    print_plan(plan, options, out);
    out << (options.format == "text" ? "\n" : "") << std::flush;
  }
  if (!options.output.empty())
    if (auto saved = report::save_plan(options.output, plan); !saved) {
      complain(err, saved.error().message);
      return false;
    }
  if (options.yes || !has_actions(plan)) return true;
  return confirm(in, out, "Carry out this plan?");
}

int refuse(std::ostream& err, const Error& error) {
  complain(err, error.message);
  return exit_nothing_done;
}

}  // namespace

int apply(const Options& options, std::istream& in, std::ostream& out, std::ostream& err) {
  if (!options.yes && !can_ask()) {
    complain(err, "there is no terminal to ask on; say --yes to carry out the plan without a question");
    return exit_usage;
  }
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  Turn turn;
  if (!options.plan_file.empty()) {
    auto saved = read_saved(options.plan_file);
    if (!saved) return refuse(err, saved.error());
    turn.scope.undo = saved->undo;
    turn.saved = std::move(*saved);
  }
  return carry_out_now(options, *configuration, std::move(turn), in, out, err);
}

int carry_out_now(const Options& options, const Configuration& configuration, Turn turn, std::istream& in, std::ostream& out,
                  std::ostream& err) {
  if (!turn.scope.undo.empty()) turn.mode = "undo";
  use_zone(configuration.settings);
  auto wiring = wire(configuration, {});
  if (!wiring) {
    complain(err, said(wiring.error()));
    return exit_configuration;
  }
  if (auto owner = become_owner_of_state(configuration.settings.state.url); !owner) return refuse(err, owner.error());
  auto state = store::State::open(configuration.settings.state.url, store::Access::write);
  if (!state) return refuse(err, state.error());
  auto lead = Leadership::take(configuration.settings.state.url, options.wait, turn.mode, [] { asked_to_stop = true; });
  if (!lead) return refuse(err, lead.error());

  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  turn.stop = &asked_to_stop;
  turn.scope.progress = progress_on_terminal(options);
  turn.scope.audit = !turn.saved && turn.scope.undo.empty();
  turn.agree = [&](const Plan& plan) { return agree(plan, options, in, out, err); };
  auto done = take_turn(**state, **wiring, turn);
  if (turn.scope.progress) err << "\r\033[K";
  if (!done) return refuse(err, done.error());
  std::ostream& told = options.format == "text" ? out : err;    // a document on standard output stays one
  if (done->refused) {
    told << "Nothing was done.\n";
    return exit_done;
  }
  print_outcomes(*done, told, err);
  return run_exit(done->reconciliation, done->report);
}

}  // namespace rollcall::app
