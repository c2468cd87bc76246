// Text of others made safe to show: what would move the cursor, turn the direction of writing or stay invisible is
// spelt out. Plans, listings and error texts of the command line pass through here. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall::report {

// One line that a terminal shows as it is: line ends and tabs as \n \r \t, other controls, direction marks and
// overrides, invisible characters and line separators as \u{202e}, bytes that are no UTF-8 as \xff. Anything else
// stays.
std::string printable(std::string_view text);

// printable() between quotation marks, in which " and \ are escaped too, so that no value can imitate what stands
// around it.
std::string quoted(std::string_view text);

// The same, cut to about `columns` with the number of characters behind: "abc..." (10000 characters).
std::string quoted_short(std::string_view text, std::size_t columns);
std::string printable_short(std::string_view text, std::size_t columns);

// Columns that printable text takes on a terminal: wide characters count two, combining marks none.
std::size_t columns(std::string_view printable_text);

// Words wrapped at `width`, every line after the first begun with `indent` blanks; the first begins at column `indent`.
// Words longer than a line stay whole: a path or an id that is cut is of no use.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

// & < > " ' for HTML text and quoted attributes.
std::string html_escaped(std::string_view text);

}  // namespace rollcall::report
