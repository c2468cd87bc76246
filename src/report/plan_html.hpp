// The plan as one HTML file that needs nothing else: no script, no asset, a content policy that allows neither,
// readable on a phone, in print, in the dark, by keyboard and by screen reader. Every value of others is spelt out by
// report::printable, escaped and isolated from the direction of the text around it. Pure; any thread.
#pragma once

#include <string>

#include "rollcall/plan.hpp"

namespace rollcall::report {

std::string plan_html(const Plan& plan);

}  // namespace rollcall::report
