// An invitation template taken apart and checked, before any value. For the files of this room only. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::report {

inline constexpr std::array<std::string_view, 10> invitation_names = {
    "displayName", "givenName", "familyName", "userName",     "email",
    "link",        "code",      "expires",    "organization", "landing"};

struct InvitationTemplate {
  std::string subject, text;
  std::optional<std::string> html;
};

Result<InvitationTemplate> parse_invitation_template(std::string_view text);

}  // namespace rollcall::report
