// An account is a person at a provider, as the provider shows it; a desired account is what the mapping and the rules make
// of an identity. Values; no thread rule.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

using Fields = std::map<std::string, std::string>;  // provider field (contract section 3) -> text; "" is: cleared

enum class AccountStatus { active, pending, suspended, locked, unknown };  // pending: not activated yet, or invited

constexpr std::string_view to_string(AccountStatus s) {
  constexpr std::string_view names[] = {"active", "pending", "suspended", "locked", "unknown"};
  return names[static_cast<int>(s)];
}

struct Account {
  std::string id;
  Fields fields;              // every field that this answer shows, "" when it is empty; a field not here was not shown
  AccountStatus status = AccountStatus::unknown;
  std::string native_status;  // the vendor's own word, what a reactivation returns to
  std::optional<std::set<std::string>> roles;  // nullopt: this answer cannot show roles
  bool accepted = false;      // the person has signed in or set a credential: an invitation was accepted

  bool operator==(const Account&) const = default;
};

struct Role {
  std::string id;    // what the provider's verbs take
  std::string name;  // what a rule's `role` names (contract 4.4)
  auto operator<=>(const Role&) const = default;
};

struct RoleGrant {
  std::string role;    // the rule's name of it
  std::string rule;    // for people: the rule, as `group = "app-*"` or `when = "..."`
  std::string source;  // source and group behind it, or empty for `when`
  auto operator<=>(const RoleGrant&) const = default;
};

struct DesiredAccount {
  Fields enforced;    // [account]: "" where the template yields nothing, which clears the field
  Fields on_create;   // [account-on-create]
  std::vector<RoleGrant> roles;   // sorted, one a role
  std::string name;   // for people: display name, else user name, else the key
  std::string email;  // the identity's e-mail, may be empty
  bool operator==(const DesiredAccount&) const = default;
};

}  // namespace rollcall
