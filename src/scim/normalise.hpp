// A client's value in the one form in which rollcall keeps it: names as the schema spells them and in its order, types checked, what is
// unassigned left out (RFC 7643 section 2.5), unknown and readOnly attributes dropped, equal values of an array once. Nothing else is
// changed: Entra ID wants back what it sent. For the files of this room. Pure.
#pragma once

#include "scim/error.hpp"
#include "scim/limits.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

// Where a value stands, for errors; a chain on the stack, written out only when something is wrong.
struct Place {
  const Place* above = nullptr;
  std::string_view name;
  long index = -1;
  std::string text() const;
};

enum class Manner {
  strict,    // the body of POST and PUT
  tolerant,  // PATCH: also one value where an array is meant, an array of one where a single value is meant, {"value": x} for x
};

// The answer is null when the value is unassigned.
Answer<Value> normalise(const Attribute& attribute, const Value& value, const Place& place, Manner manner, const Limits& limits);
// One value of a multi-valued attribute, or a single one.
Answer<Value> normalise_one(const Attribute& attribute, const Value& value, const Place& place, Manner manner, const Limits& limits);

// Sets, replaces or (with null) takes away a member, in the order of `scope`.
void put(Object& object, const Attribute& scope, const Attribute& member, Value value);
void drop(Object& object, std::string_view name);
Value* member_of(Object& object, std::string_view name);

}  // namespace rollcall::scim
