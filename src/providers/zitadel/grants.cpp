#include "providers/zitadel/grants.hpp"

#include <charconv>

#include "json/json.hpp"
#include "providers/http.hpp"
#include "providers/zitadel/wire.hpp"

namespace rollcall::providers::zitadel {
namespace {

using json::Value;

constexpr std::string_view authorizations = "/zitadel.authorization.v2.AuthorizationService/";

Result<json::Array> list_in(const Value& root, std::string_view name) {
  const Value* list = root.find(name);  // an empty one is left out (protojson)
  if (!list) return json::Array();
  if (!list->as_array()) return fail(ErrorKind::corrupt, std::string(name) + ": expected an array");
  return *list->as_array();
}

std::int64_t total_of(RoleApi api, const Value& root) {
  const Value* about = root.find(api == RoleApi::v1 ? "details" : "pagination");
  const std::string text = about ? about->text("totalResult") : "";
  std::int64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

// Texts, or objects with a key: the vendor's versions differ.
Result<std::set<std::string>> keys_of(const Value& grant, std::string_view name) {
  ROLLCALL_TRY(const json::Array list, list_in(grant, name));
  std::set<std::string> keys;
  for (const Value& item : list) {
    std::string key = item.as_string() ? *item.as_string() : item.text("key");
    if (key.empty()) return fail(ErrorKind::corrupt, std::string(name) + ": a role without a key");
    keys.insert(std::move(key));
  }
  return keys;
}

json::Array array_of(const std::set<std::string>& keys) { return {keys.begin(), keys.end()}; }  // in order: the vendor compares so

Value id_query(std::string_view query, std::string_view name, const std::string& id) {
  Value inner, out;
  inner.set(name, id);
  out.set(query, std::move(inner));
  return out;
}

Value page(std::int64_t offset) {
  Value query;
  query.set("offset", std::to_string(offset));
  query.set("limit", search_limit);
  query.set("asc", true);
  return query;
}

Wanted connect_call(std::string_view service, std::string_view method, const Value& body) {
  return {"POST", std::string(service) + std::string(method), json::write(body)};
}

std::string grant_path(const Grant& grant) {
  return "/management/v1/users/" + percent_encoded(grant.user) + "/grants/" + percent_encoded(grant.id);
}

}  // namespace

Result<GrantSearch> read_grants(RoleApi api, std::string_view body) {
  ROLLCALL_TRY(const Value root, json::parse(body, "grants"));
  ROLLCALL_TRY(const json::Array list, list_in(root, api == RoleApi::v1 ? "result" : "authorizations"));
  GrantSearch out;
  out.total = total_of(api, root);
  for (const Value& item : list) {
    Grant grant;
    grant.id = item.text("id");
    const Value* user = item.find("user");
    grant.user = api == RoleApi::v1 ? item.text("userId") : user ? user->text("id") : "";
    if (grant.id.empty() || grant.user.empty()) return fail(ErrorKind::corrupt, "grants: a grant without its id or its user");
    ROLLCALL_TRY(grant.keys, keys_of(item, api == RoleApi::v1 ? "roleKeys" : "roles"));
    out.grants.push_back(std::move(grant));
  }
  return out;
}

Result<RoleSearch> read_roles(RoleApi api, std::string_view body) {
  ROLLCALL_TRY(const Value root, json::parse(body, "roles"));
  ROLLCALL_TRY(const json::Array list, list_in(root, api == RoleApi::v1 ? "result" : "projectRoles"));
  RoleSearch out;
  out.total = total_of(api, root);
  out.items = static_cast<std::int64_t>(list.size());
  for (const Value& item : list) {
    ROLLCALL_TRY(const std::string key, json::require_text(item, "key", "roles"));
    out.roles.push_back({key, key});
  }
  return out;
}

Result<std::string> read_grant_id(RoleApi api, std::string_view body) {
  ROLLCALL_TRY(const Value root, json::parse(body, "grant"));
  return json::require_text(root, api == RoleApi::v1 ? "userGrantId" : "id", "grant");
}

Wanted search_grants(RoleApi api, std::int64_t offset, const std::string& project, const std::string& user, const std::string& organization) {
  Value body;
  json::Array filters;
  const bool old = api == RoleApi::v1;
  filters.push_back(id_query(old ? "projectIdQuery" : "projectId", old ? "projectId" : "id", project));
  if (!user.empty()) filters.push_back(id_query(old ? "userIdQuery" : "userId", old ? "userId" : "id", user));
  // v1 takes the organisation as a header.
  if (!old && !organization.empty()) filters.push_back(id_query("organizationId", "id", organization));
  body.set(old ? "query" : "pagination", page(offset));
  body.set(old ? "queries" : "filters", std::move(filters));
  if (old) return {"POST", "/management/v1/users/grants/_search", json::write(body)};
  return connect_call(authorizations, "ListAuthorizations", body);
}

Wanted search_roles(RoleApi api, std::int64_t offset, const std::string& project) {
  Value body;
  if (api == RoleApi::v1) {
    body.set("query", page(offset));
    return {"POST", "/management/v1/projects/" + percent_encoded(project) + "/roles/_search", json::write(body)};
  }
  body.set("projectId", project);
  body.set("pagination", page(offset));
  return connect_call("/zitadel.project.v2.ProjectService/", "ListProjectRoles", body);
}

Wanted create_grant(RoleApi api, const std::string& user, const std::string& project, const std::string& organization,
                    const std::set<std::string>& keys) {
  Value body;
  if (api == RoleApi::v2) body.set("userId", user);
  body.set("projectId", project);
  if (api == RoleApi::v2) body.set("organizationId", organization);
  body.set("roleKeys", array_of(keys));
  if (api == RoleApi::v1) return {"POST", "/management/v1/users/" + percent_encoded(user) + "/grants", json::write(body)};
  return connect_call(authorizations, "CreateAuthorization", body);
}

Wanted replace_keys(RoleApi api, const Grant& grant, const std::set<std::string>& keys) {
  Value body;
  if (api == RoleApi::v2) body.set("id", grant.id);
  body.set("roleKeys", array_of(keys));
  if (api == RoleApi::v1) return {"PUT", grant_path(grant), json::write(body)};
  return connect_call(authorizations, "UpdateAuthorization", body);
}

Wanted delete_grant(RoleApi api, const Grant& grant) {
  if (api == RoleApi::v1) return {"DELETE", grant_path(grant), ""};
  Value body;
  body.set("id", grant.id);
  return connect_call(authorizations, "DeleteAuthorization", body);
}

}  // namespace rollcall::providers::zitadel
