// `rollcall apply [PLANFILE]`: carries out a saved plan exactly as reviewed, or plans and carries out at once.
#pragma once

#include <iosfwd>

#include "app/carry_out.hpp"
#include "app/options.hpp"

namespace rollcall::app {

int apply(const Options& options, std::istream& in, std::ostream& out, std::ostream& err);

// From wiring to exit code, as the one writer: shows the plan, asks unless --yes, carries out, tells what came of it. `turn` says what.
int carry_out_now(const Options& options, const Configuration& configuration, Turn turn, std::istream& in, std::ostream& out,
                  std::ostream& err);

}  // namespace rollcall::app
