// What changed at a provider between two listings, where it tells (Capabilities::lists_changes): whoever was changed there by hand is
// put right by the next poll and not by the next full run. Only what is shown is taken; nothing is concluded from who is not, and
// whether the last listing was complete stays as it was. Thread rule: as sync/census.hpp.
#pragma once

#include "sync/census.hpp"

namespace rollcall::sync {

// Takes the accounts that changed since the provider was last asked, as a listing would. Nobody is asked before the first complete
// listing, nor twice within `pause`. Where it fails, all stays as the last listing told it, and the next run asks for the same once more.
Result<void> take_changes(store::State& state, const ProviderSeat& seat, Io& io, Instant now, Duration pause, Census& census);

}  // namespace rollcall::sync
