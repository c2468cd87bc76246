#include "report/invitation_mail.hpp"

#include <kainjow/mustache.hpp>

#include "report/escape.hpp"
#include "report/invitation_template.hpp"
#include "report/linked_html.hpp"
#include "report/utf8.hpp"

namespace rollcall::report {
namespace {

constexpr std::size_t longest_subject = 200;  // characters

constexpr std::string_view built_in =
    R"(Subject: Your new account{{#organization}} at {{organization}}{{/organization}}

Hello{{#givenName}} {{givenName}}{{/givenName}},

an account was made for you{{#organization}} at {{organization}}{{/organization}}.
{{#userName}}
Your user name is {{userName}}.
{{/userName}}

{{#link}}
To choose a password and sign in for the first time, open this link:

{{link}}

{{/link}}
{{#code}}
{{#link}}
If you are asked for a code, it is: {{code}}
{{/link}}
{{^link}}
To sign in for the first time you need this code: {{code}}
{{/link}}

{{/code}}
{{#expires}}
This works until {{expires}}.

{{/expires}}
It is meant for you alone; please do not pass it on. If you did not expect
this message, you can ignore it, or ask your IT department.
)";

// One line of well-formed text: controls become blanks, marks and overrides of direction go.
std::string one_line(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const Utf8Char c = first_char(value);
    if (!c.valid)
      out += "\xEF\xBF\xBD";
    else if (c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0) || c.code == 0x2028 || c.code == 0x2029)
      out += ' ';
    else if (!is_hidden(c.code))
      out += value.substr(0, c.length);
    value.remove_prefix(c.length);
  }
  return out;
}

std::string first_characters(std::string_view text, std::size_t limit) {
  std::string_view rest = text;
  for (std::size_t n = 0; n < limit && !rest.empty(); ++n) rest.remove_prefix(first_char(rest).length);
  if (rest.empty()) return std::string(text);
  return std::string(text.substr(0, text.size() - rest.size())) + "...";
}

// Empty values are left out: mustache takes an empty text for true.
template <class Dress>
std::string render(const std::string& part, const InvitationValues& values, Dress dress) {
  kainjow::mustache::data data;
  for (const std::string_view name : invitation_names) {
    const auto it = values.find(std::string(name));
    if (it == values.end()) continue;
    if (const std::string clean = one_line(it->second); !clean.empty()) data.set(it->first, dress(name, clean));
  }
  kainjow::mustache::mustache page(part);
  page.set_custom_escape([](const std::string& text) { return text; });  // the values are dressed already
  return page.render(data);
}

// Sections that were left out leave empty lines behind; one is enough.
std::string without_gaps(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != '\n' || !(out.empty() || out.ends_with("\n\n"))) out += c;
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string as_is(std::string_view, const std::string& value) { return value; }

std::string as_html(std::string_view, const std::string& value) { return html_escaped(value); }

std::string marked(std::string_view name, const std::string& value) {
  return (name == "link" || name == "landing" ? link_begin : value_begin) + value + value_end;
}

bool has(const InvitationValues& values, const char* name) {
  const auto it = values.find(name);
  return it != values.end() && !it->second.empty();
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != unreserved.npos)
      out += c;
    else
      out += {'%', digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
  }
  return out;
}

}  // namespace

std::string_view built_in_invitation_template() { return built_in; }

Result<void> check_invitation_template(std::string_view template_text) {
  ROLLCALL_CHECK(parse_invitation_template(template_text.empty() ? built_in : template_text));
  return {};
}

Result<InvitationText> render_invitation(std::string_view template_text, const InvitationValues& values) {
  ROLLCALL_TRY(const InvitationTemplate parts,
               parse_invitation_template(template_text.empty() ? built_in : template_text));
  if (!has(values, "link") && !has(values, "code"))
    return fail(ErrorKind::invalid, "the provider gave neither a link nor a code, so there is nothing to invite with");
  InvitationText mail;
  mail.subject = first_characters(render(parts.subject, values, as_is), longest_subject);
  if (mail.subject.find_first_not_of(" \t") == std::string::npos)
    return fail(ErrorKind::invalid, "the subject of the invitation is empty for this person");
  mail.text = without_gaps(render(parts.text, values, as_is)) + '\n';
  mail.html = parts.html ? render(*parts.html, values, as_html) + '\n'
                         : linked_html(without_gaps(render(parts.text, values, marked)));
  return mail;
}

std::string fill_landing(std::string_view landing, std::string_view user_id, std::string_view code,
                         std::string_view org_id) {
  const std::pair<std::string_view, std::string_view> places[] = {
      {"{userId}", user_id}, {"{code}", code}, {"{orgId}", org_id}};
  std::string out;
  while (!landing.empty()) {
    std::size_t taken = 0;
    for (const auto& [place, value] : places) {
      if (!landing.starts_with(place)) continue;
      out += percent_encoded(value);
      taken = place.size();
    }
    if (taken == 0) out += landing[taken++];
    landing.remove_prefix(taken);
  }
  return out;
}

}  // namespace rollcall::report
