#include "sync/bodies.hpp"

#include "crypto/hash.hpp"
#include "json/json.hpp"

namespace rollcall::sync {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value map_value(const std::map<std::string, std::string>& map) {
  Object out;
  for (const auto& [name, value] : map) out.emplace_back(name, value);
  return out;
}

std::map<std::string, std::string> map_of(const Value& object, std::string_view name) {
  std::map<std::string, std::string> out;
  if (const Value* member = object.find(name))
    if (const Object* entries = member->as_object())
      for (const auto& [key, value] : *entries)
        if (const auto* text = value.as_string()) out[key] = *text;
  return out;
}

template <class Texts>
Value list_value(const Texts& texts) {
  Array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

std::vector<std::string> list_of(const Value& object, std::string_view name) {
  std::vector<std::string> out;
  if (const Value* member = object.find(name))
    if (const Array* items = member->as_array())
      for (const auto& item : *items)
        if (const auto* text = item.as_string()) out.push_back(*text);
  return out;
}

bool flag(const Value& object, std::string_view name) {
  const Value* member = object.find(name);
  const bool* b = member ? member->as_bool() : nullptr;
  return b && *b;
}

std::optional<std::set<std::string>> roles_of(const Value& object) {
  const Value* member = object.find("roles");
  if (!member || !member->as_array()) return std::nullopt;
  const auto list = list_of(object, "roles");
  return std::set<std::string>(list.begin(), list.end());
}

AccountStatus status_of(std::string_view text) {
  for (auto s : {AccountStatus::active, AccountStatus::pending, AccountStatus::suspended, AccountStatus::locked})
    if (to_string(s) == text) return s;
  return AccountStatus::unknown;
}

}  // namespace

std::string write_identity(const IdentityBody& b) {
  const Identity& i = b.identity;
  Array groups;
  for (const auto& g : i.groups) groups.emplace_back(Array{g.source, g.key, g.name, g.dn});
  Object out{{"person", i.person},          {"active", i.active},
             {"values", map_value(i.values)}, {"origin", map_value(i.origin)},
             {"groups", std::move(groups)},   {"sources", list_value(i.sources)}};
  if (!b.invalid.empty()) out.emplace_back("invalid", list_value(b.invalid));
  if (!b.warnings.empty()) out.emplace_back("warnings", list_value(b.warnings));
  if (!b.ambiguous.empty()) out.emplace_back("ambiguous", b.ambiguous);
  if (!b.inactive_in.empty()) out.emplace_back("inactiveIn", b.inactive_in);
  if (!b.deleted_in.empty()) out.emplace_back("deletedIn", b.deleted_in);
  return json::write(out);
}

Result<IdentityBody> read_identity(std::string_view text) {
  ROLLCALL_TRY(const Value v, json::parse(text, "identity in the state"));
  IdentityBody b;
  b.identity.person = v.text("person");
  b.identity.active = flag(v, "active");
  b.identity.values = map_of(v, "values");
  b.identity.origin = map_of(v, "origin");
  b.identity.sources = list_of(v, "sources");
  if (const Value* groups = v.find("groups"); groups && groups->as_array())
    for (const auto& g : *groups->as_array()) {
      const Array* parts = g.as_array();
      if (!parts || parts->size() != 4) return fail(ErrorKind::corrupt, "identity in the state: a group is damaged");
      GroupRef ref;
      std::string* slots[] = {&ref.source, &ref.key, &ref.name, &ref.dn};
      for (std::size_t k = 0; k < 4; ++k)
        if (const auto* s = (*parts)[k].as_string()) *slots[k] = *s;
      b.identity.groups.push_back(std::move(ref));
    }
  b.invalid = list_of(v, "invalid");
  b.warnings = list_of(v, "warnings");
  b.inactive_in = v.text("inactiveIn");
  b.deleted_in = v.text("deletedIn");
  b.ambiguous = v.text("ambiguous");
  return b;
}

std::string write_desired(const DesiredAccount& d) {
  Array roles;
  for (const auto& r : d.roles) roles.emplace_back(Array{r.role, r.rule, r.source});
  return json::write(Object{{"fields", map_value(d.enforced)},
                            {"onCreate", map_value(d.on_create)},
                            {"roles", std::move(roles)},
                            {"name", d.name},
                            {"email", d.email}});
}

Result<DesiredAccount> read_desired(std::string_view text) {
  ROLLCALL_TRY(const Value v, json::parse(text, "desired account in the state"));
  DesiredAccount d;
  d.enforced = map_of(v, "fields");
  d.on_create = map_of(v, "onCreate");
  d.name = v.text("name");
  d.email = v.text("email");
  if (const Value* roles = v.find("roles"); roles && roles->as_array())
    for (const auto& r : *roles->as_array()) {
      const Array* parts = r.as_array();
      if (!parts || parts->size() != 3) return fail(ErrorKind::corrupt, "desired account in the state: a role is damaged");
      RoleGrant grant;
      std::string* slots[] = {&grant.role, &grant.rule, &grant.source};
      for (std::size_t k = 0; k < 3; ++k)
        if (const auto* s = (*parts)[k].as_string()) *slots[k] = *s;
      d.roles.push_back(std::move(grant));
    }
  return d;
}

std::string write_account(const Account& a) {
  Object out{{"id", a.id},
             {"fields", map_value(a.fields)},
             {"status", to_string(a.status)},
             {"native", a.native_status},
             {"accepted", a.accepted}};
  if (a.roles) out.emplace_back("roles", list_value(*a.roles));
  return json::write(out);
}

Result<Account> read_account(std::string_view text) {
  ROLLCALL_TRY(const Value v, json::parse(text, "account in the state"));
  Account a;
  a.id = v.text("id");
  a.fields = map_of(v, "fields");
  a.status = status_of(v.text("status"));
  a.native_status = v.text("native");
  a.accepted = flag(v, "accepted");
  a.roles = roles_of(v);
  return a;
}

std::string write_written(const Written& w) {
  Object out{{"fields", map_value(w.fields)}};
  if (w.roles) out.emplace_back("roles", list_value(*w.roles));
  if (!w.unconfirmed.empty()) out.emplace_back("unconfirmed", list_value(w.unconfirmed));
  if (!w.doubtful.empty()) out.emplace_back("doubtful", list_value(w.doubtful));
  return json::write(out);
}

std::set<std::string> names_of(const Value& v, const char* key) {
  std::set<std::string> out;
  if (const Value* names = v.find(key); names && names->as_array())
    for (const auto& name : *names->as_array())
      if (name.as_string()) out.insert(*name.as_string());
  return out;
}

Result<Written> read_written(std::string_view text) {
  Written w;
  if (text.empty()) return w;
  ROLLCALL_TRY(const Value v, json::parse(text, "written fields in the state"));
  w.fields = map_of(v, "fields");
  w.roles = roles_of(v);
  w.unconfirmed = names_of(v, "unconfirmed");
  w.doubtful = names_of(v, "doubtful");
  return w;
}

std::string write_changes(const std::vector<Change>& changes) {
  Array out;
  for (const auto& c : changes)
    out.emplace_back(Object{{"field", c.field}, {"from", c.from ? Value(*c.from) : Value()}, {"to", c.to ? Value(*c.to) : Value()}});
  return json::write(out);
}

Result<std::vector<Change>> read_changes(std::string_view text) {
  ROLLCALL_TRY(const Value v, json::parse(text, "changes in the state"));
  std::vector<Change> out;
  const auto text_of = [](const Value& item, std::string_view name) -> std::optional<std::string> {
    const Value* member = item.find(name);
    return member && member->as_string() ? std::optional(*member->as_string()) : std::nullopt;
  };
  if (const Array* items = v.as_array())
    for (const auto& item : *items) out.push_back({item.text("field"), text_of(item, "from"), text_of(item, "to")});
  return out;
}

Result<Fields> read_targets(std::string_view changes) {
  ROLLCALL_TRY(const auto all, read_changes(changes));
  Fields out;
  for (const auto& c : all)
    if (c.to && *c.to != "***") out[c.field] = *c.to;
  return out;
}

std::string mark_of(const store::SealedRow& waiting) { return "sealed:" + hash_of(waiting.body); }

std::string hash_of(std::string_view body) { return crypto::to_hex(crypto::fingerprint(body)); }

}  // namespace rollcall::sync
