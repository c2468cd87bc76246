// `rollcall plan`: reads both sides, prints what would change, changes nothing.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int plan(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
