#include "app/commands/plan.hpp"

#include <unistd.h>

#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/privileges.hpp"
#include "app/session.hpp"
#include "report/plan_html.hpp"
#include "report/plan_json.hpp"
#include "report/plan_text.hpp"

namespace rollcall::app {
namespace {

Result<sync::Reconciliation> compute(const Options& options, Wiring& wiring) {
  // A private copy: what a plan learns is gone with it (contract section 1).
  ROLLCALL_TRY(auto state, store::State::open(wiring.house.settings.state.url, store::Access::scratch));
  sync::Scope scope;
  scope.offline = options.offline;
  scope.provider = options.provider;
  scope.progress = progress_on_terminal(options);
  if (!options.user.empty()) {
    auto user = person_named(*state, options.user);
    // Somebody whom only this read will bring is found by key after it.
    scope.user = user ? *user : options.user;
    if (!user && user.error().kind == ErrorKind::conflict) return tl::unexpected<Error>(user.error());
  }
  ROLLCALL_TRY(auto r, sync::reconcile(*state, wiring.house, wiring.io, system_now(), scope));
  if (!options.user.empty()) {
    ROLLCALL_TRY(const auto now_known, person_named(*state, options.user));
    if (now_known != scope.user) {
      scope.user = now_known;
      ROLLCALL_TRY(r, sync::reconcile(*state, wiring.house, wiring.io, system_now(), scope));
    }
  }
  return r;
}

}  // namespace

void print_plan(const Plan& plan, const Options& options, std::ostream& out) {
  if (options.format == "json") {
    out << report::write_plan(plan);
  } else if (options.format == "html") {
    Plan named = plan;
    named.id = report::canonical_id(plan);
    out << report::plan_html(named);
  } else {
    report::TextOptions text;
    text.colour = use_color(options.no_color, STDOUT_FILENO);
    text.verbose = options.verbose > 0;
    out << report::plan_text(plan, text);
  }
  out.flush();
}

int plan(const Options& options, std::ostream& out, std::ostream& err) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  if (!options.provider.empty() && !configuration->providers.contains(options.provider)) {
    complain(err, "no provider is called \"" + options.provider + "\"");
    return exit_usage;
  }
  WiringOptions wish;
  wish.offline = options.offline;
  wish.sends_mail = false;
  wish.patience_limit = std::chrono::minutes{1};
  use_zone(configuration->settings);               // the same hours as those of apply
  auto wiring = wire(*configuration, wish);
  if (!wiring) {
    complain(err, said(wiring.error()));
    return exit_configuration;
  }
  if (auto owner = become_owner_of_state(configuration->settings.state.url); !owner) {
    complain(err, owner.error().message);
    return exit_nothing_done;
  }
  auto r = compute(options, **wiring);
  if (progress_on_terminal(options)) err << "\r\033[K";
  if (!r) {
    complain(err, r.error().message);
    return exit_nothing_done;
  }
  print_plan(r->plan, options, out);
  if (!options.output.empty())
    if (auto saved = report::save_plan(options.output, r->plan); !saved) {
      complain(err, saved.error().message);
      return exit_nothing_done;
    }
  return plan_exit(*r, options);
}

}  // namespace rollcall::app
