// A value in the form in which it is compared: texts by the attribute's caseExact, times as instants, numbers as numbers
// (RFC 7643 section 2.3). Pure; values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "json/json.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

// monostate: no value. A time is its milliseconds since 1970; one that does not parse is its text.
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

Scalar scalar(const Attribute& attribute, const json::Value& value);
// -1, 0 or 1; what cannot be compared with each other is in the order of its types.
int compare(const Scalar& a, const Scalar& b);

// Unassigned is null, an empty array, an empty text or an object of such (RFC 7643 section 2.5): what `pr` asks.
bool has_value(const json::Value* value);

// Two values of a multi-valued attribute with the same key are the same value (RFC 7643 section 2.4): the value and the type where
// there is a `value`, the value alone for references, else all of it. `element` is in its normal form.
std::string element_key(const Attribute& attribute, const json::Value& element);

}  // namespace rollcall::scim
