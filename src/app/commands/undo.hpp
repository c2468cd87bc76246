// `rollcall undo RUN`: plans the inverse of a finished run, says what cannot be undone, asks, and carries it out.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int undo(const Options& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
