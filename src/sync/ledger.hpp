// What a person asks for about an invitation (`rollcall invitations resend`, `cancel`). It is written into the ledger, beside whoever
// reconciles; the next run plans it like anything else, within scope, brakes, quiet hours and wave.
// Thread rule: that of the state.
#pragma once

#include <string>

#include "core/rules.hpp"
#include "rollcall/provider.hpp"
#include "store/state.hpp"

namespace rollcall::sync {

struct Asked {
  std::string answer;            // what becomes of it
  std::string warning;           // "" or what cannot be helped
  bool waits = false;            // a run has to carry it out
};

// Refused with the reason when nothing can come of it: never invited, accepted already, left, no address.
// Both inside a transaction.
Result<Asked> ask_to_resend(store::State& state, const core::ProviderRules& rules, const Capabilities& capabilities,
                            const std::string& person, Instant now);
Result<Asked> ask_to_cancel(store::State& state, const core::ProviderRules& rules, const Capabilities& capabilities,
                            const std::string& person);

}  // namespace rollcall::sync
