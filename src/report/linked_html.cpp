#include "report/linked_html.hpp"

#include <algorithm>

#include "report/escape.hpp"

namespace rollcall::report {
namespace {

// The text without marks, and beside it for each byte where it comes from: template, value or link value.
struct Origins {
  std::string text, from;
};

Origins without_marks(std::string_view marked) {
  Origins o;
  char from = 't';
  for (const char c : marked) {
    if (c == value_begin)
      from = 'v';
    else if (c == link_begin)
      from = 'l';
    else if (c == value_end)
      from = 't';
    else {
      o.text += c;
      o.from += from;
    }
  }
  return o;
}

// Where the web address that begins at `at` ends; `at` when none does.
std::size_t end_of_link(const Origins& o, std::size_t at) {
  const std::string_view rest = std::string_view(o.text).substr(at);
  if (o.from[at] == 'v' || !(rest.starts_with("https://") || rest.starts_with("http://"))) return at;
  std::size_t end = o.text.find_first_of(" \t\n<>\"", at);
  if (end == o.text.npos) end = o.text.size();
  constexpr std::string_view closing = ".,;:!?)]'";  // of the sentence around it, not of the address
  while (end > at && o.from[end - 1] == 't' && closing.find(o.text[end - 1]) != closing.npos) --end;
  return rest.substr(0, end - at).ends_with("//") ? at : end;
}

}  // namespace

std::string linked_html(std::string_view marked_text) {
  const Origins o = without_marks(marked_text);
  std::string out = "<!doctype html>\n<html><head><meta charset=\"utf-8\"></head>\n<body>\n<p>";
  for (std::size_t i = 0; i < o.text.size();) {
    const std::size_t end = end_of_link(o, i);
    const std::size_t lines = std::min(o.text.find_first_not_of('\n', i), o.text.size()) - i;
    if (end > i) {
      const std::string link = html_escaped(std::string_view(o.text).substr(i, end - i));
      out += "<a href=\"" + link + "\">" + link + "</a>";
      i = end;
    } else if (lines > 0) {
      out += lines == 1 ? "<br>\n" : "</p>\n<p>";
      i += lines;
    } else {
      out += html_escaped(std::string_view(o.text).substr(i, 1));
      ++i;
    }
  }
  return out += "</p>\n</body></html>\n";
}

}  // namespace rollcall::report
