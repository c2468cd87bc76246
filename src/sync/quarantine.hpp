// A provider that fails most of its calls is left alone for a while that doubles from a minute to an hour; then one run probes it, and
// its circuit (throttle.hpp) bounds what the probe may cost. The daemon keeps to it; `apply` is a person's word and tries at once.
// Thread rule: the thread of the state.
#pragma once

#include "store/state.hpp"
#include "sync/house.hpp"

namespace rollcall::sync {

// After a run: begins, prolongs or ends the quarantine by what the provider's calls came to.
Result<void> note_health(store::State& state, const ProviderSeat& seat, Instant now);

// Until when the provider is left alone; 0: it is not.
Result<Instant> quarantined_until(store::State& state, const std::string& provider, Instant now);

}  // namespace rollcall::sync
