// `bulkId:x` in texts and in data: for the files of bulk. Pure.
#pragma once

#include <set>
#include <string>

#include "scim/bulk.hpp"

namespace rollcall::scim {

// The bulkIds that a text refers to: it is `bulkId:x`, or a path or filter with `/bulkId:x` or `"bulkId:x"` in it.
std::set<std::string> references(const std::string& text);
void collect_references(const Value& value, std::set<std::string>& out);

}  // namespace rollcall::scim
