// Elements of an HTML page, written one after another. Markup goes in by name, text of others only through text() and
// the like. Not shared between threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::report {

class HtmlPage {
 public:
  HtmlPage& markup(std::string_view html) {
    out_ += html;
    return *this;
  }                                        // our own only
  HtmlPage& words(std::string_view text);  // our own words, escaped
  HtmlPage& text(std::string_view value);  // of others: printable, cut after 600 columns, escaped, isolated
  HtmlPage& code(std::string_view value);  // the same as code, never cut: commands and ids
  HtmlPage& heading(int level, std::string_view text, std::string_view id = {});

  // A table with a caption, which `hush` leaves to screen readers; `columns` begin with '#' where numbers stand.
  void open_table(std::string_view caption, const std::vector<std::string>& columns, bool hush = false);
  void close_table() { out_ += "</tbody></table></div>\n"; }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// The whole document around `body`: head with the content policy and the style.
std::string html_document(std::string_view title, std::string_view body);

}  // namespace rollcall::report
