#include "core/desired.hpp"

#include <algorithm>

#include "language/lookup.hpp"
#include "language/names.hpp"
#include "language/unicode.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::core {
namespace {

// The code point at `at`, as octets: what `?` stands for.
std::string_view character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(at, end - at);
}

// Iterative glob over folded text: `*` any run, `?` one character.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    const auto now = character(text, t);
    const auto wanted = p < pattern.size() ? character(pattern, p) : std::string_view{};
    if (wanted == "*") {
      star = p++;
      mark = t;
    } else if (wanted == "?" || wanted == now) {
      p += wanted.size();
      t += now.size();
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = mark += character(text, mark).size();
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_pattern(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }
bool is_dn(std::string_view text) { return !is_pattern(text) && text.find('=') != std::string_view::npos; }

std::string rule_name(const RoleRule& rule) {
  return rule.when.empty() ? "group = \"" + rule.group + "\"" : "when = \"" + rule.when + "\"";
}

std::string role_of(const RoleRuleProgram& program, const GroupRef& group) {
  return program.role.text(language::GroupLookup(group));
}

void add_role(std::map<std::string, RoleGrant>& roles, RoleGrant grant) {
  if (!grant.role.empty()) roles.emplace(grant.role, std::move(grant));
}

}  // namespace

bool matches_group(const RoleRule& rule, const GroupRef& group) {
  if (rule.group.empty() || (!rule.source.empty() && rule.source != group.source)) return false;
  if (is_dn(rule.group)) return language::same_dn(rule.group, group.dn);
  return glob(language::fold(rule.group), language::fold(group.name));
}

RoleBook role_book(const ProviderRules& rules, const GroupCatalogue& catalogue) {
  RoleBook book;
  for (std::size_t i = 0; i < rules.roles.size(); ++i) {
    const auto& program = rules.roles[i];
    if (program.when) {
      book.managed.insert(program.rule.role);
      continue;
    }
    std::vector<const GroupRef*> hits;
    for (const auto& group : catalogue)
      if (matches_group(program.rule, group)) hits.push_back(&group);
    if (program.role.is_constant()) book.managed.insert(program.rule.role);
    for (const auto* group : hits)
      if (auto role = role_of(program, *group); !role.empty()) book.managed.insert(role);
    const bool bare = !is_pattern(program.rule.group) && !is_dn(program.rule.group);
    if (hits.empty() && !is_pattern(program.rule.group))
      book.warnings.push_back(program.rule.where + ": no group \"" + program.rule.group +
                              "\" was found in the source; the rule gives nobody the role \"" + program.rule.role + "\"");
    if (bare && hits.size() > 1) {
      book.ambiguous.insert(i);
      book.wrong = true;
      book.warnings.push_back(program.rule.where + ": " + std::to_string(hits.size()) + " groups are called \"" +
                              program.rule.group + "\" (" + hits[0]->dn + ", " + hits[1]->dn +
                              "): the rule applies to neither and the last known members stay; name the group by its DN");
    }
  }
  return book;
}

DesiredAccount desired_account(const Identity& identity, const ProviderRules& rules, const RoleBook& book,
                               const DesiredAccount* previous, std::vector<std::string>* bad) {
  DesiredAccount d;
  d.enforced = rules.mapping.enforced(identity, bad);
  for (const auto& field : rules.mapping.enforced_fields()) d.enforced.try_emplace(field);
  d.on_create = rules.mapping.created_with(identity, bad);
  for (const char* name : {"displayName", "userName"})
    if (const auto* value = identity.find(name); value && d.name.empty()) d.name = *value;
  if (d.name.empty()) d.name = identity.person;
  if (const auto* email = identity.find("email")) d.email = *email;

  const language::IdentityLookup lookup(identity);
  std::map<std::string, RoleGrant> roles;
  for (std::size_t i = 0; i < rules.roles.size(); ++i) {
    const auto& program = rules.roles[i];
    if (program.when) {
      if (program.when->matches(lookup)) add_role(roles, {program.rule.role, rule_name(program.rule), ""});
    } else if (book.ambiguous.contains(i)) {
      if (previous)
        for (const auto& grant : previous->roles)
          if (grant.rule == rule_name(program.rule)) add_role(roles, grant);
    } else {
      for (const auto& group : identity.groups)
        if (matches_group(program.rule, group))
          add_role(roles, {role_of(program, group), rule_name(program.rule), group.source + ": " + group.name});
    }
  }
  for (auto& [_, grant] : roles) d.roles.push_back(std::move(grant));
  return d;
}

bool in_scope(const Identity& identity, const ProviderRules& rules) {
  return rules.scope.matches(language::IdentityLookup(identity));
}

std::string invite_address(const Identity& identity, const ProviderRules& rules) {
  return rules.invite_to.text(language::IdentityLookup(identity));
}

bool invite_wanted(const Identity& identity, const ProviderRules& rules) {
  const auto& invite = rules.settings.invite;
  if (!invite.present || invite.when == "never") return false;
  return !rules.invite_when || rules.invite_when->matches(language::IdentityLookup(identity));
}

std::string external_id_of(const DesiredAccount& desired, const std::string& person, const Capabilities& c) {
  if (c.external_id_field.empty()) return {};
  // One that never changes may also be set by the create alone.
  if (auto it = desired.on_create.find(c.external_id_field); !c.external_id_changes && it != desired.on_create.end()) return it->second;
  auto it = desired.enforced.find(c.external_id_field);
  return it == desired.enforced.end() ? person : it->second;
}

std::vector<MatchKey> match_keys(const DesiredAccount& desired, const std::string& person, const ProviderRules& rules,
                                 const Capabilities& c) {
  std::vector<std::string> names = rules.settings.match;
  if (names.empty()) names = {c.external_id_field, c.user_name_field, c.email_field};
  std::vector<MatchKey> keys;
  for (const auto& name : names) {
    if (name.empty()) continue;
    std::string value;
    if (name == c.external_id_field) {
      value = external_id_of(desired, person, c);
    } else {
      for (const Fields* fields : {&desired.enforced, &desired.on_create})
        if (auto it = fields->find(name); it != fields->end() && value.empty()) value = it->second;
    }
    if (!value.empty()) keys.push_back({name, value});
  }
  return keys;
}

}  // namespace rollcall::core
