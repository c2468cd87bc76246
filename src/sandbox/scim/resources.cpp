// Users and groups one by one: shown, made, changed, deleted.
#include "crypto/hash.hpp"
#include "sandbox/scim/emulator.hpp"
#include "scim/patch.hpp"
#include "scim/response.hpp"

namespace rollcall::sandbox::scim {
namespace {

using protocol::refuse;
using protocol::Value;

// The resource without meta decides: whoever changes it back gets the same version back.
std::string version_of(const Value& resource) { return crypto::sha256_hex(json::write(resource)).substr(0, 16); }

Value reference(const std::string& id, const std::string& base, std::string_view kind, std::string_view name) {
  return protocol::Object{{"value", id}, {"$ref", base + "/" + std::string(kind) + "/" + id}, {"display", name}, {"type", kind == "Groups" ? "direct" : "User"}};
}

std::string location_of(const Value& resource) {
  const Value* meta = resource.find("meta");
  return meta ? meta->text("location") : "";
}

}  // namespace

const protocol::ResourceType& person_type() {
  static const protocol::ResourceType type = [] {
    protocol::ResourceType parts = protocol::user_type();
    std::erase_if(parts.extensions, [](const auto& extension) { return extension.schema->id != protocol::enterprise_urn; });
    return protocol::make_resource_type(std::move(parts));
  }();
  return type;
}

// ---- what is shown ----

Value Scim::stored_user(const Account& account) const {
  const std::string* text = account.field("resource");
  if (const auto kept = text ? json::parse(*text) : Result<Value>(fail(ErrorKind::not_found, "")); kept && kept->as_object()) return *kept;
  // Made behind our back by the control API.
  return protocol::Object{{"schemas", protocol::Array{std::string(protocol::user_urn)}}, {"userName", *account.field("userName")}, {"active", account.status == active}};
}

Value Scim::user_value(const Asked& asked, const Account& account) const {
  Value user = stored_user(account);
  const std::string id = std::to_string(account.id);
  protocol::set_id(person_type(), user, id);
  protocol::Array groups;
  for (const auto role : account.roles) groups.push_back(reference(std::to_string(role), asked.base, "Groups", tenant_.roles().at(role)));
  if (options_.user_groups && !groups.empty()) protocol::set_computed(person_type(), user, "groups", std::move(groups));
  const std::string version = options_.etags ? version_of(user) : "";
  protocol::set_meta(person_type(), user, {"User", account.created, account.updated, asked.base + "/Users/" + id, version});
  return user;
}

Value Scim::group_value(const Asked& asked, std::int64_t role, bool with_members) const {
  const std::string id = std::to_string(role);
  Value group = protocol::Object{{"schemas", protocol::Array{std::string(protocol::group_urn)}}, {"id", id}, {"displayName", tenant_.roles().at(role)}};
  protocol::Array members;
  for (const auto& [number, account] : tenant_.accounts())
    if (account.roles.contains(role)) members.push_back(reference(std::to_string(number), asked.base, "Users", *account.field("userName")));
  const std::string version = options_.etags ? version_of(protocol::Array{group, members}) : "";
  if (with_members && !members.empty()) protocol::set_computed(protocol::group_type(), group, "members", std::move(members));
  protocol::set_meta(protocol::group_type(), group, {"Group", {}, {}, asked.base + "/Groups/" + id, version});
  return group;
}

Scim::Reply Scim::shown(const Asked& asked, const protocol::ResourceType& type, const Value& resource, int status) const {
  ROLLCALL_TRY(const auto parameters, protocol::parse_parameters(asked.query));
  ROLLCALL_TRY(const auto query, protocol::parse_query(parameters, protocol::Paging{}));
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", std::string(protocol::media_type));
  response.headers.emplace_back("Location", location_of(resource));
  if (const std::string version = resource.find("meta")->text("version"); options_.etags) response.headers.emplace_back("ETag", version);
  response.body = json::write(protocol::Projection(type, query.attributes, query.excluded).apply(resource));
  return response;
}

protocol::Answer<void> Scim::unchanged_meanwhile(const Asked& asked, const Value& resource) const {
  const std::string_view wanted = header_value(asked.request.headers, "If-Match");
  if (!options_.etags || wanted.empty()) return {};
  std::string version = resource.find("meta")->text("version");  // W/"..."
  version = version.substr(3, version.size() - 4);
  if (protocol::names_version(wanted, version)) return {};
  return refuse(412, "the resource was changed meanwhile");
}

protocol::Answer<Value> Scim::changed(const Asked& asked, const protocol::ResourceType& type, const Value& stored) const {
  const protocol::Limits limits;
  ROLLCALL_TRY(const Value body, protocol::parse_body(asked.request.body, limits));
  if (asked.request.method == "PUT") return protocol::replace(type, body, stored, limits);
  ROLLCALL_TRY(const auto patch, protocol::parse_patch(body, limits));
  ROLLCALL_TRY(auto patched, protocol::apply(patch, type, stored, limits));
  return std::move(patched.resource);
}

// ---- users ----

Scim::Reply Scim::users(const Asked& asked) {
  if (asked.request.method != "POST") return refuse(405, "users are made with POST");
  const protocol::Limits limits;
  ROLLCALL_TRY(const Value body, protocol::parse_body(asked.request.body, limits));
  ROLLCALL_TRY(Value resource, protocol::create(person_type(), body, limits));
  Account account;
  account.created = asked.now;
  return store_user(asked, std::move(account), std::move(resource), 201);
}

Scim::Reply Scim::user(const Asked& asked, const Account& account) {
  const std::string& method = asked.request.method;
  const Value now = user_value(asked, account);
  if (method == "GET" && asked.distortion.hides(account.id)) return refuse(404, "Users/" + asked.path[1] + " does not exist");
  if (method == "GET") return shown(asked, person_type(), now, 200);
  ROLLCALL_CHECK(unchanged_meanwhile(asked, now));
  if (method == "DELETE") {
    tenant_.remove(account.id);
    HttpResponse response;
    response.status = 204;
    return response;
  }
  if (method != "PUT" && method != "PATCH") return refuse(405, method + " is not for one user");
  ROLLCALL_TRY(Value after, changed(asked, person_type(), now));
  return store_user(asked, account, std::move(after), 200);
}

Scim::Reply Scim::store_user(const Asked& asked, Account account, Value resource, int status) {
  if (const Value password = protocol::take(resource, "password"); password.as_string()) {
    account.password = "sha256:" + crypto::sha256_hex(*password.as_string());
    account.password_changed = asked.now;
  }
  for (const char* computed : {"id", "meta", "groups"}) (void)protocol::take(resource, computed);
  const Value* enabled = resource.find("active");
  if (!enabled) resource.set("active", true);
  account.status = enabled && enabled->as_bool() && !*enabled->as_bool() ? inactive : active;
  account.fields["userName"] = resource.text("userName");
  account.fields.erase("externalId");
  if (const std::string external = resource.text("externalId"); !external.empty()) account.fields["externalId"] = external;
  std::string text = json::write(resource);
  if (account.fields["resource"] != text) account.updated = asked.now;
  account.fields["resource"] = std::move(text);
  const auto id = tenant_.put(std::move(account));
  if (!id) return refuse(protocol::ErrorType::uniqueness, "userName is taken");
  return shown(asked, person_type(), user_value(asked, *tenant_.find(*id)), status);
}

// ---- groups ----

Scim::Reply Scim::group(const Asked& asked, std::int64_t role) {
  const std::string& method = asked.request.method;
  const Value now = group_value(asked, role, true);
  if (method == "GET") return shown(asked, protocol::group_type(), now, 200);
  if (method != "PUT" && method != "PATCH") return refuse(501, "groups are made with --roles, and stay");
  ROLLCALL_CHECK(unchanged_meanwhile(asked, now));
  ROLLCALL_TRY(const Value after, changed(asked, protocol::group_type(), now));
  if (after.text("displayName") != tenant_.roles().at(role)) return refuse(403, "a group keeps its name");
  return store_members(asked, role, after);
}

Scim::Reply Scim::store_members(const Asked& asked, std::int64_t role, const Value& resource) {
  std::set<std::int64_t> wanted;
  if (const Value* members = resource.find("members"))
    for (const Value& member : *members->as_array()) {
      const auto id = number<std::int64_t>(member.text("value"));
      if (!id || !tenant_.find(*id)) return refuse(protocol::ErrorType::invalid_value, "members: there is no such user");
      wanted.insert(*id);
    }
  std::vector<Account> changed;
  for (const auto& [id, account] : tenant_.accounts())
    if (account.roles.contains(role) != wanted.contains(id)) changed.push_back(account);
  for (Account& account : changed) {
    if (wanted.contains(account.id))
      account.roles.insert(role);
    else
      account.roles.erase(role);
    (void)tenant_.put(std::move(account));  // its name stays
  }
  return shown(asked, protocol::group_type(), group_value(asked, role, true), 200);
}

}  // namespace rollcall::sandbox::scim
