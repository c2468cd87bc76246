// Group membership as set operations. A group of 100,000 members is not read to add one: a PATCH is split into what it does to the
// members, as a change of a set, and the rest, which is applied to the group without them. Pure; any thread.
//
//   members after = (replaced ? {} : members before minus `removed`) plus `added`
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "scim/patch.hpp"

namespace rollcall::scim {

struct MemberChange {
  bool replaced = false;               // the members are exactly `added`
  std::map<std::string, Value> added;  // by `value`: {"value": ..., "$ref", "type"}; never also in `removed`
  std::set<std::string> removed;       // whether they were there or not: removing twice succeeds
  bool empty() const { return !replaced && added.empty() && removed.empty(); }
};

struct SplitPatch {
  MemberChange members;
  Patch rest;  // may be without operations
};

// Nothing: the PATCH asks about members in another way than by their value (`members[type eq "Group"]`); read them, put them into the
// resource and use apply(). Otherwise the two parts together do what apply() does.
Answer<std::optional<SplitPatch>> split_members(const Patch& patch, const Limits& limits = {});

// The members of a resource that create() or replace() gave, taken out of it.
MemberChange take_members(Value& group);

}  // namespace rollcall::scim
