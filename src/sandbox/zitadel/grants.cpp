#include <algorithm>

#include "sandbox/zitadel/emulator.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

using json::Value;

json::Array keys_of(const Tenant& tenant, const Account& account, bool objects) {
  json::Array keys;
  for (const std::int64_t id : account.roles) {
    const std::string& key = tenant.roles().at(id);
    Value role;
    role.set("key", key);
    role.set("displayName", key);
    if (objects)
      keys.push_back(std::move(role));
    else
      keys.emplace_back(key);
  }
  return keys;
}

std::size_t count_of(const Value& page, std::string_view name, std::size_t fallback) {
  const Value* value = page.find(name);
  if (value && value->as_int()) return static_cast<std::size_t>(*value->as_int());
  return value && value->as_string() ? number<std::size_t>(*value->as_string()).value_or(fallback) : fallback;
}

// The items of one page.
json::Array page_of(json::Array all, const Value& page) {
  const std::size_t offset = std::min(count_of(page, "offset", 0), all.size());
  const std::size_t end = std::min(all.size(), offset + count_of(page, "limit", 100));
  return json::Array(all.begin() + static_cast<std::ptrdiff_t>(offset), all.begin() + static_cast<std::ptrdiff_t>(end));
}

Value pagination(std::size_t total) {
  Value value;
  value.set("totalResult", std::to_string(total));
  value.set("appliedLimit", "1000");
  return value;
}

}  // namespace

Checked<std::set<std::int64_t>> Zitadel::role_ids(const Value& keys) const {
  std::set<std::int64_t> ids;
  if (!keys.as_array()) return ids;
  for (const Value& key : *keys.as_array()) {
    const auto id = key.as_string() ? tenant_.role_id(*key.as_string()) : std::nullopt;
    if (!id) return refuse(9, "COMMAND-mm9F4", "Role does not exist on project");
    ids.insert(*id);
  }
  return ids;
}

const Account* Zitadel::by_grant(const std::string& id) const { return tenant_.find_by("grant", id); }

Checked<Account> Zitadel::grant(const std::string& user, const std::string& project, const Value& keys, Instant now) {
  const Account* found = find(user);
  if (!found) return refuse(9, "COMMAND-4f8sg", "User could not be found");
  if (project != options_.project) return refuse(9, "COMMAND-3n77S", "Project could not be found");
  auto roles = role_ids(keys);
  if (!roles) return tl::unexpected(roles.error());
  if (found->field("grant")) return refuse(6, "V3-DKcYh", "User grant already exists");
  Account account = *found;
  account.roles = std::move(*roles);
  account.fields["grant"] = "grant-" + std::to_string(account.id);
  write(account, now);
  return account;
}

// ---- v1 ----

Zitadel::Reply Zitadel::search_grants(const Asked& asked) {
  const auto body = read_body(asked.request, {"query", "queries"});
  if (!body) return tl::unexpected(body.error());
  std::string user;
  bool here = true;
  if (const json::Array* queries = member(*body, "queries").as_array())
    for (const Value& query : *queries) {
      if (auto known = only(query, {"projectIdQuery", "userIdQuery"}); !known) return tl::unexpected(known.error());
      if (const Value* project = query.find("projectIdQuery")) here = here && project->text("projectId") == options_.project;
      if (const Value* id = query.find("userIdQuery")) user = id->text("userId");
    }
  json::Array all;
  for (const Account& account : all_seen(asked.now)) {
    if (!here || !account.field("grant") || (!user.empty() && user != *account.field("userId"))) continue;
    Value item;
    item.set("id", *account.field("grant"));
    item.set("details", details(account, options_.organization));
    item.set("roleKeys", keys_of(tenant_, account, false));
    item.set("state", "USER_GRANT_STATE_ACTIVE");
    item.set("userId", *account.field("userId"));
    item.set("projectId", options_.project);
    item.set("orgId", options_.organization);
    all.push_back(std::move(item));
  }
  Value answer;
  answer.set("details", list_details(static_cast<std::int64_t>(all.size()), asked.now, "viewTimestamp"));
  if (auto items = page_of(std::move(all), member(*body, "query")); !items.empty()) answer.set("result", std::move(items));
  return answer;
}

Zitadel::Reply Zitadel::add_grant(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "projectId", "projectGrantId", "roleKeys"});
  if (!body) return tl::unexpected(body.error());
  const auto account = grant(asked.path[3], body->text("projectId"), member(*body, "roleKeys"), asked.now);
  if (!account) return tl::unexpected(account.error());
  Value answer;
  answer.set("userGrantId", *account->field("grant"));
  answer.set("details", details(*account, options_.organization));
  return answer;
}

Zitadel::Reply Zitadel::change_grant(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "grantId", "roleKeys"});
  if (!body) return tl::unexpected(body.error());
  const Account* found = by_grant(asked.path.back());
  if (!found || *found->field("userId") != asked.path[3]) return refuse(5, "COMMAND-3M9sd", "User grant not found");
  auto roles = role_ids(member(*body, "roleKeys"));
  if (!roles) return tl::unexpected(roles.error());
  if (*roles == found->roles) return refuse(9, "COMMAND-Rs8fy", "User grant has not been changed");
  Account account = *found;
  account.roles = std::move(*roles);
  write(account, asked.now);
  Value answer;
  answer.set("details", details(account, options_.organization));
  return answer;
}

