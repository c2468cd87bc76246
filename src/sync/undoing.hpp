// The plan that takes back a run (contract section 1, `undo`), and the waivers that keep the next run from doing it again.
// Thread rule: the reconciling thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/subject.hpp"
#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "store/write_queue.hpp"
#include "sync/census.hpp"
#include "sync/executor.hpp"
#include "sync/planner.hpp"

namespace rollcall::sync {

struct Reconciliation;   // sync/reconciler.hpp

// What the sources wanted at one provider when an undo was planned. What they want more afterwards is what was undone.
struct WantedBefore {
  std::string provider;
  core::Policy policy;
  std::map<std::string, std::set<std::string>> actions;   // person -> hold id and approval
  std::set<std::string> waived;                           // hold ids that a waiver covered already
};

// The run with this id, or the one whose id begins so. not_found and conflict say what to do.
Result<store::RunRow> run_named(store::State& state, const std::string& text);

// Whether the run did anything at the provider ("" is any) that succeeded.
Result<bool> did_anything(store::State& state, const std::string& run, const std::string& provider);

Result<Planned> plan_undo(store::State& state, const ProviderSeat& seat, Roster& roster, const Census& census, Instant now,
                          const std::string& run, WantedBefore& before);

// What no provider's plan can speak of: actions in doubt, and providers that are configured no more.
Result<std::vector<Warning>> beyond_undo(store::State& state, const House& house, const std::string& run);

// Runs whose undo was held by a brake, and approved since; and what is left of the plan of such an undo when only that goes on.
Result<std::set<std::string>> approved_undos(store::State& state, const std::string& provider);   // "": of all
Result<void> keep_approved(store::State& state, House& house, Plan& plan);

// execute(), between the waivers that are written before the first request, so that a crash loses none, and those that stay because the
// next plan would really do the undone thing again.
Result<RunReport> carry_out_undo(store::State& state, const Reconciliation& made, House& house, store::WriteQueue& queue, Io& io,
                                 const ExecutorOptions& options);

}  // namespace rollcall::sync
