// A resource as the engine reads it: a record whose attributes are the SCIM paths that the source's mapping names, as written there. So
// what was pushed goes the way of what a directory shows. Without hashes: nothing is compared with a later read. Pure; any thread.
#pragma once

#include <string_view>

#include "json/json.hpp"
#include "rollcall/record.hpp"
#include "rollcall/source.hpp"

namespace rollcall::scim {

// `resource` need not have its id. Members are rows and no part of it.
Record record_of(const RecordShape& shape, RecordKind kind, std::string_view id, const json::Value& resource);

// The place by which messages name it.
std::string locator_of(RecordKind kind, std::string_view id);

}  // namespace rollcall::scim
