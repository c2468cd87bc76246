// `rollcall apply [PLANFILE]`: carries out a saved plan exactly as reviewed, or plans and carries out at once.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int apply(const Options& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
