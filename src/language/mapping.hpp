// Mapping files (contract section 3): a source mapping turns a record into an identity's attributes, a provider mapping
// turns an identity into the provider's fields. Both are checked when they are loaded, and all problems are told at
// once. Only the loaders read a file; the rest is pure. Immutable after loading; any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "language/condition.hpp"
#include "language/lookup.hpp"
#include "language/problem.hpp"
#include "language/template.hpp"
#include "rollcall/account.hpp"
#include "rollcall/identity.hpp"
#include "rollcall/source.hpp"

namespace rollcall::language {

using Problems = std::vector<Problem>;

// What a SCIM client pushes and no identity shows: a mapping hands it on as a whole, and nothing else is made of it.
inline constexpr std::string_view pushed_password = "{password}";

// Identity attributes that the contract names, sorted; a mapping may add more.
const std::vector<std::string>& known_identity_attributes();

// What one key made of a record or an identity, for `test-mapping` and `explain`.
struct MappingTrace {
  std::string key;     // "userName", or the provider's field; groups: "group.name"
  std::string source;  // the template as written
  std::vector<Step> steps;
  std::string result;   // "" is absent
  std::string problem;  // why a value could not be used, or empty
};

struct SourceMapping {
  std::string file;
  std::string fingerprint;  // "sha256:..." of the meaning; comments and layout aside
  bool scim = false;
  bool takes_passwords = false;  // password = "{password}" in [person]: what SCIM clients push is for providers that want it
  std::string people_filter, group_filter;  // RFC 4515: of the file, or the contract's defaults; empty for SCIM
  Template id;                              // of a person
  std::map<std::string, Template> person;   // identity attribute -> template, without id
  bool has_groups = false;                  // a [group] table is there
  Template group_id, group_name_template;
  std::vector<std::string> member_attributes;  // in order of preference

  RecordShape shape() const;
  // Identity attribute -> text, never an empty one. `active` is "true" or "false", `startDate` and `endDate` are RFC
  // 3339. `bad`, where given, receives a line for each attribute that cannot be used ("email is not valid UTF-8"); such
  // a record is to be reported and not to be believed.
  std::map<std::string, std::string> identity_values(const Lookup& lookup,
                                                     std::vector<std::string>* bad = nullptr) const;
  std::string group_name(const Lookup& lookup, std::string* problem = nullptr) const;
  std::set<std::string> identity_attributes() const;            // what this mapping sets
  std::vector<MappingTrace> trace(const Lookup& lookup) const;  // of a person, `id` first
  std::vector<MappingTrace> trace_group(const Lookup& lookup) const;
};

// A use of an identity attribute with the place where it stands (Problem::text is empty).
struct PlacedUse {
  Problem at;
  Use use;
};

struct ProviderMapping {
  std::string file;
  std::string fingerprint;
  std::map<std::string, Template> account, on_create;  // provider field -> template; no field is in both
  // The field that FIELD = "{password}" in [account] gives a pushed password, or "". No identity has it, so it is not in `account`;
  // `on_create` may have another template for it, for whom nothing was pushed.
  std::string password_field;
  Problem password_at;  // where it stands; the text is empty
  std::vector<PlacedUse> placed_uses;

  // Fields with a value only: an enforced field that is not in the answer is to be cleared. `bad` as above.
  Fields enforced(const Identity& identity, std::vector<std::string>* bad = nullptr) const;
  Fields created_with(const Identity& identity, std::vector<std::string>* bad = nullptr) const;
  std::set<std::string> enforced_fields() const;
  const std::vector<PlacedUse>& uses() const { return placed_uses; }
  std::vector<MappingTrace> trace(const Identity& identity) const;
};

tl::expected<SourceMapping, Problems> load_source_mapping(const std::string& path, bool scim);
// `fields` and `field_prefixes` are those of the provider's type; with neither, any field is taken (`test-mapping`).
tl::expected<ProviderMapping, Problems> load_provider_mapping(const std::string& path,
                                                              const std::set<std::string>& fields,
                                                              const std::vector<std::string>& field_prefixes,
                                                              const std::string& provider_type);

// Uses of attributes that no source mapping sets and that are not guarded. `available`: the union of
// identity_attributes(); `active`, `groups` and `sources` are always there. Names are compared without case.
Problems unset_uses(const ProviderMapping& mapping, const std::set<std::string>& available);
// For a condition or template of the configuration that stands at `at` (its column is that of the text's opening
// quote).
Problems unset_uses(const Condition& condition, const std::set<std::string>& available, const Problem& at);
Problems unset_uses(const Template& text, const std::set<std::string>& available, const Problem& at);

// `<configuration dir>/mappings/NAME.toml`, then `<data dir>/mappings/NAME.toml` and `<data dir>/NAME.toml`; "" when
// nowhere.
std::string mapping_path(std::string_view name, const std::string& configuration_dir, const std::string& data_dir);

}  // namespace rollcall::language
