#include "app/commands/providers.hpp"

#include <algorithm>
#include <ostream>

#include "json/json.hpp"
#include "report/text_table.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::app {
namespace {

std::string joined(const std::set<std::string>& words, const char* between) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}

std::string yes(bool what) { return what ? "yes" : "no"; }

std::string_view to_string(InviteWay way) {
  constexpr std::string_view names[] = {"none", "link", "code", "none"};  // mail: nothing for a mail of ours
  return names[static_cast<int>(way)];
}

std::set<std::string> look_ups(const Capabilities& c) {
  std::set<std::string> names;
  for (const auto& [by, name] : {std::pair(LookupBy::id, "id"), std::pair(LookupBy::external_id, "external id"),
                                 std::pair(LookupBy::user_name, "user name"), std::pair(LookupBy::email, "e-mail")})
    if (c.finds.contains(by)) names.insert(name);
  return names;
}

// Those that are all needed, and one of the others unless one of them is among those anyway.
std::string needed(const Capabilities& c) {
  const bool any = std::none_of(c.required_any.begin(), c.required_any.end(), [&](const auto& field) { return c.required_all.contains(field); });
  const std::string all = joined(c.required_all, ", "), one = any ? joined(c.required_any, " or ") : "";
  return all + (all.empty() || one.empty() ? "" : ", ") + one;
}

std::string roles_text(const Capabilities& c) {
  return std::string(!c.account_before_acceptance ? "in the invitation" : c.roles_at_create ? "with the account" : "second step") + (c.shows_roles ? ", shown" : ", remembered") +
         (c.removes_roles ? "" : ", never taken away");
}

json::Value array_of(const std::set<std::string>& words) { return json::Array(words.begin(), words.end()); }

json::Value value_of(const ProviderType& type) {
  const Capabilities& c = type.capabilities;
  json::Value v;
  v.set("type", type.name);
  v.set("rate", type.default_rate);
  v.set("mapping", type.default_mapping);
  v.set("lists-accounts", c.lists_accounts);
  v.set("lists-changes", c.lists_changes);
  v.set("account-before-acceptance", c.account_before_acceptance);
  v.set("shows-roles", c.shows_roles);
  v.set("lists-roles", c.lists_roles);
  v.set("roles-at-create", c.roles_at_create);
  v.set("removes-roles", c.removes_roles);
  v.set("suspends", c.suspends);
  v.set("deletes", c.deletes);
  v.set("takes-password", !c.password_field.empty());
  v.set("own-mail", to_string(c.invite));
  v.set("sends-invitations", c.sends_invitations);
  v.set("cancels-invitations", c.cancels_invitations);
  v.set("resends-invitations", c.resends_invitations);
  v.set("external-id", c.external_id_field);
  v.set("finds", array_of(look_ups(c)));
  v.set("needs-all", array_of(c.required_all));
  v.set("needs-one", array_of(c.required_any));
  v.set("fields", array_of(type.fields));
  json::Array keys, prefixes(type.field_prefixes.begin(), type.field_prefixes.end());
  for (const auto& option : type.options) keys.emplace_back(option.key);
  v.set("field-prefixes", std::move(prefixes));
  v.set("keys", std::move(keys));
  return v;
}

}  // namespace

std::vector<std::string> capability_heads() {
  return {"type", "lists accounts", "roles", "suspends", "deletes", "for our mail", "mails itself", "recalls", "finds by", "external id", "needs", "rate"};
}

std::vector<std::vector<std::string>> capability_rows() {
  std::vector<std::vector<std::string>> rows;
  for (const auto& type : provider_types()) {
    const Capabilities& c = type.capabilities;
    rows.push_back({type.name, yes(c.lists_accounts) + (c.lists_changes ? ", and changes" : ""), roles_text(c), yes(c.suspends), yes(c.deletes), std::string(to_string(c.invite)),
                    yes(c.sends_invitations), yes(c.cancels_invitations), joined(look_ups(c), ", "),
                    c.external_id_field.empty() ? "none" : c.external_id_field, needed(c), type.default_rate});
  }
  return rows;
}

int providers(const Options& options, std::ostream& out) {
  if (options.json) {
    json::Array all;
    for (const auto& type : provider_types()) all.push_back(value_of(type));
    out << json::write_pretty(all) << '\n';
    return exit_done;
  }
  // A column a type would soon be too wide: a block each, in the order of the registry.
  const auto heads = capability_heads();
  for (const auto& row : capability_rows()) {
    report::TextTable table({row[0], ""});
    for (std::size_t i = 1; i < heads.size(); ++i) table.row({heads[i], row[i]});
    out << table.text() << '\n';
  }
  return exit_done;
}

}  // namespace rollcall::app
