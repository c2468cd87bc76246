// One read of one source into the state (contract 4.1): what differs is written, what is missing is marked, and the verdict
// decides what may be concluded. Nothing is written before the whole read is known. Thread rule: the reconciling thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "sync/house.hpp"

namespace rollcall::sync {

struct Intake {
  SourcePlan summary;
  bool reached = true;
  std::int64_t bad_records = 0;             // could not be used: exits 4
  std::vector<Warning> warnings;
  std::vector<store::HoldRow> read_holds;   // kind `read`: the answer looks wrong though it was success
  std::set<std::int64_t> people;            // person records to look at again
};

Result<Intake> take_in(store::State& state, const SourceSeat& seat, Instant now);

// Person records that a group's members come from: its own, and with `nested` those of the groups in it.
Result<void> members_of(store::State& state, const SourceSeat& seat, std::int64_t group, std::set<std::int64_t>& people);

}  // namespace rollcall::sync
