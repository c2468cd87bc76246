#include "scim/record.hpp"

#include "scim/lookup.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

std::string locator_of(RecordKind kind, std::string_view id) {
  return std::string(kind == RecordKind::person ? "/Users/" : "/Groups/") + std::string(id);
}

Record record_of(const RecordShape& shape, RecordKind kind, std::string_view id, const json::Value& resource) {
  Record out;
  out.kind = kind;
  out.key = std::string(id);
  out.locator = locator_of(kind, id);
  const ResourceLookup lookup(resource);
  for (const auto& path : kind == RecordKind::person ? shape.attributes : shape.group_attributes) {
    Values values = same_name(path, "id") ? Values{out.key} : lookup.values(path);
    if (!values.empty()) out.attributes.emplace(path, std::move(values));
  }
  return out;
}

}  // namespace rollcall::scim
