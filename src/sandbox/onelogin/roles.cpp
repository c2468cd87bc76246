#include <algorithm>

#include "sandbox/answers.hpp"
#include "sandbox/onelogin/emulator.hpp"

namespace rollcall::sandbox::onelogin {
namespace {

using json::Value;

Value role_value(std::int64_t id, const std::string& name) {
  Value role;
  role.set("id", id);
  role.set("name", name);
  return role;
}

}  // namespace

// Nested in one more array (page "Get Roles for a User").
OneLogin::Reply OneLogin::roles_of_user(const Asked& asked) {
  const auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  json::Array ids;
  for (const auto role : account->roles) ids.emplace_back(role);
  return envelope(json::Array{Value(std::move(ids))});
}

// The texts of page "Assign Role to a User".
Checked<std::set<std::int64_t>> OneLogin::role_array(const Asked& asked) const {
  const auto body = body_of(asked);
  if (!body) return tl::unexpected(body.error());
  const Value* list = body->find("role_id_array");
  if (!list || !list->as_array()) {
    Value message;
    message.set("attribute", "role_id_array");
    message.set("description", "role_id_array has incorrect data type. It should be -> array");
    return tl::unexpected(Refusal{400, std::move(message), {}});
  }
  if (list->as_array()->empty()) return refuse(400, "role_id_array is empty");
  std::set<std::int64_t> ids;
  for (const Value& item : *list->as_array()) {
    if (!item.as_int()) return refuse(400, "Input JSON is not valid");
    ids.insert(*item.as_int());
  }
  std::string valid;
  for (const auto& [id, name] : tenant_.roles()) valid += (valid.empty() ? "" : ", ") + std::to_string(id);
  for (const auto id : ids)
    if (!tenant_.roles().contains(id)) return refuse(400, "role_id_array should be a subset of -> [" + valid + "]");
  return ids;
}

OneLogin::Reply OneLogin::add_roles(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const auto ids = role_array(asked);
  if (!ids) return tl::unexpected(ids.error());
  // The strict reading: one that is there already refuses the whole list.
  const bool included = std::any_of(ids->begin(), ids->end(), [&](const auto id) { return account->roles.contains(id); });
  if (included) return refuse(400, "input role_id_array is already included as user roles");
  account->roles.insert(ids->begin(), ids->end());
  store(std::move(*account), asked.now);
  return envelope({});
}

OneLogin::Reply OneLogin::remove_roles(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const auto ids = role_array(asked);
  if (!ids) return tl::unexpected(ids.error());
  const bool lacking = std::any_of(ids->begin(), ids->end(), [&](const auto id) { return !account->roles.contains(id); });
  if (lacking) return refuse(400, "input role_id_array is not a part of user roles");
  for (const auto id : *ids) account->roles.erase(id);
  account->updated = asked.now;
  (void)tenant_.put(std::move(*account));  // mappings look at users that change, not at this
  return envelope({});
}

OneLogin::Reply OneLogin::roles(const Asked& asked) {
  std::map<std::int64_t, Value> items;
  const std::string name(asked.target.parameter(asked.version == 2 ? "role_name" : "name"));
  for (const auto& [id, own] : tenant_.roles())
    if (name.empty() || own == name) items.emplace(id, role_value(id, own));
  return page(asked, items, items.size());
}

OneLogin::Reply OneLogin::role(const Asked& asked) {
  const auto id = number<std::int64_t>(asked.id());
  const auto found = id ? tenant_.roles().find(*id) : tenant_.roles().end();
  if (found == tenant_.roles().end()) return refuse(404, "The resource with the given id could not be found");
  const Value value = role_value(found->first, found->second);
  return asked.version == 1 ? envelope(json::Array{value}) : json_document(200, value);
}

OneLogin::Reply OneLogin::groups(const Asked& asked) {
  std::map<std::int64_t, Value> items;
  const auto one = number<std::int64_t>(asked.id());
  for (const auto id : tenant_.groups) {
    Value group = role_value(id, "Group " + std::to_string(id));
    group.set("reference", nullptr);
    if (!one || *one == id) items.emplace(id, std::move(group));
  }
  if (one && items.empty()) return refuse(404, "Group not found");
  return page(asked, items, items.size());
}

OneLogin::Reply OneLogin::role_users(const Asked& asked) {
  const auto id = number<std::int64_t>(asked.id());
  if (!id || !tenant_.roles().contains(*id)) return refuse(404, "The resource with the given id could not be found");
  std::map<std::int64_t, Value> items;
  for (const auto& [user, account] : tenant_.accounts())
    if (account.roles.contains(*id)) {
      const std::string* name = account.field("username");
      items.emplace(user, role_value(user, name ? *name : ""));
    }
  return page(asked, items, items.size());
}

// A bare array of ids; one that is nobody's refuses all.
Checked<std::set<std::int64_t>> OneLogin::user_array(const Asked& asked) const {
  const auto role = number<std::int64_t>(asked.id());
  if (!role || !tenant_.roles().contains(*role)) return refuse(404, "The resource with the given id could not be found");
  const auto body = body_of(asked);
  if (!body) return tl::unexpected(body.error());
  if (!body->as_array() || body->as_array()->empty()) return refuse(422, "Validation failed: expected an array of user ids");
  std::set<std::int64_t> ids;
  for (const Value& item : *body->as_array()) {
    if (!item.as_int() || !tenant_.find(*item.as_int())) return refuse(422, "Validation failed: " + json::write(item) + " is no user");
    ids.insert(*item.as_int());
  }
  return ids;
}

OneLogin::Reply OneLogin::add_role_users(const Asked& asked) {
  const auto ids = user_array(asked);
  if (!ids) return tl::unexpected(ids.error());
  json::Array added;
  for (const auto id : *ids) {
    Account account = *tenant_.find(id);
    account.roles.insert(*number<std::int64_t>(asked.id()));
    store(std::move(account), asked.now);
    Value value;
    value.set("id", id);
    added.push_back(std::move(value));
  }
  return json_document(200, added);
}

OneLogin::Reply OneLogin::remove_role_users(const Asked& asked) {
  const auto ids = user_array(asked);
  if (!ids) return tl::unexpected(ids.error());
  for (const auto id : *ids) {
    Account account = *tenant_.find(id);
    account.roles.erase(*number<std::int64_t>(asked.id()));
    account.updated = asked.now;
    (void)tenant_.put(std::move(account));
  }
  return no_content();
}

}  // namespace rollcall::sandbox::onelogin
