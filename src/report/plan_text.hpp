// The plan for a terminal, read like a Terraform plan: the policy in force, reads that were not complete, what would be
// done person by person and field by field, what waits and why, and the sum. Values of others are shown by
// report::quoted. Pure; any thread.
#pragma once

#include <string>

#include "rollcall/plan.hpp"

namespace rollcall::report {

struct TextOptions {
  bool colour = false;
  int width = 80;        // columns; values are cut and sentences wrapped to it, commands and ids never
  bool verbose = false;  // every unmanaged and protected account, values in full length
};

std::string plan_text(const Plan& plan, TextOptions options = {});

}  // namespace rollcall::report
