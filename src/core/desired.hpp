// From identity to desired account: mapping, scope and role rules of one provider. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/rules.hpp"
#include "rollcall/account.hpp"
#include "rollcall/identity.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::core {

// Every group of every source as the rules see it, present or not confirmed absent. Sorted.
using GroupCatalogue = std::vector<GroupRef>;

// What of a provider's role rules holds for this catalogue.
struct RoleBook {
  std::set<std::string> managed;               // role names that a rule can give
  std::set<std::size_t> ambiguous;             // rules whose bare group name two groups bear: they apply to neither
  std::vector<std::string> warnings;           // ambiguous names, groups that the source lacks
  bool wrong = false;                          // a warning that exits 4 (ambiguous)
};
RoleBook role_book(const ProviderRules& rules, const GroupCatalogue& catalogue);

// A rule's `group` against one group: by DN in normal form, else by name without case, `*` and `?` as in file names.
bool matches_group(const RoleRule& rule, const GroupRef& group);

// `previous`: what was desired before, whose roles stand where a rule is ambiguous. `bad` receives why a field cannot be made.
DesiredAccount desired_account(const Identity& identity, const ProviderRules& rules, const RoleBook& book,
                               const DesiredAccount* previous, std::vector<std::string>* bad);

bool in_scope(const Identity& identity, const ProviderRules& rules);

// "" when there is no address; whether an invitation is wanted at all.
std::string invite_address(const Identity& identity, const ProviderRules& rules);
bool invite_wanted(const Identity& identity, const ProviderRules& rules);

// The values under which an account that exists already is recognised, in order: ("external id" or a provider field, value).
struct MatchKey {
  std::string name, value;
};
std::vector<MatchKey> match_keys(const DesiredAccount& desired, const std::string& person, const ProviderRules& rules,
                                 const Capabilities& capabilities);
// The external id that rollcall writes: the mapping's field, else the person's key; "" where the provider has none.
std::string external_id_of(const DesiredAccount& desired, const std::string& person, const Capabilities& capabilities);

}  // namespace rollcall::core
