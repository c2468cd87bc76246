#include "language/dates.hpp"
#include "language/mapping.hpp"
#include "language/names.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

using Bad = std::vector<std::string>;

void report(Bad* bad, const std::string& attribute, const std::string& why) {
  if (bad) bad->push_back(attribute + " " + why);
}

KeyOf key_of(const Template& id) {
  return [id](const Attributes& attributes) -> std::optional<std::string> {
    if (id.is_plain() && id.plain()->uuid) {  // the way of objectGUID and nsUniqueId, for every entry of a read
      const auto it = attributes.find(id.plain()->attribute);
      if (it == attributes.end() || it->second.empty()) return std::nullopt;
      if (it->second.size() == 1) return uuid_text(it->second.front());
    }
    std::string problem;
    std::string key = id.text(AttributesLookup(attributes), &problem);
    if (key.empty() || !problem.empty() || has_control(key)) return std::nullopt;
    return key;
  };
}

using Names = std::set<std::string, FoldLess>;
void add_uses(const Template& text, Names& names) {
  for (const Use& use : text.uses()) names.insert(use.name);
}

// "TRUE" of a directory becomes "true". What is no truth value must not pass for the default, which is active.
std::string normal_active(const std::string& value, Bad* bad) {
  const std::string folded = lower(value);
  if (folded == "true" || folded == "false") return folded;
  report(bad, "active", "is neither true nor false");
  return {};
}

std::string normal_date(const std::string& attribute, const std::string& value, Bad* bad) {
  // Who starts on a day is there in the morning; who leaves on a day is there until it ends.
  if (attribute == "startDate" && is_bare_date(value)) return value + "T00:00:00Z";
  if (const auto instant = parse_rfc3339(value)) return rfc3339(*instant);
  report(bad, attribute, "is no date (RFC 3339, as 2026-11-21T10:00:00Z)");
  return {};
}

void check_address(const std::string& attribute, const std::string& value, Bad* bad) {
  if (has_control(value))
    report(bad, attribute, "contains control characters");
  else if (is_blank(value))
    report(bad, attribute, "is nothing but white space");
}

MappingTrace trace_of(const std::string& key, const Template& text, const Lookup& lookup) {
  MappingTrace out{key, text.source(), text.trace(lookup), {}, {}};
  out.result = text.text(lookup, &out.problem);
  return out;
}

}  // namespace

const std::vector<std::string>& known_identity_attributes() {
  static const std::vector<std::string> names = {
      "active",     "costCenter", "department", "displayName", "division", "email",   "employeeNumber", "endDate",
      "familyName", "givenName",  "groups",     "locale",      "manager",  "mobile",  "organization",   "personalEmail",
      "phone",      "sources",    "startDate",  "timezone",    "title",    "userName"};
  return names;
}

RecordShape SourceMapping::shape() const {
  RecordShape out;
  Names of_people, of_groups, of_keys;
  add_uses(id, of_people);
  for (const auto& [name, text] : person) add_uses(text, of_people);
  add_uses(group_id, of_groups);
  add_uses(group_name_template, of_groups);
  add_uses(id, of_keys);
  add_uses(group_id, of_keys);
  out.attributes.assign(of_people.begin(), of_people.end());
  out.group_attributes.assign(of_groups.begin(), of_groups.end());
  out.key_attributes.assign(of_keys.begin(), of_keys.end());
  out.member_attributes = member_attributes;
  out.people_filter = people_filter;
  out.group_filter = group_filter;
  out.person_key = key_of(id);
  out.group_key = key_of(group_id);
  return out;
}

std::map<std::string, std::string> SourceMapping::identity_values(const Lookup& lookup, Bad* bad) const {
  std::map<std::string, std::string> out;
  for (const auto& [name, text] : person) {
    std::string problem;
    std::string value = text.text(lookup, &problem);
    if (!problem.empty()) report(bad, name, problem);
    if (value.empty()) continue;
    if (name == "active")
      value = normal_active(value, bad);
    else if (name == "startDate" || name == "endDate")
      value = normal_date(name, value, bad);
    else if (name == "userName" || name == "email")
      check_address(name, value, bad);
    if (!value.empty()) out.emplace(name, std::move(value));
  }
  return out;
}

std::string SourceMapping::group_name(const Lookup& lookup, std::string* problem) const {
  return group_name_template.text(lookup, problem);
}

std::set<std::string> SourceMapping::identity_attributes() const {
  std::set<std::string> out;
  for (const auto& [name, text] : person) out.insert(name);
  return out;
}

std::vector<MappingTrace> SourceMapping::trace(const Lookup& lookup) const {
  std::vector<MappingTrace> out = {trace_of("id", id, lookup)};
  for (const auto& [name, text] : person) out.push_back(trace_of(name, text, lookup));
  return out;
}

std::vector<MappingTrace> SourceMapping::trace_group(const Lookup& lookup) const {
  return {trace_of("group.id", group_id, lookup), trace_of("group.name", group_name_template, lookup)};
}

}  // namespace rollcall::language
