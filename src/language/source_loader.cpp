// Loading the source side of a mapping file: [source], [person], [group].
#include <algorithm>

#include "crypto/hash.hpp"
#include "language/mapping_file.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

const char* const default_people = "(objectClass=inetOrgPerson)";
const char* const default_groups =
    "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Parentheses that close, and nothing beside them (RFC 4515); the server or libldap says the rest.
bool is_balanced_filter(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(')
      ++depth;
    else if (text[i] == ')')
      --depth;
    else if (depth == 0)
      return false;
    if (depth < 0 || (depth == 0 && i + 1 < text.size())) return false;
  }
  return depth == 0 && text.size() > 2;
}

// RFC 4512 section 1.4: a descriptor or an OID; underscores occur. No options: records hold untagged values only.
std::string attribute_fault(std::string_view name) {
  if (name.find(';') != std::string_view::npos) return "has an option: only values without options are read";
  const bool oid = !name.empty() && is_digit(name.front());
  const bool fine = std::all_of(name.begin(), name.end(), [&](char c) {
    return is_digit(c) || (oid ? c == '.' : is_letter(c) || c == '-' || c == '_');
  });
  return fine ? "" : "is no LDAP attribute; SCIM paths stand in the mappings of SCIM sources";
}

std::string password_fault(std::string_view path) {
  return lower(path) == "password" ? "is in no record: it is handed on by password = \"{password}\" in [person]" : "";
}

class SourceLoader {
 public:
  SourceLoader(const std::string& path, bool scim) : file_(path) {
    out_.file = path;
    out_.scim = scim;
  }

  tl::expected<SourceMapping, Problems> load() {
    if (file_.problems().empty()) {
      filters();
      people();
      groups();
    }
    if (!file_.problems().empty()) {
      sort_problems(file_.problems());
      return tl::unexpected<Problems>(file_.problems());
    }
    out_.fingerprint =
        crypto::content_id((out_.scim ? "scim" : "ldap") + file_.canonical({"source", "person", "group"}));
    return out_;
  }

 private:
  void filters() {
    if (!out_.scim) {
      out_.people_filter = default_people;
      out_.group_filter = default_groups;
    }
    const TextTable* table = file_.table("source");
    if (!table) return;
    for (const TextEntry& entry : table->entries) {
      if (entry.key != "people" && entry.key != "groups") {
        file_.add(file_.at_key("source", entry, "unknown key" + did_you_mean(entry.key, {"people", "groups"})));
      } else if (out_.scim) {
        file_.add(file_.at_key("source", entry, "a SCIM source is pushed: it has no filters"));
      } else if (!is_balanced_filter(entry.value)) {
        file_.add(file_.at_value("source", entry, 0,
                                 "this is no LDAP filter (RFC 4515): one pair of parentheses is around it all"));
      } else {
        (entry.key == "people" ? out_.people_filter : out_.group_filter) = entry.value;
      }
    }
  }

  void people() {
    const TextTable* table = file_.table("person");
    if (!table)
      return file_.add(
          {file_.path(), 1, 1, "person", "the table [person] is missing: it makes an identity of a record"});
    for (const char* key : {"id", "userName"})
      if (!table->find(key)) file_.add(file_.at_table("person", key, "this key is missing" + spelt(*table, key)));
    for (const TextEntry& entry : table->entries) {
      if (entry.key != "id" && !check_identity_name(entry)) continue;
      if (entry.key == "password") {
        passwords(entry);
        continue;
      }
      auto text = record_template("person", entry);
      if (!text) continue;
      if (entry.key == "id")
        out_.id = std::move(*text);
      else
        out_.person.emplace(entry.key, std::move(*text));
    }
    if (out_.id.is_constant() && table->find("id") && file_.problems().empty())
      file_.add(file_.at_value("person", *table->find("id"), 0,
                               "an id without an attribute in it is the same for everybody"));
  }

  // At rest a password is only sealed (promise 10), so it is no attribute: the line says that pushed ones are taken.
  void passwords(const TextEntry& entry) {
    if (out_.scim && entry.value == pushed_password)
      out_.takes_passwords = true;
    else
      file_.add(file_.at_value("person", entry, 0,
                               "a password is never kept with a person: the mapping of a SCIM source may say password = \"{password}\", which "
                               "hands on what clients push, and nothing else"));
  }

  static std::string spelt(const TextTable& table, std::string_view wanted) {
    for (const TextEntry& entry : table.entries)
      if (lower(entry.key) == lower(wanted))
        return ": it is spelt `" + std::string(wanted) + "`, not `" + entry.key + "`";
    return {};
  }

  bool check_identity_name(const TextEntry& entry) {
    const std::string& name = entry.key;
    const auto fault = [&](std::string text) {
      file_.add(file_.at_key("person", entry, std::move(text)));
      return false;
    };
    if (lower(name) == "groups" || lower(name) == "sources")
      return fault("`" + name + "` is filled in by rollcall: it cannot be mapped");
    const bool fine = is_letter(name.empty() ? '\0' : name.front()) &&
                      std::all_of(name.begin(), name.end(),
                                  [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
    if (!fine)
      return fault("a name of an identity attribute has letters, digits, `-` and `_`, and begins with a letter");
    for (const std::string& known : known_identity_attributes())
      if (known != name && lower(known) == lower(name))
        return fault("this identity attribute is spelt `" + known + "`");
    if (name != "password" && lower(name) == "password") return fault("this key is spelt `password`");
    if (lower(name) == "id") return fault("this key is spelt `id`");
    return true;
  }

  void groups() {
    const TextTable* table = file_.table("group");
    if (!table) return;
    out_.has_groups = true;
    static const std::vector<std::string> keys = {"id", "name", "members"};
    for (const std::string& key : keys)
      if (!table->find(key)) file_.add(file_.at_table("group", key, "this key is missing"));
    for (const TextEntry& entry : table->entries) {
      if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
        file_.add(file_.at_key("group", entry, "unknown key" + did_you_mean(entry.key, keys)));
        continue;
      }
      auto text = record_template("group", entry);
      if (!text) continue;
      if (entry.key == "id")
        out_.group_id = std::move(*text);
      else if (entry.key == "name")
        out_.group_name_template = std::move(*text);
      else
        members(entry, *text);
    }
  }

  void members(const TextEntry& entry, const Template& text) {
    auto names = text.plain_alternatives();
    if (!names)
      return file_.add(file_.at_value(
          "group", entry, 0,
          "members are read as they are: only attributes and `??` in one pair of braces, as in {member ?? memberUid}"));
    out_.member_attributes = std::move(*names);
  }

  // A template over a record, whose attributes must be such as the source can have.
  std::optional<Template> record_template(const std::string& table, const TextEntry& entry) {
    auto text = file_.parse_template(table, entry);
    if (!text) return text;
    bool fine = true;
    for (const Use& use : text->uses()) {
      const std::string fault = out_.scim ? password_fault(use.name) : attribute_fault(use.name);
      if (fault.empty()) continue;
      file_.add(file_.at_value(table, entry, use.offset, "`" + use.name + "` " + fault));
      fine = false;
    }
    if (!fine) return std::nullopt;
    return text;
  }

  MappingFile file_;
  SourceMapping out_;
};

}  // namespace

tl::expected<SourceMapping, Problems> load_source_mapping(const std::string& path, bool scim) {
  return SourceLoader(path, scim).load();
}

}  // namespace rollcall::language
