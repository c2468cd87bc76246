#include "scim/resource.hpp"

#include <algorithm>

#include "language/dates.hpp"
#include "scim/normalise.hpp"
#include "scim/path.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {
namespace {

// Entra ID names this one in its groups, and means a Group (RFC 7643 has no such schema).
constexpr std::string_view entra_group = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

// RFC 7643 section 3: not empty, and the core schema is among them. Unknown ones are ignored.
Answer<void> check_schemas(const ResourceType& type, const Object& body) {
  const auto it = std::find_if(body.begin(), body.end(), [](const json::Member& m) { return same_name(m.first, "schemas"); });
  const std::string hint = "; it must name " + type.core->id;
  if (it == body.end()) return refuse(ErrorType::invalid_value, "schemas is missing" + hint);
  const Array* const urns = it->second.as_array();
  if (!urns) return refuse(ErrorType::invalid_value, "schemas must be an array" + hint);
  bool found = false;
  for (const Value& urn : *urns) {
    if (!urn.as_string()) return refuse(ErrorType::invalid_value, "schemas must hold strings" + hint);
    found = found || same_name(*urn.as_string(), type.core->id) || (type.core->id == group_urn && same_name(*urn.as_string(), entra_group));
  }
  if (!found) return refuse(ErrorType::invalid_value, "schemas does not name the schema of a " + type.name + hint);
  return {};
}

// Carries what the client cannot write from the stored resource into the new one.
Answer<void> carry(const Attribute& scope, Object& fresh, const Object& stored, const Place& place) {
  for (const json::Member& old : stored) {
    const Attribute* const attribute = scope.find(old.first);
    if (!attribute || attribute->name == "schemas") continue;
    Value* const now = member_of(fresh, old.first);
    if (attribute->read_only()) {
      put(fresh, scope, *attribute, old.second);
    } else if (attribute->mutability == Mutability::immutable) {
      if (now && *now != old.second)
        return refuse(ErrorType::mutability, Place{&place, attribute->name}.text() + " is immutable: it has a value, and cannot get another");
      put(fresh, scope, *attribute, old.second);
    } else if (now && now->as_object() && old.second.as_object()) {
      ROLLCALL_CHECK(carry(*attribute, *now->as_object(), *old.second.as_object(), Place{&place, attribute->name}));
    }
  }
  return {};
}

Answer<Value> read(const ResourceType& type, const Value& body, const Limits& limits) {
  const Object* const object = body.as_object();
  if (!object) return refuse(ErrorType::invalid_syntax, "a " + type.name + " is a JSON object");
  ROLLCALL_CHECK(check_schemas(type, *object));
  ROLLCALL_TRY(Value out, normalise(type.root, body, {}, Manner::strict, limits));
  return out;
}

}  // namespace

Answer<Value> parse_body(std::string_view text, const Limits& limits) {
  if (text.empty()) return refuse(ErrorType::invalid_syntax, "the body is empty; a JSON object is expected");
  auto out = json::parse(text, {}, limits.depth);
  if (!out) return refuse(ErrorType::invalid_syntax, "the body: " + out.error().message);
  if (!out->as_object()) return refuse(ErrorType::invalid_syntax, "the body must be a JSON object");
  return std::move(*out);
}

Answer<void> check_required(const ResourceType& type, const Value& resource) {
  for (const Attribute& attribute : type.core->attributes)
    if (attribute.required && !has_value(resource.find(attribute.name)))
      return refuse(ErrorType::invalid_value, attribute.name + " is required, and must not be empty");
  for (const Extension& extension : type.extensions)
    if (extension.required && !has_value(resource.find(extension.schema->id)))
      return refuse(ErrorType::invalid_value, "the extension " + extension.schema->id + " is required");
  return {};
}

void derive_schemas(const ResourceType& type, Value& resource) {
  Array urns{type.core->id};
  for (const Extension& extension : type.extensions)
    if (has_value(resource.find(extension.schema->id))) urns.emplace_back(extension.schema->id);
  put(*resource.as_object(), type.root, type.root.sub_attributes.front(), std::move(urns));
}

Answer<Value> create(const ResourceType& type, const Value& body, const Limits& limits) {
  ROLLCALL_TRY(Value out, read(type, body, limits));
  ROLLCALL_CHECK(check_required(type, out));
  derive_schemas(type, out);
  return out;
}

Answer<Value> replace(const ResourceType& type, const Value& body, const Value& stored, const Limits& limits) {
  ROLLCALL_TRY(Value out, read(type, body, limits));
  ROLLCALL_CHECK(check_required(type, out));
  if (const Object* old = stored.as_object()) ROLLCALL_CHECK(carry(type.root, *out.as_object(), *old, {}));
  derive_schemas(type, out);
  return out;
}

Value take(Value& resource, std::string_view name) {
  Object* const object = resource.as_object();
  Value* const there = object ? member_of(*object, name) : nullptr;
  if (!there) return {};
  Value out = std::move(*there);
  drop(*object, name);
  return out;
}

void set_computed(const ResourceType& type, Value& resource, std::string_view name, Value value) {
  const auto path = resolve(type, name);
  if (!path || (path->whole() && !path->extension)) return;
  const Attribute* scope = &type.root;
  Object* at = resource.as_object();
  for (const Attribute* step : {path->extension, path->attribute, path->sub}) {
    if (!step) continue;
    if (step == path->leaf()) {
      put(*at, *scope, *step, has_value(&value) ? std::move(value) : Value());
      break;
    }
    Value* const below = member_of(*at, step->name);
    if (!below || !below->as_object()) return;
    at = below->as_object();
    scope = step;
  }
  derive_schemas(type, resource);
}

void set_id(const ResourceType& type, Value& resource, std::string_view id) {
  put(*resource.as_object(), type.root, *type.root.find("id"), id);
}

namespace {

Value meta_value(const Meta& meta) {
  Object out{{"resourceType", meta.resource_type},
             {"created", timestamp(meta.created)},
             {"lastModified", timestamp(meta.last_modified)},
             {"location", meta.location}};
  if (!meta.version.empty()) out.emplace_back("version", "W/\"" + meta.version + "\"");
  return out;
}

}  // namespace

void set_meta(const ResourceType& type, Value& resource, const Meta& meta) {
  put(*resource.as_object(), type.root, *type.root.find("meta"), meta_value(meta));
}

std::optional<std::string> spliced(std::string_view stored, std::string_view id, const Object& computed, const Meta& meta) {
  const std::size_t end = stored.find(']');
  if (!stored.starts_with(R"({"schemas":[")") || end == stored.npos || !stored.ends_with('}')) return std::nullopt;
  const std::string_view rest = stored.substr(end + 1, stored.size() - end - 2);
  if (!rest.empty() && !rest.starts_with(',')) return std::nullopt;
  std::string out;
  out.reserve(stored.size() + 512);
  out += stored.substr(0, end);
  for (const json::Member& each : computed)
    if (each.first.starts_with("urn:")) out.append(",").append(json::quote(each.first));
  out.append("],\"id\":").append(json::quote(id)).append(rest);
  for (const json::Member& each : computed) out.append(",").append(json::quote(each.first)).append(":").append(json::write(each.second));
  return out.append(",\"meta\":").append(json::write(meta_value(meta))).append("}");
}

std::string timestamp(Instant at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  std::string out = language::rfc3339(second);
  return out.insert(out.size() - 1, "." + std::to_string(1000 + (at - second).count()).substr(1));
}

}  // namespace rollcall::scim
