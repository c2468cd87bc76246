// The sections of the configuration, each read by one function that leaves its problems with the Reading. Used by
// load() only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/load.hpp"
#include "app/config/table.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::app {

// What the sections share while one file is read.
struct Loading {
  Reading reading;
  std::string data_dir;
  Configuration result;
  std::set<std::string> available;  // identity attributes that some source mapping sets
  bool all_sources_mapped = true;   // false: a mapping could not be loaded, so `available` lacks what it sets
};

// [state] [log] [schedule] [scim] [admin] [smtp].
void read_general(Table& root, Loading& loading);
// [source.NAME] with their mappings; after [scim].
void read_sources(Table& root, Loading& loading);
// [join]; after the sources.
void read_join(Table& root, Loading& loading);
// [provider.NAME] with their mappings, conditions and templates; after the sources and [smtp].
void read_providers(Table& root, Loading& loading);
// Where a mapping lies; "" after a problem at the table's key `mapping`.
std::string find_mapping(Table& table, const std::string& name, Loading& loading);

// [provider.NAME.limits]; `has_wave`: invitations are paced instead.
std::map<std::string, Limit> read_limits(Table& provider, Loading& loading, bool has_wave);
// [provider.NAME.invite] and [[provider.NAME.role]].
void read_invite(Table& provider, Loading& loading, const ProviderType& type, core::ProviderRules& rules);
void read_roles(Table& provider, Loading& loading, core::ProviderRules& rules);

// The names that a condition or template may use.
struct Vocabulary {
  std::vector<std::string> names, prefixes;
  bool any = false;        // not all names are known, so nothing can be said
  bool guardable = false;  // an unknown name is allowed behind `??`, `default` or `pr`
  std::string unknown;     // what is wrong with a name that is not among them: "no source mapping sets"
};
Vocabulary identity_names(const Loading& loading);
Vocabulary account_names(const ProviderType& type);

// A condition or template that stands in the configuration; nothing after a problem.
std::optional<language::Condition> compile_condition(Table& table, std::string_view key, const Node& text,
                                                     const Vocabulary& names, Loading& loading);
std::optional<language::Template> compile_template(Table& table, std::string_view key, const Node& text,
                                                   const Vocabulary& names, Loading& loading);

}  // namespace rollcall::app
