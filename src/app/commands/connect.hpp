// `rollcall check --connect`: binds to every source, authenticates to every provider, and counts who matches. Changes nothing.
#pragma once

#include <iosfwd>

#include "app/config/load.hpp"
#include "app/options.hpp"

namespace rollcall::app {

int connect(const Configuration& configuration, const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
