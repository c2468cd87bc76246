// What stops create, adopt and invite of a person until the data changes or a command settles it (contract 4.6); each conflict names
// the command. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/subject.hpp"

namespace rollcall::core {

Conflict conflict_of(const Subject& s, std::string kind, std::string detail, std::string settle = {});

// Others with the same unique value.
void rival_conflicts(const Subject& s, const Policy& p, Decision& d);
// A record that cannot be believed, or of which it is unclear whose it is.
void invalid_conflicts(const Subject& s, Decision& d);
// The one account that may be adopted; else a conflict is in `d`. The subject has candidates.
std::optional<Candidate> match_or_conflict(const Subject& s, const Policy& p, Decision& d);

std::string joined(const std::vector<std::string>& parts);   // "a, b"

}  // namespace rollcall::core
