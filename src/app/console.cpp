#include "app/console.hpp"

#include <unistd.h>

#include <cstdlib>
#include <istream>
#include <ostream>

#include "report/escape.hpp"

namespace rollcall::app {

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool use_color(bool no_color_option, bool terminal, const char* no_color_variable, const char* terminal_variable) {
  const bool forbidden = no_color_variable && *no_color_variable;
  const bool dumb = terminal_variable && std::string_view(terminal_variable) == "dumb";
  return terminal && !no_color_option && !forbidden && !dumb;
}

bool use_color(bool no_color_option, int descriptor) {
  return use_color(no_color_option, is_terminal(descriptor), std::getenv("NO_COLOR"), std::getenv("TERM"));
}

bool can_ask() { return is_terminal(STDIN_FILENO) && is_terminal(STDERR_FILENO); }

bool confirm(std::istream& in, std::ostream& out, std::string_view question) {
  out << question << " Only \"yes\" is taken: " << std::flush;
  std::string answer;
  return std::getline(in, answer) && answer == "yes";
}

void complain(std::ostream& err, std::string_view text) { err << "rollcall: " << report::printable(text) << '\n'; }

void print_problems(std::ostream& err, const std::vector<language::Problem>& problems) {
  for (const auto& problem : problems) err << report::printable(language::to_string(problem)) << '\n';
}

}  // namespace rollcall::app
