// `rollcall explain USER`: everything that the state knows about one person, offline.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int explain(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
