#include "report/html_page.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "report/escape.hpp"
#include "report/html_style.hpp"

namespace rollcall::report {
namespace {

constexpr std::size_t longest_value = 600;

// CSP level 3, section 2.3.1: hash-source is the base64 of the digest of the element's text.
std::string style_hash() {
  const std::string hex = crypto::sha256_hex(html_style);
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(nibble(hex[i]) << 4 | nibble(hex[i + 1]));
  return "'sha256-" + crypto::base64(bytes) + "'";
}

}  // namespace

HtmlPage& HtmlPage::words(std::string_view text) { return markup(html_escaped(text)); }

HtmlPage& HtmlPage::text(std::string_view value) {
  return markup("<bdi>").words(printable_short(value, longest_value)).markup("</bdi>");
}

HtmlPage& HtmlPage::code(std::string_view value) {
  return markup("<code><bdi>").words(printable(value)).markup("</bdi></code>");
}

HtmlPage& HtmlPage::heading(int level, std::string_view text, std::string_view id) {
  const std::string tag = "h" + std::to_string(level);
  markup("<" + tag);
  if (!id.empty()) markup(" id=\"").words(id).markup("\"");
  return markup(">").words(text).markup("</" + tag + ">\n");
}

void HtmlPage::open_table(std::string_view caption, const std::vector<std::string>& columns, bool hush) {
  const bool broad = columns.size() > 2 && !hush;      // on a phone it is scrolled, also by keyboard
  if (broad)
    markup("<div class=\"scroll broad\" tabindex=\"0\" role=\"region\" aria-label=\"").words(caption).markup("\">");
  else
    markup(hush ? "<div class=\"scroll hush\">" : "<div class=\"scroll\">");
  markup("<table><caption>").words(caption);
  markup("</caption><thead><tr>");
  for (std::string_view column : columns) {
    const bool numbers = column.starts_with('#');
    if (numbers) column.remove_prefix(1);
    markup(numbers ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">").text(column).markup("</th>");
  }
  markup("</tr></thead><tbody>\n");
}

std::string html_document(std::string_view title, std::string_view body) {
  HtmlPage page;
  page.markup("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
      .markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " + style_hash() +
              "; base-uri 'none'; form-action 'none'\">\n")
      .markup("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n")
      .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
      .markup("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
      .words(title)
      .markup("</title>\n<style>")
      .markup(html_style)
      .markup("</style>\n</head>\n<body>\n")
      .markup(body)
      .markup("</body>\n</html>\n");
  return page.take();
}

}  // namespace rollcall::report
