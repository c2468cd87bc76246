#include <algorithm>
#include <filesystem>

#include "crypto/hash.hpp"
#include "language/mapping_file.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

Fields fields_of(const std::map<std::string, Template>& templates, const Identity& identity,
                 std::vector<std::string>* bad) {
  Fields out;
  const IdentityLookup lookup(identity);
  for (const auto& [field, text] : templates) {
    std::string problem;
    std::string value = text.text(lookup, &problem);
    if (!problem.empty() && bad) bad->push_back(field + " " + problem);
    if (!value.empty()) out.emplace(field, std::move(value));
  }
  return out;
}

class ProviderLoader {
 public:
  ProviderLoader(const std::string& path, const std::set<std::string>& fields, const std::vector<std::string>& prefixes,
                 const std::string& type)
      : file_(path), fields_(fields), prefixes_(prefixes), type_(type) {
    out_.file = path;
  }

  tl::expected<ProviderMapping, Problems> load() {
    if (file_.problems().empty()) {
      if (!file_.table("account") && !file_.table("account-on-create"))
        file_.add({file_.path(), 1, 1, "account",
                   "the table [account] is missing: it makes a provider's fields of an identity"});
      read("account", out_.account);
      read("account-on-create", out_.on_create);
      if (const TextTable* table = file_.table("account-on-create"))
        for (const TextEntry& entry : table->entries)
          if (out_.account.count(entry.key))
            file_.add(
                file_.at_key("account-on-create", entry, "this field stands in [account] already, which enforces it"));
    }
    if (!file_.problems().empty()) {
      sort_problems(file_.problems());
      return tl::unexpected<Problems>(file_.problems());
    }
    out_.fingerprint = crypto::content_id("provider" + file_.canonical({"account", "account-on-create"}));
    return out_;
  }

 private:
  void read(const std::string& name, std::map<std::string, Template>& templates) {
    const TextTable* table = file_.table(name);
    if (!table) return;
    for (const TextEntry& entry : table->entries) {
      check_field(name, entry);
      auto text = file_.parse_template(name, entry);
      if (!text || takes_password(name, entry, *text)) continue;
      for (Use& use : text->uses())
        out_.placed_uses.push_back({file_.at_value(name, entry, use.offset, ""), std::move(use)});
      templates.emplace(entry.key, std::move(*text));
    }
  }

  // Whether it is about the password that a client pushed, rightly or wrongly.
  bool takes_password(const std::string& table, const TextEntry& entry, const Template& text) {
    const auto uses = text.uses();
    const auto use = std::find_if(uses.begin(), uses.end(), [](const Use& u) { return lower(u.name) == "password"; });
    if (use == uses.end()) return false;
    const bool fine = table == "account" && entry.value == pushed_password && out_.password_field.empty();
    if (fine) {
      out_.password_field = entry.key;
      out_.password_at = file_.at_value(table, entry, 0, "");
    } else {
      file_.add(file_.at_value(table, entry, use->offset,
                               "a pushed password is handed on as it is, to one field: password = \"{password}\" in [account]"));
    }
    return true;
  }

  void check_field(const std::string& table, const TextEntry& entry) {
    if ((fields_.empty() && prefixes_.empty()) || fields_.count(entry.key)) return;
    for (const std::string& prefix : prefixes_)
      if (entry.key.size() > prefix.size() && entry.key.starts_with(prefix)) return;
    file_.add(file_.at_key(table, entry,
                           "unknown field of " + type_ + did_you_mean(entry.key, {fields_.begin(), fields_.end()})));
  }

  MappingFile file_;
  const std::set<std::string>& fields_;
  const std::vector<std::string>& prefixes_;
  const std::string& type_;
  ProviderMapping out_;
};

// Answers the text of a problem, or nothing when the use is fine.
std::string unset_text(const Use& use, const std::set<std::string>& available) {
  if (use.guarded) return {};
  const std::string name = lower(use.name);
  std::vector<std::string> known = {"active", "groups", "sources"};
  known.insert(known.end(), available.begin(), available.end());
  if (std::any_of(known.begin(), known.end(), [&](const std::string& k) { return lower(k) == name; })) return {};
  return "no source mapping sets `" + use.name + "`" + did_you_mean(use.name, known) +
         ": set it there, or say here what holds without it (`??`, `default`, in a condition `pr`)";
}

Problems unset(const std::vector<Use>& uses, const std::set<std::string>& available, const Problem& at) {
  Problems out;
  for (const Use& use : uses) {
    Problem problem = at;
    problem.text = unset_text(use, available);
    if (!problem.text.empty()) out.push_back(std::move(problem));
  }
  sort_problems(out);
  return out;
}

}  // namespace

Fields ProviderMapping::enforced(const Identity& identity, std::vector<std::string>* bad) const {
  return fields_of(account, identity, bad);
}

Fields ProviderMapping::created_with(const Identity& identity, std::vector<std::string>* bad) const {
  return fields_of(on_create, identity, bad);
}

std::set<std::string> ProviderMapping::enforced_fields() const {
  std::set<std::string> out;
  for (const auto& [field, text] : account) out.insert(field);
  return out;
}

std::vector<MappingTrace> ProviderMapping::trace(const Identity& identity) const {
  std::vector<MappingTrace> out;
  const IdentityLookup lookup(identity);
  for (const auto* templates : {&account, &on_create})
    for (const auto& [field, text] : *templates) {
      MappingTrace one{field, text.source(), text.trace(lookup), {}, {}};
      one.result = text.text(lookup, &one.problem);
      out.push_back(std::move(one));
    }
  return out;
}

tl::expected<ProviderMapping, Problems> load_provider_mapping(const std::string& path,
                                                              const std::set<std::string>& fields,
                                                              const std::vector<std::string>& field_prefixes,
                                                              const std::string& provider_type) {
  return ProviderLoader(path, fields, field_prefixes, provider_type).load();
}

Problems unset_uses(const ProviderMapping& mapping, const std::set<std::string>& available) {
  Problems out;
  for (const PlacedUse& placed : mapping.placed_uses) {
    Problem problem = placed.at;
    problem.text = unset_text(placed.use, available);
    if (!problem.text.empty()) out.push_back(std::move(problem));
  }
  sort_problems(out);
  return out;
}

Problems unset_uses(const Condition& condition, const std::set<std::string>& available, const Problem& at) {
  return unset(condition.uses(), available, at);
}

Problems unset_uses(const Template& text, const std::set<std::string>& available, const Problem& at) {
  return unset(text.uses(), available, at);
}

std::string mapping_path(std::string_view name, const std::string& configuration_dir, const std::string& data_dir) {
  // A name, not a path: a mapping is never read from elsewhere by mistake.
  const bool fine = !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (!fine) return {};
  namespace fs = std::filesystem;
  const std::string file = std::string(name) + ".toml";
  std::vector<fs::path> places = {fs::path(configuration_dir) / "mappings" / file};
  if (!data_dir.empty()) {
    places.push_back(fs::path(data_dir) / "mappings" / file);
    places.push_back(fs::path(data_dir) / file);
  }
  for (const fs::path& place : places) {
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) return place.string();
  }
  return {};
}

}  // namespace rollcall::language
