// `rollcall history`: runs and actions, newest first.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int history(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
