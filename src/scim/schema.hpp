// The schemas of RFC 7643 as data: what every other file of this room reads to decide, and what /Schemas shows. Built once, then
// constant; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::scim {

inline constexpr std::string_view user_urn = "urn:ietf:params:scim:schemas:core:2.0:User";
inline constexpr std::string_view group_urn = "urn:ietf:params:scim:schemas:core:2.0:Group";
inline constexpr std::string_view enterprise_urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
inline constexpr std::string_view provisioning_urn = "urn:rollcall:params:scim:schemas:1.0:Provisioning";

enum class Type { string, boolean, decimal, integer, date_time, reference, binary, complex };
enum class Mutability { read_only, read_write, immutable, write_only };
enum class Returned { always, never, by_default, request };
enum class Uniqueness { none, server, global };

struct Attribute {  // the defaults are those of RFC 7643 section 2.2
  std::string name;
  std::string description;
  Type type = Type::string;
  bool multi_valued = false;
  bool required = false;
  bool case_exact = false;
  Mutability mutability = Mutability::read_write;
  Returned returned = Returned::by_default;
  Uniqueness uniqueness = Uniqueness::none;
  std::vector<std::string> canonical_values;  // suggestions: others are accepted (section 7)
  std::vector<std::string> reference_types;
  std::vector<Attribute> sub_attributes;

  // Without case (section 2.1); null when there is none of this name.
  const Attribute* find(std::string_view name) const;
  bool read_only() const { return mutability == Mutability::read_only; }
  bool is_reference() const;  // complex, and refers to a resource: it has `value` and `$ref`
};

struct Schema {
  std::string id, name, description;
  std::vector<Attribute> attributes;
};

struct Extension {
  const Schema* schema = nullptr;
  bool required = false;
};

struct ResourceType {
  std::string name, description, endpoint;
  const Schema* core = nullptr;
  std::vector<Extension> extensions;
  // A whole resource as one complex attribute, in the order of answers: schemas, id, externalId, the core attributes, each extension
  // as a complex attribute that bears its URN as its name, meta.
  Attribute root;
};

ResourceType make_resource_type(ResourceType parts);  // sets `root`

const ResourceType& user_type();
const ResourceType& group_type();
const std::vector<const ResourceType*>& resource_types();
const std::vector<const Schema*>& schemas();                 // all that /Schemas lists
const Schema* find_schema(std::string_view urn);             // without case
const ResourceType* find_resource_type(std::string_view name);

std::string_view to_string(Type type);
std::string_view to_string(Mutability mutability);
std::string_view to_string(Returned returned);
std::string_view to_string(Uniqueness uniqueness);

bool same_name(std::string_view a, std::string_view b);  // ASCII without case

// The schemas themselves, one file a family.
Schema user_schema();
Schema enterprise_schema();
Schema group_schema();
Schema provisioning_schema();
Schema service_provider_config_schema();
Schema resource_type_schema();
Schema schema_schema();

}  // namespace rollcall::scim
