// `rollcall status`: the last runs, pending work, holds, invitations, how the reads went; new problems apart from known ones.
#pragma once

#include <iosfwd>

#include "app/options.hpp"
#include "report/status.hpp"
#include "rollcall/settings.hpp"
#include "store/state.hpp"

namespace rollcall::app {

int status(const Options& options, std::ostream& out, std::ostream& err);

// Also what the daemon's metrics are made of.
Result<report::Status> status_of(store::State& state, const Settings& settings, Instant now);

}  // namespace rollcall::app
