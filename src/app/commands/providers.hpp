// `rollcall providers`: what each type of provider can do, from the code. Needs no configuration.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/options.hpp"

namespace rollcall::app {

// The table of src/providers/README.md: its heads, and a row a type.
std::vector<std::string> capability_heads();
std::vector<std::vector<std::string>> capability_rows();

int providers(const Options& options, std::ostream& out);

}  // namespace rollcall::app
