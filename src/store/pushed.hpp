// How a record that was pushed stands in its row: written with the request that brought it, and anew when the mapping has changed. Pure.
#pragma once

#include "json/json.hpp"
#include "language/lookup.hpp"
#include "language/mapping.hpp"
#include "language/unicode.hpp"
#include "store/rows.hpp"

namespace rollcall::store {

inline void show(RecordRow& row, const Record& record, const std::string& source, const language::SourceMapping& mapping) {
  const language::AttributesLookup lookup(record.attributes);
  row.source = source;
  row.kind = record.kind;
  row.key = record.key;
  row.locator = record.locator;
  row.body = json::write_attributes(record.attributes);
  row.content.clear();
  if (record.kind == RecordKind::group) {
    row.name = mapping.group_name(lookup);
  } else if (const auto it = mapping.person.find("userName"); it != mapping.person.end()) {
    row.user_ref = language::fold(it->second.text(lookup));
  }
}

}  // namespace rollcall::store
