// The numbered migrations and the schema that they add up to (schema/*.sql, embedded by room.cmake). The version of a
// state is the number of migrations that it has. Thread rule: free functions over a Connection of the caller's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rollcall/clock.hpp"
#include "store/connection.hpp"

namespace rollcall::store {

extern const std::string_view full_schema;
extern const std::vector<std::string_view> migrations;  // [0] makes version 1

std::string in_dialect_of(std::string_view schema, Backend backend);  // {K} {SERIAL} {NUMBER} {CLUSTERED} replaced

// 0 for an empty database; an error for one that holds other tables.
Result<int> version_of(Connection& db);
// Brings the database to `version` (tests stop earlier), inside the caller's transaction. A new state gets an id of its
// own.
Result<void> migrate(Connection& db, int from, int version);
Result<void> create_fresh(Connection& db);

}  // namespace rollcall::store
