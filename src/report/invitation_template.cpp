#include "report/invitation_template.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>

namespace rollcall::report {
namespace {

constexpr std::string_view html_line = "--- html ---";

tl::unexpected<Error> bad(std::size_t line, std::string text) {
  return fail(ErrorKind::invalid, "invitation template, line " + std::to_string(line) + ": " + std::move(text));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string all_names() {
  std::string names;
  for (const std::string_view name : invitation_names) names.append(names.empty() ? "" : " ").append(name);
  return names;
}

// One tag, without its braces: "#link", "& email", "! a comment".
Result<void> check_tag(std::string_view tag, std::size_t line) {
  tag = trimmed(tag);
  if (tag.starts_with('!')) return {};
  if (tag.starts_with('>')) return bad(line, "`{{" + std::string(tag) + "}}`: a template cannot include another file");
  if (tag.starts_with('=')) return bad(line, "other delimiters than `{{` and `}}` are not supported");
  if (!tag.empty() && std::string_view("#^/&").find(tag[0]) != tag.npos) tag = trimmed(tag.substr(1));
  if (std::find(invitation_names.begin(), invitation_names.end(), tag) != invitation_names.end()) return {};
  return bad(line, "unknown name `" + std::string(tag) + "`; the names are: " + all_names());
}

Result<void> check_tags(std::string_view text) {
  std::size_t at = 0;
  while ((at = text.find("{{", at)) != text.npos) {
    const std::size_t line =
        1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    const bool triple = text.substr(at).starts_with("{{{");
    const std::size_t begin = at + (triple ? 3 : 2);
    const std::size_t end = text.find(triple ? "}}}" : "}}", begin);
    if (end == text.npos) return bad(line, triple ? "`{{{` without `}}}`" : "`{{` without `}}`");
    ROLLCALL_CHECK(check_tag(text.substr(begin, end - begin), line));
    at = end + (triple ? 3 : 2);
  }
  return {};
}

// Sections that are not closed, or closed in the wrong order.
Result<void> check_sections(const std::string& part, std::string_view which) {
  const kainjow::mustache::mustache parsed(part);
  if (parsed.is_valid()) return {};
  return fail(ErrorKind::invalid, "invitation template, " + std::string(which) + ": " + parsed.error_message());
}

Result<std::string> one_kind_of_line_end(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string out;
  std::size_t line = 1;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') ++line;
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') return bad(line, "a control character");
    out += c;
  }
  return out;
}

std::size_t find_html_line(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (trimmed(text.substr(begin, end - begin)) == html_line) return begin;
    begin = end + 1;
  }
  return text.npos;
}

}  // namespace

Result<InvitationTemplate> parse_invitation_template(std::string_view source) {
  ROLLCALL_TRY(const std::string text, one_kind_of_line_end(source));
  ROLLCALL_CHECK(check_tags(text));
  constexpr std::string_view subject = "Subject:";
  const std::size_t end = std::min(text.find('\n'), text.size());
  InvitationTemplate parts;
  if (!text.starts_with(subject)) return bad(1, "the first line must be `Subject: ...`");
  parts.subject = trimmed(std::string_view(text).substr(subject.size(), end - subject.size()));
  if (parts.subject.empty()) return bad(1, "the subject is empty");
  const std::string_view rest = std::string_view(text).substr(std::min(end + 1, text.size()));
  const std::size_t html = find_html_line(rest);
  parts.text = trimmed(rest.substr(0, html));
  if (parts.text.empty()) return bad(2, "there is no text after the subject");
  if (html != rest.npos) parts.html = trimmed(rest.substr(rest.find(html_line, html) + html_line.size()));
  if (parts.html && parts.html->empty())
    return fail(ErrorKind::invalid, "invitation template: nothing follows `--- html ---`");
  ROLLCALL_CHECK(check_sections(parts.subject, "subject"));
  ROLLCALL_CHECK(check_sections(parts.text, "text part"));
  if (parts.html) ROLLCALL_CHECK(check_sections(*parts.html, "HTML part"));
  return parts;
}

}  // namespace rollcall::report
