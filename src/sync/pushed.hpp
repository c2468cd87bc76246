// A source that clients push to (type scim): nothing is read, its records are in the state already. What is left to say: how many there
// are, whether anybody still pushes (`silence`), and that a changed mapping makes its records anew. Thread rule: the reconciling thread.
#pragma once

#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "sync/house.hpp"

namespace rollcall::sync {

inline bool is_pushed(const SourceSeat& seat) { return seat.settings.type == "scim"; }

// "" while the source is complete; else why not (contract section 2: silence).
std::string silence_of(const SourceSeat& seat, Instant last_request, Instant now);

Result<SourcePlan> look_at_pushed(store::State& state, const SourceSeat& seat, Instant now);

}  // namespace rollcall::sync
