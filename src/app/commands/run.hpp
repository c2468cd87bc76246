// `rollcall run`: the daemon. Reconciles on schedule, answers the admin endpoint, reloads on SIGHUP, leaves on SIGTERM.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int run(const Options& options, std::ostream& err);

}  // namespace rollcall::app
