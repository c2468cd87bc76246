// A problem in a file that a person wrote: a mapping or the configuration (contract section 2: `FILE:LINE:COLUMN: KEY:
// text`). Several are collected and shown at once. Pure; values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::language {

// A text that does not parse: where in it (bytes from its beginning), and what was meant instead.
struct SyntaxError {
  std::size_t offset = 0;
  std::string message;
};

struct Problem {
  std::string file;
  int line = 0, column = 0;  // from 1; 0: the whole file
  std::string key;           // dotted, as `person.userName`; empty when no key is known (the file does not parse)
  std::string text;          // what is wrong, and what was meant
  bool operator==(const Problem&) const = default;
};

std::string to_string(const Problem& problem);

// In file order, without duplicates: how a list of problems is shown.
void sort_problems(std::vector<Problem>& problems);

// The known word that `word` was probably meant to be (edit distance, case aside), or "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// " (did you mean `x`?)", or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

// The column of byte `offset` of a TOML string's value. `source` is the whole file, (line, column) is where its opening
// quote stands. Strings over several lines answer `column`.
int column_in_string(std::string_view source, int line, int column, std::size_t offset);

}  // namespace rollcall::language
