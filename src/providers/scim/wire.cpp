#include "providers/scim/wire.hpp"

#include <algorithm>

#include "providers/http.hpp"

namespace rollcall::providers::scim {
namespace {

using json::Value;
using protocol::same_name;

constexpr std::string_view patch_urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

std::string text_in(const Value& object, std::string_view name) {
  const Value* value = member(object, name);
  return value && value->as_string() ? *value->as_string() : std::string();
}

std::int64_t number_in(const Value* object, std::string_view name) {
  const Value* value = object ? member(*object, name) : nullptr;
  return value && value->as_int() ? *value->as_int() : 0;
}

bool flag_in(const Value* object, std::string_view name, bool otherwise) {
  const Value* value = object ? member(*object, name) : nullptr;
  return value && value->as_bool() ? *value->as_bool() : otherwise;
}

Error wrong(std::string_view field, std::string text) {
  return {ErrorKind::invalid, std::string(field) + ": " + std::move(text), "scim", std::nullopt, false};
}

Result<Place> checked_place(const std::string& field, const std::string& value) {
  const auto place = place_of(field);
  if (!place) return tl::unexpected(wrong(field, "is no attribute of a SCIM user that can be written"));
  if (!json::is_utf8(value)) return tl::unexpected(wrong(field, "is no UTF-8"));
  if (field == "userName" && value.empty()) return tl::unexpected(wrong(field, "cannot be empty: no SCIM user without it"));
  return *place;
}

// The group's id; some services give its address only.
std::string value_in(const Value& reference) {
  if (std::string value = text_in(reference, "value"); !value.empty()) return value;
  const std::string address = text_in(reference, "$ref");
  return address.substr(address.rfind('/') == address.npos ? 0 : address.rfind('/') + 1);
}

std::set<std::string> direct_groups(const Value& groups) {
  std::set<std::string> out;
  if (!groups.as_array()) return out;
  for (const Value& group : *groups.as_array()) {
    std::string id = value_in(group);
    if (!id.empty() && !same_name(text_in(group, "type"), "indirect")) out.insert(std::move(id));
  }
  return out;
}

Value operation(std::string_view op, std::string path, Value value) {
  Value out;
  out.set("op", op);
  out.set("path", std::move(path));
  if (!value.is_null()) out.set("value", std::move(value));
  return out;
}

std::string path_of(const Place& place) {
  return (place.urn.empty() ? "" : place.urn + ':') + place.attribute + (place.sub.empty() ? "" : '.' + place.sub);
}

Value member_value(const std::string& id) {
  Value out;
  out.set("value", id);
  return out;
}

// What stands at a place of one value, or the whole of a multi-valued attribute.
Value at(const Value& user, const Place& place) {
  const Value* found = place.urn.empty() ? &user : member(user, place.urn);
  if (found) found = member(*found, place.attribute);
  if (found && !place.many() && !place.sub.empty()) found = member(*found, place.sub);
  return found ? *found : Value();
}

}  // namespace

Result<Service> read_service(std::string_view body) {
  ROLLCALL_TRY(Value root, json::parse(body, "ServiceProviderConfig"));
  if (const Value* list = member(root, "Resources"); list && list->as_array() && !list->as_array()->empty()) {
    Value first = list->as_array()->front();  // some answer a list of one
    root = std::move(first);
  }
  Service out;
  out.patch = flag_in(member(root, "patch"), "supported", true);
  out.etag = flag_in(member(root, "etag"), "supported", true);
  const Value* filter = member(root, "filter");
  out.filter = flag_in(filter, "supported", true);
  const Value* pages = member(root, "pagination");
  const bool cursor = flag_in(pages, "cursor", false), index = flag_in(pages, "index", true);
  out.by_cursor = cursor && (!index || same_name(text_in(*pages, "defaultPaginationMethod"), "cursor"));
  const std::int64_t most = std::max(number_in(pages, "maxPageSize"), number_in(filter, "maxResults"));
  if (most > 0) out.page = static_cast<int>(std::min<std::int64_t>(most, 500));
  return out;
}

Result<Attributes> read_schemas(std::string_view body) {
  ROLLCALL_TRY(const Value root, json::parse(body, "Schemas"));
  const Value* list = member(root, "Resources");
  const json::Array* schemas = list ? list->as_array() : root.as_array();  // some answer a plain array
  if (!schemas) return fail(ErrorKind::corrupt, "Schemas: expected a list");
  Attributes out;
  for (const Value& schema : *schemas) out.add(text_in(schema, "id"), schema);
  return out;
}

Result<Listed> read_list(std::string_view body) {
  ROLLCALL_TRY(Value root, json::parse(body, "list"));
  if (!root.as_object()) return fail(ErrorKind::corrupt, "list: expected an object");
  Listed out;
  if (const Value* total = member(root, "totalResults")) {
    if (!total->as_int()) return fail(ErrorKind::corrupt, "list: totalResults is no number");
    out.total = *total->as_int();
  }
  out.next_cursor = text_in(root, "nextCursor");
  for (auto& [name, value] : *root.as_object()) {
    if (!same_name(name, "Resources") || value.is_null()) continue;
    if (!value.as_array()) return fail(ErrorKind::corrupt, "list: Resources is no array");
    out.resources = std::move(*value.as_array());
  }
  if (!out.total && out.resources.empty() && !member(root, "Resources")) return fail(ErrorKind::corrupt, "list: neither totalResults nor Resources");
  return out;
}

Result<Document> read_document(const HttpResponse& response) {
  Document out;
  ROLLCALL_TRY(out.resource, json::parse(response.body, "resource"));
  if (text_in(out.resource, "id").empty()) return fail(ErrorKind::corrupt, "resource: it has no id");
  out.version = header_value(response.headers, "ETag");
  if (const Value* meta = member(out.resource, "meta"); out.version.empty() && meta) out.version = text_in(*meta, "version");
  return out;
}

Result<Account> read_user(const Value& user, const std::set<std::string>& enforced, const Attributes& attributes) {
  Account out;
  out.id = text_in(user, "id");
  if (out.id.empty()) return fail(ErrorKind::corrupt, "user: it has no id");
  out.fields = read_fields(user, enforced, attributes);
  if (!out.fields.contains("userName")) return fail(ErrorKind::corrupt, "user " + out.id + ": it has no userName");
  const bool active = flag_in(&user, "active", true);
  out.status = active ? AccountStatus::active : AccountStatus::suspended;
  out.native_status = active ? "active" : "inactive";
  const Value* groups = member(user, "groups");
  if (groups && groups->as_array() && !groups->as_array()->empty()) out.roles = direct_groups(*groups);
  return out;
}

Result<Group> read_group(const Value& group) {
  Group out;
  out.id = text_in(group, "id");
  out.name = text_in(group, "displayName");
  if (out.id.empty()) return fail(ErrorKind::corrupt, "group: it has no id");
  const Value* members = member(group, "members");
  if (!members || !members->as_array()) return out;
  for (const Value& each : *members->as_array())
    if (std::string id = value_in(each); !id.empty() && !same_name(text_in(each, "type"), "Group")) out.users.insert(std::move(id));
  return out;
}

Result<std::string> write_create(const Fields& fields, const Attributes& attributes) {
  if (const auto name = fields.find("userName"); name == fields.end() || name->second.empty())
    return tl::unexpected(wrong("userName", "cannot be empty: no SCIM user without it"));
  Value user;
  user.set("schemas", json::Array{std::string(protocol::user_urn)});
  ROLLCALL_TRY(user, changed(std::move(user), fields, attributes));
  user.set("active", true);
  return json::write(user);
}

Result<Value> changed(Value user, const Fields& changes, const Attributes& attributes) {
  for (const auto& [field, value] : changes) {
    ROLLCALL_TRY(const Place place, checked_place(field, value));
    set_field(user, place, value, attributes);
  }
  return user;
}

Result<std::optional<json::Array>> operations(const Fields& changes, const Attributes& attributes, const Value* before) {
  json::Array out;
  std::set<std::string> whole;
  ROLLCALL_TRY(const Value after, changed(before ? *before : Value(json::Object()), changes, attributes));
  for (const auto& [field, value] : changes) {
    const Place place = *place_of(field);
    if (place.many() && !before) return std::nullopt;
    const std::string path = place.many() ? place.attribute : path_of(place);
    if (!whole.insert(path).second) continue;
    Value wanted = at(after, place);
    if (before && wanted == at(*before, place)) continue;
    const std::string_view op = wanted.is_null() ? "remove" : "replace";
    out.push_back(operation(op, path, std::move(wanted)));
  }
  return out;
}

std::string write_patch(json::Array operations) {
  Value body;
  body.set("schemas", json::Array{std::string(patch_urn)});
  body.set("Operations", std::move(operations));
  return json::write(body);
}

std::string write_replace(Value resource) {
  if (resource.as_object())
    std::erase_if(*resource.as_object(), [](const auto& each) { return same_name(each.first, "meta") || same_name(each.first, "groups"); });
  return json::write(resource);
}

json::Array member_operations(const Membership& changes) {
  json::Array out, added;
  for (const auto& [id, in] : changes) {
    if (in)
      added.push_back(member_value(id));
    else
      out.push_back(operation("remove", "members[value eq " + json::quote(id) + "]", Value()));
  }
  if (!added.empty()) out.push_back(operation("add", "members", std::move(added)));
  return out;
}

Value with_members(Value group, const Membership& changes) {
  json::Array members;
  std::set<std::string> there;
  if (const Value* now = member(group, "members"); now && now->as_array())
    for (const Value& each : *now->as_array()) {
      const std::string id = value_in(each);
      const auto change = changes.find(id);
      if (change != changes.end() && !change->second) continue;
      there.insert(id);
      members.push_back(each);
    }
  for (const auto& [id, in] : changes)
    if (in && !there.contains(id)) members.push_back(member_value(id));
  std::erase_if(*group.as_object(), [](const auto& each) { return same_name(each.first, "members"); });
  group.set("members", std::move(members));
  return group;
}

Membership needed(const Membership& changes, const Group& now) {
  Membership out;
  for (const auto& [id, in] : changes)
    if (now.users.contains(id) != in) out.emplace(id, in);
  return out;
}

// JSON's quotes and escapes stand in a filter too (RFC 7644 section 3.4.2.2).
std::string equality(std::string_view path, std::string_view value) {
  return percent_encoded(std::string(path) + " eq " + json::quote(value));
}

}  // namespace rollcall::providers::scim
