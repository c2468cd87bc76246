// What plan, apply and run share: opening the state, reading both sides, exit codes. Thread rule: the main thread.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "app/options.hpp"
#include "app/wiring.hpp"
#include "store/state.hpp"
#include "sync/outcome.hpp"
#include "sync/reconciler.hpp"

namespace rollcall::app {

// The exit code of a plan alone (contract section 1): the first that applies of 1, 4, 3, 2, 0.
int plan_exit(const sync::Reconciliation& r, const Options& options);
// Of a run.
int run_exit(const sync::Reconciliation& r, const sync::RunReport& report);

bool has_actions(const Plan& plan);                 // that are not held
bool has_holds(const Plan& plan);

// For a decision, which makes no state where there is none.
Result<std::unique_ptr<store::State>> open_existing(const std::string& url);

// The key of a person named by key, user name, e-mail or DN; not_found or conflict with the keys to choose from.
Result<std::string> person_named(store::State& state, const std::string& text);

// Stages on a terminal's standard error, and only there.
std::function<void(std::string_view, const std::string&)> progress_on_terminal(const Options& options);

}  // namespace rollcall::app
