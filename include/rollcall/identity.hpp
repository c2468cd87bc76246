// An identity is one person after joining the records of all sources. Values; no thread rule.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/record.hpp"

namespace rollcall {

struct GroupRef {
  std::string source;
  std::string key;   // the group's record key
  std::string name;
  std::string dn;    // locator; empty for SCIM groups
  auto operator<=>(const GroupRef&) const = default;
};

// Attribute names are the contract's (section 3, "Identity attributes") plus any that a mapping adds. Every attribute holds
// one text; `groups` and `sources` are members of their own.
struct Identity {
  std::string person;                          // the key: record id of the first source; never changes
  std::map<std::string, std::string> values;   // never an empty value
  std::map<std::string, std::string> origin;   // attribute -> name of the source that won it
  bool active = true;
  std::vector<GroupRef> groups;                // sorted
  std::vector<std::string> sources;            // names, sorted

  const std::string* find(const std::string& name) const {
    auto it = values.find(name);
    return it == values.end() ? nullptr : &it->second;
  }
  bool operator==(const Identity&) const = default;
};

}  // namespace rollcall