Zitadel::Reply Zitadel::remove_grant(const Asked& asked) {
  const Account* found = by_grant(asked.path.back());
  if (!found) return refuse(5, "COMMAND-1My0t", "User grant not found");
  Account account = *found;
  account.roles.clear();
  account.fields.erase("grant");
  write(account, asked.now);
  Value answer;
  answer.set("details", details(account, options_.organization));
  return answer;
}

json::Array Zitadel::role_values(bool objects) const {
  json::Array all;
  for (const auto& [id, key] : tenant_.roles()) {
    Value role;
    if (objects) role.set("projectId", options_.project);
    role.set("key", key);
    role.set("displayName", key);
    all.push_back(std::move(role));
  }
  return all;
}

Zitadel::Reply Zitadel::search_roles(const Asked& asked) {
  const auto body = read_body(asked.request, {"projectId", "query", "queries"});
  if (!body) return tl::unexpected(body.error());
  if (asked.path[3] != options_.project) return refuse(5, "QUERY-fk2fs", "Project could not be found");
  Value answer;
  answer.set("details", list_details(static_cast<std::int64_t>(tenant_.roles().size()), asked.now, "viewTimestamp"));
  if (auto items = page_of(role_values(false), member(*body, "query")); !items.empty()) answer.set("result", std::move(items));
  return answer;
}

// ---- v2 ----

Zitadel::Reply Zitadel::list_authorizations(const Asked& asked) {
  const auto body = read_body(asked.request, {"pagination", "sortingColumn", "filters"});
  if (!body) return tl::unexpected(body.error());
  std::string user;
  bool here = true;
  if (const json::Array* filters = member(*body, "filters").as_array())
    for (const Value& filter : *filters) {
      if (auto known = only(filter, {"projectId", "userId", "organizationId"}); !known) return tl::unexpected(known.error());
      if (const Value* project = filter.find("projectId")) here = here && project->text("id") == options_.project;
      if (const Value* organization = filter.find("organizationId")) here = here && organization->text("id") == options_.organization;
      if (const Value* id = filter.find("userId")) user = id->text("id");
    }
  json::Array all;
  for (const Account& account : all_seen(asked.now)) {
    if (!here || !account.field("grant") || (!user.empty() && user != *account.field("userId"))) continue;
    Value item, about;
    about.set("id", *account.field("userId"));
    item.set("id", *account.field("grant"));
    item.set("state", "STATE_ACTIVE");
    item.set("user", std::move(about));
    item.set("roles", keys_of(tenant_, account, true));
    all.push_back(std::move(item));
  }
  Value answer;
  answer.set("pagination", pagination(all.size()));
  if (auto items = page_of(std::move(all), member(*body, "pagination")); !items.empty()) answer.set("authorizations", std::move(items));
  return answer;
}

Zitadel::Reply Zitadel::create_authorization(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "projectId", "organizationId", "roleKeys"});
  if (!body) return tl::unexpected(body.error());
  if (body->text("organizationId") != options_.organization) return refuse(3, "", "invalid CreateAuthorizationRequest.OrganizationId");
  const auto account = grant(body->text("userId"), body->text("projectId"), member(*body, "roleKeys"), asked.now);
  if (!account) return tl::unexpected(account.error());
  Value answer;
  answer.set("id", *account->field("grant"));
  answer.set("creationDate", time_text(asked.now));
  return answer;
}

Zitadel::Reply Zitadel::update_authorization(const Asked& asked) {
  const auto body = read_body(asked.request, {"id", "roleKeys"});
  if (!body) return tl::unexpected(body.error());
  const Account* found = by_grant(body->text("id"));
  if (!found) return refuse(5, "COMMAND-3M9sd", "User grant not found");
  auto roles = role_ids(member(*body, "roleKeys"));
  if (!roles) return tl::unexpected(roles.error());
  Account account = *found;
  account.roles = std::move(*roles);
  write(std::move(account), asked.now);
  Value answer;
  answer.set("changeDate", time_text(asked.now));
  return answer;
}

Zitadel::Reply Zitadel::delete_authorization(const Asked& asked) {
  const auto body = read_body(asked.request, {"id"});
  if (!body) return tl::unexpected(body.error());
  Value answer = json::Object();
  const Account* found = by_grant(body->text("id"));
  if (!found) return answer;
  Account account = *found;
  account.roles.clear();
  account.fields.erase("grant");
  write(std::move(account), asked.now);
  answer.set("deletionDate", time_text(asked.now));
  return answer;
}

Zitadel::Reply Zitadel::list_project_roles(const Asked& asked) {
  const auto body = read_body(asked.request, {"projectId", "pagination", "sortingColumn", "filters"});
  if (!body) return tl::unexpected(body.error());
  if (body->text("projectId") != options_.project) return refuse(5, "QUERY-fk2fs", "Project could not be found");
  Value answer;
  answer.set("pagination", pagination(tenant_.roles().size()));
  if (auto items = page_of(role_values(true), member(*body, "pagination")); !items.empty()) answer.set("projectRoles", std::move(items));
  return answer;
}

}  // namespace rollcall::sandbox::zitadel
