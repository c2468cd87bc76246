// One run from lease to exit code, for `apply` and for each turn of the daemon: reads, plans, asks, carries out, writes the run down.
// Thread rule: the reconciling thread.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "app/session.hpp"

namespace rollcall::app {

struct Turn {
  std::string mode = "apply";                        // apply run observe undo
  std::optional<Plan> saved;                         // carry out exactly this
  sync::Scope scope;
  bool approved_only = false;                        // of an undo: what a brake had held and a person has approved since
  std::function<bool(const Plan&)> agree;            // shown the plan; false: nothing is done
  sync::OnOutcome on_outcome;
  const std::atomic<bool>* stop = nullptr;
};

struct TurnResult {
  sync::Reconciliation reconciliation;
  sync::RunReport report;
  bool refused = false;                              // the answer was no
};

// `state` is open for writing and the lease is held.
Result<TurnResult> take_turn(store::State& state, Wiring& wiring, const Turn& turn);

}  // namespace rollcall::app
