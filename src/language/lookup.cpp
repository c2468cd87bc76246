#include "language/lookup.hpp"

namespace rollcall::language {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const FoldLess less;
  return a.size() == b.size() && !less(a, b) && !less(b, a);
}

// As written where it is there, else the first that is the same without case.
Values find(const std::map<std::string, std::string>& map, std::string_view name) {
  auto it = map.find(std::string(name));
  for (auto at = map.begin(); it == map.end() && at != map.end(); ++at)
    if (same_name(at->first, name)) it = at;
  return it == map.end() || it->second.empty() ? Values{} : Values{it->second};
}

}  // namespace

Values AttributesLookup::values(std::string_view name) const {
  const Values* found = stored(name);
  return found ? *found : Values{};
}

const Values* AttributesLookup::stored(std::string_view name) const {
  const auto it = attributes_.find(name);
  return it == attributes_.end() ? nullptr : &it->second;
}

Values IdentityLookup::values(std::string_view name) const {
  if (same_name(name, "active")) return {identity_.active ? "true" : "false"};
  if (same_name(name, "sources")) return identity_.sources;
  if (!same_name(name, "groups")) return find(identity_.values, name);
  Values out;
  for (const GroupRef& group : identity_.groups) {
    if (!group.name.empty()) out.push_back(group.name);
    if (!group.dn.empty()) out.push_back(group.dn);
  }
  return out;
}

Values FieldsLookup::values(std::string_view name) const { return find(fields_, name); }

Values GroupLookup::values(std::string_view name) const {
  return same_name(name, "group") && !name_.empty() ? Values{name_} : Values{};
}

}  // namespace rollcall::language
