// `rollcall test-mapping MAPPING [FILE]`: what a mapping makes of one record or identity, step by step.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

// `in` is read where no file is named. Exit codes: 78 for a mapping that is not there or not sound, 1 for a record that
// cannot be read.
int test_mapping(const Options& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
