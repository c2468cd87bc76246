// The way of the data, once: read the sources, settle what was in doubt, count the accounts, plan; and, for apply and run, carry out.
// Thread rule: one reconciling thread; the state that is handed in is its own.
#pragma once

#include <functional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "sync/house.hpp"
#include "sync/io.hpp"
#include "sync/planner.hpp"
#include "sync/undoing.hpp"

namespace rollcall::sync {

struct Scope {
  bool offline = false;              // from the last known state, no network
  bool contain = false;              // reads nothing either, but carries out: what `suspend` must do at once
  bool list_providers = true;        // false: a poll, which compares with the accounts as last listed
  bool full = true;                  // compare everybody's hashes, and list what never changes anything: strangers, dangling members
  bool sources = true;               // false: as gather() left them
  bool pushed = false;               // of the sources only those that clients push to: no directory is read for what they changed
  bool audit = false;                // read a share of accounts one by one, when the last time is long enough ago
  std::string provider, user;        // only this one; "" is all
  std::shared_mutex* people = nullptr;   // held by who plans, taken alone by who changes people; null: one thread does both
  std::string undo;                  // plan to take this run back, instead of what the sources want
  std::function<void(std::string_view stage, const std::string& detail)> progress;
};

// What the sources said, joined and mapped into the state.
struct Gathered {
  std::vector<SourcePlan> sources;
  std::vector<Warning> warnings;
  bool any_read = false, trouble = false;
  std::int64_t read_holds = 0;
};

struct Reconciliation {
  Plan plan;
  bool any_source_read = false, any_provider_read = false;
  bool trouble = false;              // exits 4 by itself: an incomplete read, a missing role, an unusable record
  std::int64_t read_holds = 0;       // reads that look wrong and wait for a decision
  std::map<std::string, std::map<std::string, std::string>> role_ids;
  std::vector<WantedBefore> wanted_before;   // of an undo
};

Result<Gathered> gather(store::State& state, const House& house, Instant now, const Scope& scope);
Result<Reconciliation> reconcile(store::State& state, House& house, Io& io, Instant now, const Scope& scope);

}  // namespace rollcall::sync
