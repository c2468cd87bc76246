# What only the store needs. SOCI's PostgreSQL header includes libpq's.
find_path(PQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
target_include_directories(rollcall_store PRIVATE ${PQ_INCLUDE})

# The .sql files of schema/ become string literals of the store, in order of their numbers.
file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/schema/migrate.*.sql)
list(SORT migrations)
set(texts "")
foreach(migration ${migrations})
  file(READ ${migration} text)
  string(APPEND texts "    R\"sql(${text})sql\",\n")
endforeach()
file(READ ${CMAKE_CURRENT_LIST_DIR}/schema/schema.sql text)
set(generated ${CMAKE_CURRENT_BINARY_DIR}/store/schema_texts.cpp)
file(CONFIGURE OUTPUT ${generated} CONTENT [==[
#include "store/schema.hpp"

namespace rollcall::store {
const std::string_view full_schema = R"sql(@text@)sql";
const std::vector<std::string_view> migrations = {
@texts@};
}  // namespace rollcall::store
]==] @ONLY)
target_sources(rollcall_store PRIVATE ${generated})
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${migrations} ${CMAKE_CURRENT_LIST_DIR}/schema/schema.sql)
