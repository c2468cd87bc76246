#include "scim/schema.hpp"

#include <algorithm>
#include <array>

namespace rollcall::scim {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// RFC 7643 section 3.1: on every resource, and in no schema's list.
std::vector<Attribute> common_head() {
  return {{.name = "schemas", .type = Type::reference, .multi_valued = true, .required = true, .case_exact = true, .returned = Returned::always},
          {.name = "id", .case_exact = true, .mutability = Mutability::read_only, .returned = Returned::always, .uniqueness = Uniqueness::server},
          {.name = "externalId", .case_exact = true}};
}

Attribute meta() {
  constexpr auto ro = Mutability::read_only;
  return {.name = "meta",
          .type = Type::complex,
          .mutability = ro,
          .sub_attributes = {{.name = "resourceType", .case_exact = true, .mutability = ro},
                             {.name = "created", .type = Type::date_time, .mutability = ro},
                             {.name = "lastModified", .type = Type::date_time, .mutability = ro},
                             {.name = "location", .type = Type::reference, .case_exact = true, .mutability = ro},
                             {.name = "version", .case_exact = true, .mutability = ro}}};
}

// An extension of which nothing can be written is itself readOnly: a PATCH of the whole is refused with that reason.
Attribute as_attribute(const Schema& schema) {
  Attribute out{.name = schema.id, .type = Type::complex, .sub_attributes = schema.attributes};
  const auto& all = out.sub_attributes;
  if (std::all_of(all.begin(), all.end(), [](const Attribute& a) { return a.read_only(); })) out.mutability = Mutability::read_only;
  return out;
}

struct Known {
  Schema user = user_schema(), enterprise = enterprise_schema(), group = group_schema(), provisioning = provisioning_schema();
  Schema config = service_provider_config_schema(), resource_type = resource_type_schema(), schema = schema_schema();
  ResourceType users = make_resource_type({.name = "User",
                                           .description = "A person, as a source describes them",
                                           .endpoint = "/Users",
                                           .core = &user,
                                           .extensions = {{&enterprise, false}, {&provisioning, false}}});
  ResourceType groups = make_resource_type(
      {.name = "Group", .description = "A group of people or of groups", .endpoint = "/Groups", .core = &group});
  std::vector<const Schema*> schemas{&user, &enterprise, &group, &provisioning, &config, &resource_type, &schema};
  std::vector<const ResourceType*> types{&users, &groups};
};

const Known& known() {
  static const Known all;
  return all;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a == b || std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); }));
}

const Attribute* Attribute::find(std::string_view wanted) const {
  const auto it = std::find_if(sub_attributes.begin(), sub_attributes.end(), [&](const Attribute& a) { return same_name(a.name, wanted); });
  return it == sub_attributes.end() ? nullptr : &*it;
}

bool Attribute::is_reference() const { return type == Type::complex && find("$ref") && find("value"); }

ResourceType make_resource_type(ResourceType parts) {
  parts.root = {.type = Type::complex, .sub_attributes = common_head()};
  auto& all = parts.root.sub_attributes;
  all.insert(all.end(), parts.core->attributes.begin(), parts.core->attributes.end());
  for (const Extension& extension : parts.extensions) all.push_back(as_attribute(*extension.schema));
  all.push_back(meta());
  return parts;
}

const ResourceType& user_type() { return known().users; }
const ResourceType& group_type() { return known().groups; }
const std::vector<const ResourceType*>& resource_types() { return known().types; }
const std::vector<const Schema*>& schemas() { return known().schemas; }

const Schema* find_schema(std::string_view urn) {
  for (const Schema* schema : schemas())
    if (same_name(schema->id, urn)) return schema;
  return nullptr;
}

const ResourceType* find_resource_type(std::string_view name) {
  for (const ResourceType* type : resource_types())
    if (same_name(type->name, name)) return type;
  return nullptr;
}

std::string_view to_string(Type type) {
  constexpr std::string_view names[] = {"string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"};
  return names[static_cast<int>(type)];
}
std::string_view to_string(Mutability mutability) {
  constexpr std::string_view names[] = {"readOnly", "readWrite", "immutable", "writeOnly"};
  return names[static_cast<int>(mutability)];
}
std::string_view to_string(Returned returned) {
  constexpr std::string_view names[] = {"always", "never", "default", "request"};
  return names[static_cast<int>(returned)];
}
std::string_view to_string(Uniqueness uniqueness) {
  constexpr std::string_view names[] = {"none", "server", "global"};
  return names[static_cast<int>(uniqueness)];
}

}  // namespace rollcall::scim
