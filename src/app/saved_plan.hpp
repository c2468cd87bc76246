// A saved plan against the world of today (contract section 5): what still holds is carried out, what does not is skipped and named,
// what was not reviewed is not done. Pure but for the state's reads.
#pragma once

#include <string>
#include <vector>

#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "sync/outcome.hpp"

namespace rollcall::app {

// Refused: another configuration, another state.
Result<void> fits(const Plan& saved, const Plan& fresh, store::State& state);

// Leaves in `fresh` exactly the actions that the saved plan also has, with the same precondition. Answers those that are stale;
// what this very plan has done already is neither.
Result<std::vector<sync::Outcome>> narrow(Plan& fresh, const Plan& saved, store::State& state);

}  // namespace rollcall::app
