// `rollcall plan`: reads both sides, prints what would change, changes nothing.
#pragma once

#include <iosfwd>

#include "app/options.hpp"
#include "rollcall/plan.hpp"

namespace rollcall::app {

int plan(const Options& options, std::ostream& out, std::ostream& err);

// In the form that --format says.
void print_plan(const Plan& plan, const Options& options, std::ostream& out);

}  // namespace rollcall::app
