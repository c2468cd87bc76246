// What PATCH does to the values of one attribute: for patch_apply.cpp and members.cpp. Pure.
#pragma once

#include <vector>

#include "scim/error.hpp"
#include "scim/filter.hpp"
#include "scim/limits.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

// Sets sub-attributes of `target` to those of `fresh`; the others stay (RFC 7644 sections 3.5.2.1 and 3.5.2.3). An immutable one that
// has a value cannot get another. `name` is for errors.
Answer<void> merge(const Attribute& attribute, Object& target, Object fresh, const std::string& name);

// Appends values; one that is there already is not added again, but gets the sub-attributes that it lacked. Linear in both.
Answer<void> append(const Attribute& attribute, Array& values, Array fresh, const std::string& name);

// The keys (element_key) of what a remove lists: Entra ID removes {"path": "members", "value": [{"value": "7"}]} and means this member,
// not all. Without a type in the list the type does not matter.
Answer<void> remove_listed(const Attribute& attribute, Array& values, const Value& listed, const std::string& name, const Limits& limits);

// The value that `attribute[filter]` describes when it is made of `eq` terms joined by `and`; noTarget otherwise.
Answer<Value> described(const Attribute& attribute, const language::Filter& filter, const std::string& name, const Limits& limits);

// RFC 7644 section 3.5.2: `primary` set on one of `touched` is taken from the others.
Answer<void> settle_primary(const Attribute& attribute, Array& values, const std::vector<std::size_t>& touched, const std::string& name);

}  // namespace rollcall::scim
