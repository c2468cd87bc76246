// Gives actions their order, ids and dependencies. Ids depend on content only, so the same input gives the same plan (promise 7).
// Pure.
#pragma once

#include <string>
#include <vector>

#include "rollcall/plan.hpp"

namespace rollcall::core {

// Sorts by phase, person, kind and content; sets `id` and `after`: whatever a person's action needs of the same plan. Preconditions
// are set before.
void put_in_order(const std::string& provider, std::vector<Action>& actions);

// The hold that an action would fall under: deterministic.
std::string hold_id(const std::string& provider, std::string_view kind, const std::string& person, const std::string& role);
std::string hold_id(const std::string& provider, const Action& action);
// What a person approves: kind and changes, whatever else happens to the account meanwhile.
std::string approval_of(const Action& action);
// The role that an assign or revoke is about, else "".
std::string role_of(const Action& action);

}  // namespace rollcall::core
