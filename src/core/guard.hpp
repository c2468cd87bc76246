// The brakes (contract 4.5): of each kind, if the actions exceed the limit, all of that kind are held and the others go on; what
// depends on a held action waits with it. Pure.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/plan.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::core {

struct KnownHold {                 // what the state knows of a hold or waiver
  std::string state;                   // held approved waived
  std::string approval;                // approval_of() the action that is held
  std::string precondition;            // a waiver ends when it changes
  std::string reason;
  Instant until{};
};

struct GuardInput {
  std::map<std::string, Limit> limits;                                   // by kind, `recreate` too
  std::int64_t managed = 0;                                              // accounts linked before the run
  std::int64_t in_scope = 0;                                             // identities in scope
  std::map<std::pair<std::string, bool>, std::int64_t> carried_out;      // last 24 h, by (kind, stated)
  std::map<std::string, KnownHold> holds;                            // by hold id
  std::function<std::int64_t(const std::string& role)> holders;          // of a role now; asked for revokes alone
  std::set<std::string> roles_unknown;                                   // people whose first assign is held
  Instant now{};
};

// Sets `held` and `waived`. Actions are in order, with ids.
void apply_brakes(const std::string& provider, std::vector<Action>& actions, const GuardInput& input);

// The number that a limit allows of a base; nullopt: no limit. Percentages round down and are never under 5.
std::optional<std::int64_t> allowed(const Limit& limit, std::int64_t base);

}  // namespace rollcall::core
