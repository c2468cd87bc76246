#include "scim/record.hpp"

#include "scim/schema.hpp"

namespace rollcall::scim {

std::string locator_of(RecordKind kind, std::string_view id) {
  return std::string(kind == RecordKind::person ? "/Users/" : "/Groups/") + std::string(id);
}

RecordPaths::RecordPaths(const RecordShape& shape) {
  for (const auto& path : shape.attributes) person_.emplace_back(path, ResourcePath(path));
  for (const auto& path : shape.group_attributes) group_.emplace_back(path, ResourcePath(path));
}

Record record_of(const RecordPaths& paths, RecordKind kind, std::string_view id, const json::Value& resource) {
  Record out;
  out.kind = kind;
  out.key = std::string(id);
  out.locator = locator_of(kind, id);
  for (const auto& [name, path] : kind == RecordKind::person ? paths.person_ : paths.group_) {
    Values values = same_name(name, "id") ? Values{out.key} : path.values(resource);
    if (!values.empty()) out.attributes.emplace(name, std::move(values));
  }
  return out;
}

}  // namespace rollcall::scim
