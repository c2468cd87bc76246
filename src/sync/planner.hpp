// The plan of one provider from what the state holds: streams the open pairs in order of person, decides each, then the brakes.
// Thread rule: the reconciling thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/guard.hpp"
#include "core/subject.hpp"
#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "sync/census.hpp"
#include "sync/roster.hpp"

namespace rollcall::sync {

struct PlannerOptions {
  std::string user;              // only this person; "" is all
  bool full = true;              // compare everybody's hashes, not only the dirty ones
};

struct Planned {
  ProviderPlan plan;
  std::vector<Warning> warnings;
  bool trouble = false;          // something that exits 4 stands in the plan (role missing, ambiguous group)
};

Result<Planned> plan_provider(store::State& state, const ProviderSeat& seat, Roster& roster, const Census& census, Instant now,
                              const PlannerOptions& options);

// One person's whole situation at one provider, for the planner, the executor and `explain`.
Result<core::Subject> subject_of(store::State& state, const ProviderSeat& seat, const store::State::Pair& pair, Instant now);

// What an action is decided on: it is carried out only while this holds.
std::string precondition_of(const store::State::Pair& pair);

// The parts of a plan that the plan of an undo shares (sync/undoing.hpp).
ProviderPlan blank_plan(const ProviderSeat& seat, const Census& census);
Result<core::GuardInput> guard_input(store::State& state, const ProviderSeat& seat, const std::vector<Action>& actions, Instant now);   // uses `state` while it lives
void sum_up(ProviderPlan& plan, const ProviderSeat& seat);   // actions by kind, held ones, calls and time

core::Policy policy_of(const ProviderSeat& seat, const core::RoleBook& book, const Census& census);

}  // namespace rollcall::sync
