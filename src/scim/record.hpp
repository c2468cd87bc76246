// A resource as the engine reads it: a record whose attributes are the SCIM paths that the source's mapping names, as written there. So
// what was pushed goes the way of what a directory shows. Without hashes: nothing is compared with a later read. Pure; any thread.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "json/json.hpp"
#include "rollcall/record.hpp"
#include "rollcall/source.hpp"
#include "scim/lookup.hpp"

namespace rollcall::scim {

// The paths that a mapping names, read once.
class RecordPaths {
 public:
  RecordPaths(const RecordShape& shape);

 private:
  friend Record record_of(const RecordPaths& paths, RecordKind kind, std::string_view id, const json::Value& resource);
  std::vector<std::pair<std::string, ResourcePath>> person_, group_;
};

// `resource` need not have its id. Members are rows and no part of it.
Record record_of(const RecordPaths& paths, RecordKind kind, std::string_view id, const json::Value& resource);

// The place by which messages name it.
std::string locator_of(RecordKind kind, std::string_view id);

}  // namespace rollcall::scim
