// The heart: what to do about one person at one provider. A pure function of what exists; policy is data.
//
//   standing  account            outcome
//   --------  -----------------  ------------------------------------------------------------------------------------
//   any       suspended by hand  cancel the invitation and suspend, past everything; nothing else until `release`
//   in        none, no match     create -> assign* -> invite      (not while the listing is incomplete, delayed, in conflict)
//             - no account       invite, whose changes name address and roles; the invitation stands for the account until it is
//             before acceptance  accepted, and then the account is linked (sync/lookups.hpp)
//   in        none, one match    adopt -> update, assign*          with `adopt`; else conflict not-adopted
//   in        none, several      conflict ambiguous-match
//   in        linked             reactivate what we suspended; update what differs; assign and revoke; invite who was created
//                                here and never invited
//   in        linked, gone       create again, "removed at the provider", no invitation; a warning where only an invitation could
//   waiting   any                nothing: absence is slow (promise 2)
//   stated,   linked             cancel the invitation; keep | suspend | delete; delete after its delay
//   absent
//   left      none               nothing; a matching stranger's account is listed as unmanaged with the reason "left"
//
// A conflict stops create, adopt and invite of that person; it never stops suspend, revoke or delete of a linked account.
#pragma once

#include "core/subject.hpp"

namespace rollcall::core {

Decision decide(const Subject& subject, const Policy& policy, const Capabilities& capabilities, Instant now);

// The fields that must be written so that the account shows what is desired: enforced fields against what the account shows,
// or against what was last written where it cannot be read.
std::vector<Change> differences(const Subject& subject, const LinkedAccount& linked, const Capabilities& capabilities);

// Whether the provider holds the two for one value.
bool same_value(const Capabilities& capabilities, const std::string& field, const std::string& a, const std::string& b);

// What roles the account has as far as we can know; nullopt: unknown.
std::optional<std::set<std::string>> known_roles(const LinkedAccount& linked, const Capabilities& capabilities);

}  // namespace rollcall::core
