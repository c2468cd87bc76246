#include "sources/entry.hpp"

#include <algorithm>

namespace rollcall::sources {
namespace {

constexpr std::size_t remembered = 64;  // descriptions; a server's own inventions must not fill the memory

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& other) { return equal_fold(other, name); });
}

}  // namespace

Wanted::Wanted(const RecordShape& shape, RecordKind kind) {
  const bool group = kind == RecordKind::group;
  for (const std::string& name : group ? shape.group_attributes : shape.attributes)
    if (!group || !contains(shape.member_attributes, name)) names_.push_back(name);
  record_attributes_ = names_.size();
  if (group) names_.insert(names_.end(), shape.member_attributes.begin(), shape.member_attributes.end());
  for (const std::string& name : names_) lower_.push_back(sources::lower(name));
}

std::size_t Wanted::slot_of_type(std::string_view type) const {
  for (std::size_t i = 0; i < lower_.size(); ++i)
    if (lower_[i] == type) return i;
  for (std::size_t i = 0; i < lower_.size(); ++i)  // asked by OID or long name, answered by the short one
    if (short_type(lower_[i]) == short_type(type)) return i;
  return none;
}

Wanted::Place Wanted::look_up(std::string_view text) const {
  const auto description = parse_description(text);
  if (!description || !description->plain) return {};  // tagged values (;lang-x) are not what a mapping means
  return {slot_of_type(description->type), description->ranged};
}

Wanted::Place Wanted::place(std::string_view description) {
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const std::size_t at = next_ + i < known_.size() ? next_ + i : next_ + i - known_.size();
    if (known_[at].description != description) continue;
    next_ = at + 1;
    return known_[at].place;
  }
  const Place found = look_up(description);
  if (!found.ranged && known_.size() < remembered) known_.push_back({std::string(description), found});
  return found;
}

}  // namespace rollcall::sources
