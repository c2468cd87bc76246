// Names that writer and reader of the plan share. For the files of this room only.
#pragma once

#include <array>
#include <string_view>

namespace rollcall::report {

inline constexpr std::string_view plan_format = "rollcall-plan-1";

// Contract section 5: the order in which the summary is written.
inline constexpr std::array<std::string_view, 17> summary_keys = {
    "create", "update",    "assign", "revoke", "invite",    "cancel",    "suspend",   "reactivate", "delete",
    "adopt",  "unchanged", "held",   "waived", "conflicts", "unmanaged", "protected", "no-address"};

}  // namespace rollcall::report
