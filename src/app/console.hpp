// The terminal: what may be asked of it and how messages reach it. Thread rule: one thread writes messages at a time.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "language/problem.hpp"

namespace rollcall::app {

bool is_terminal(int descriptor);

// Colour is for terminals, unless the user, NO_COLOR (any value, no-color.org) or a dumb terminal say otherwise.
bool use_color(bool no_color_option, bool terminal, const char* no_color_variable, const char* terminal_variable);
bool use_color(bool no_color_option, int descriptor);

// Both a terminal to show the question on and one to answer from.
bool can_ask();
// Only a whole "yes" is a yes; the end of the input is a no.
bool confirm(std::istream& in, std::ostream& out, std::string_view question);

// One line to standard error as "rollcall: text"; what others wrote into it cannot move the cursor.
void complain(std::ostream& err, std::string_view text);
// A line each, as FILE:LINE:COLUMN: KEY: text.
void print_problems(std::ostream& err, const std::vector<language::Problem>& problems);

}  // namespace rollcall::app
