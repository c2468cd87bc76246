#include "app/commands/test_mapping.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <istream>
#include <ostream>
#include <sstream>

#include "app/commands/mapping_steps.hpp"
#include "app/commands/record_input.hpp"
#include "app/config/document.hpp"
#include "app/config/load.hpp"
#include "app/console.hpp"
#include "language/mapping.hpp"
#include "rollcall/provider.hpp"
#include "scim/lookup.hpp"

namespace rollcall::app {
namespace {

struct Failure {
  int code;
  std::vector<language::Problem> problems;
};
using Shown = tl::expected<MappingSteps, Failure>;

tl::unexpected<Failure> unreadable(const std::string& where, const std::string& text) {
  return tl::unexpected(Failure{exit_nothing_done, {{where, 0, 0, "", text}}});
}
tl::unexpected<Failure> unsound(std::vector<language::Problem> problems) {
  return tl::unexpected(Failure{exit_configuration, std::move(problems)});
}

Result<std::string> all_of(std::istream& in) {
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad() || text.str().empty()) return fail(ErrorKind::corrupt, "there is nothing to read");
  return text.str();
}

Result<std::string> input_text(const Options& options, std::istream& in) {
  if (options.input.empty() || options.input == "-") return all_of(in);
  std::error_code ignored;
  std::ifstream file(options.input, std::ios::binary);
  if (!file || std::filesystem::is_directory(options.input, ignored))
    return fail(ErrorKind::not_found, "the file cannot be opened");
  return all_of(file);
}

// A name is looked for as the configuration does; what has a slash or ends in .toml is a path.
std::string path_of(const Options& options) {
  std::error_code ignored;
  if (options.mapping.find('/') != std::string::npos || options.mapping.ends_with(".toml"))
    return std::filesystem::is_regular_file(options.mapping, ignored) ? options.mapping : "";
  const auto folder = std::filesystem::absolute(options.file).parent_path().string();
  return language::mapping_path(options.mapping, folder, data_folder(options.mappings));
}

struct Sides {
  bool source = false, provider = false;
};

// Which sides the file has; a file that does not parse is left to the loaders, which tell where.
Sides sides_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  const auto document = parse_document(content.str());
  if (!document) return {true, false};
  const bool provider = document->find("account") || document->find("account-on-create");
  return {document->find("person") || !provider, provider};
}

// A group shows by its members; where person and group use the same attribute, people have the user name.
bool is_group(const language::SourceMapping& mapping, const language::Lookup& lookup) {
  const auto has = [&](const std::string& name) { return !lookup.values(name).empty(); };
  const auto& members = mapping.member_attributes;
  const auto user_name = mapping.person.find("userName");
  return mapping.has_groups && std::any_of(members.begin(), members.end(), has) &&
         (user_name == mapping.person.end() || user_name->second.text(lookup).empty());
}

MappingSteps record_steps(const language::SourceMapping& mapping, const language::Lookup& lookup, std::string record) {
  MappingSteps shown;
  shown.mapping = mapping.file;
  shown.record = std::move(record);
  shown.side = is_group(mapping, lookup) ? "group" : "person";
  if (shown.side == "group") {
    shown.steps = mapping.trace_group(lookup);
    std::string bad;
    shown.result["name"] = mapping.group_name(lookup, &bad);
    if (!bad.empty()) shown.problems.push_back("name " + bad);
    return shown;
  }
  shown.steps = mapping.trace(lookup);
  shown.result = mapping.identity_values(lookup, &shown.problems);
  if (shown.result.find("userName") == shown.result.end())
    shown.problems.push_back("userName has no value: such a person gets no account");
  return shown;
}

Shown show_source(const std::string& path, const std::string& where, const std::string& text) {
  std::optional<json::Value> resource;
  if (looks_like_json(text)) {
    auto value = json::parse(text);
    if (!value) return unreadable(where, value.error().message);
    resource = std::move(*value);
  }
  auto mapping = language::load_source_mapping(path, false);
  if (!mapping && resource)
    if (auto scim = language::load_source_mapping(path, true)) {
      scim::ResourceLookup lookup(*resource);
      return record_steps(*scim, lookup, resource->text("userName"));
    }
  if (!mapping) {
    const bool scim = language::load_source_mapping(path, true).has_value();
    if (scim) return unreadable(where, "this mapping reads SCIM resources: give one as JSON");
    return unsound(mapping.error());
  }
  const auto record = resource ? read_json_record(*resource) : read_ldif_record(text);
  if (!record) return unreadable(where, record.error().message);
  return record_steps(*mapping, language::AttributesLookup(record->attributes), record->dn);
}

// The type whose fields the mapping names: the one that takes it by default, else the one that knows all fields.
tl::expected<language::ProviderMapping, language::Problems> load_for_some_type(const std::string& path) {
  const auto name = std::filesystem::path(path).stem().string();
  std::vector<const ProviderType*> types;
  for (const auto& type : provider_types()) types.push_back(&type);
  std::stable_sort(types.begin(), types.end(), [&](const auto* a, const auto* b) {
    return (a->default_mapping == name) > (b->default_mapping == name);
  });
  const auto load = [&](const ProviderType& type) {
    return language::load_provider_mapping(path, type.fields, type.field_prefixes, type.name);
  };
  auto first = load(*types.at(0));
  for (std::size_t i = 1; i < types.size() && !first && types[0]->default_mapping != name; ++i)
    if (auto other = load(*types[i])) return other;
  return first;
}

Shown show_provider(const std::string& path, const std::string& where, const std::string& text) {
  const auto mapping = load_for_some_type(path);
  if (!mapping) return unsound(mapping.error());
  const auto value = json::parse(text);
  if (!value) return unreadable(where, "a provider's mapping needs an identity as JSON: " + value.error().message);
  const auto identity = read_identity(*value);
  if (!identity) return unreadable(where, identity.error().message);
  MappingSteps shown;
  shown.mapping = mapping->file;
  shown.side = "account";
  shown.steps = mapping->trace(*identity);
  shown.result = mapping->enforced(*identity, &shown.problems);
  shown.on_create = mapping->created_with(*identity, &shown.problems);
  return shown;
}

Shown show(const Options& options, const std::string& path, const std::string& text) {
  const std::string where = options.input.empty() || options.input == "-" ? "standard input" : options.input;
  const auto sides = sides_of(path);
  // A file with both sides: LDIF and SCIM resources are records, other JSON is an identity.
  const auto value =
      sides.source && sides.provider && looks_like_json(text) ? json::parse(text) : Result<json::Value>{};
  const bool identity = value && value->as_object() && !value->find("schemas") && !value->find("attributes");
  if (sides.provider && (!sides.source || identity)) return show_provider(path, where, text);
  return show_source(path, where, text);
}

}  // namespace

int test_mapping(const Options& options, std::istream& in, std::ostream& out, std::ostream& err) {
  const auto path = path_of(options);
  if (path.empty()) {
    complain(err, "there is no mapping \"" + options.mapping + "\"; it is looked for in mappings/ beside " +
                      options.file + " and in " + data_folder(options.mappings));
    return exit_configuration;
  }
  const auto text = input_text(options, in);
  if (!text) {
    complain(err, (options.input.empty() ? "standard input" : options.input) + ": " + text.error().message);
    return exit_nothing_done;
  }
  const auto shown = show(options, path, *text);
  if (!shown) {
    print_problems(err, shown.error().problems);
    return shown.error().code;
  }
  out << (options.json ? steps_as_json(*shown) : steps_as_text(*shown));
  return exit_done;
}

}  // namespace rollcall::app
