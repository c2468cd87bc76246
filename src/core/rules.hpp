// The compiled rules of one provider: what the configuration and the mapping say, ready to be applied to identities. Built by
// src/app/config. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "language/condition.hpp"
#include "language/mapping.hpp"
#include "language/template.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::core {

struct RoleRuleProgram {
  RoleRule rule;
  language::Template role;                     // over the group; a constant without a group
  std::optional<language::Condition> when;
};

struct ProviderRules {
  ProviderSettings settings;
  language::ProviderMapping mapping;
  language::Condition scope;
  std::vector<RoleRuleProgram> roles;
  std::vector<language::Condition> protect;    // over an account's fields
  std::optional<language::Condition> invite_when;  // nullopt: always (or never, settings.invite.when tells)
  language::Template invite_to;
};

}  // namespace rollcall::core
