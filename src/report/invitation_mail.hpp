// The text of an invitation from a mustache template (contract section 3, "Invitation templates").
//
// A template is: a first line "Subject: ...", the text part, and after a line `--- html ---` the HTML part. Without
// that line the HTML part is made from the text, with links to click on. In the text part nothing is escaped; in the
// HTML part every value is, `{{{name}}}` included, because names and addresses come from directories. Values are one
// line each: a line end or another control in one becomes a blank, so that none can add a header or a line of its own.
//
// The result holds the link and the code, which are secrets. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::report {

struct InvitationText {
  std::string subject, text, html;  // UTF-8; line ends are \n
};

// Names: displayName givenName familyName userName email link code expires organization landing; a missing one is
// empty, and an empty one is false to `{{#name}}`. An unknown name, a partial, other delimiters, no subject: `invalid`
// with the line. Neither link nor code: `invalid`. An empty template is the built-in one.
using InvitationValues = std::map<std::string, std::string>;
Result<InvitationText> render_invitation(std::string_view template_text, const InvitationValues& values);

// What is wrong with a template whatever the values.
Result<void> check_invitation_template(std::string_view template_text);

std::string_view built_in_invitation_template();

// The link of a provider that gives a code: `landing` with {userId}, {code} and {orgId} filled in, percent-encoded (RFC
// 3986 section 2.1). Other braces stay.
std::string fill_landing(std::string_view landing, std::string_view user_id, std::string_view code,
                         std::string_view org_id);

}  // namespace rollcall::report
