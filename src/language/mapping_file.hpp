// Reading a mapping file: TOML, which no header shows, with the place of every key and text. For the loaders only.
// Every entry is checked here for what all tables have in common: known tables, texts as values, templates that parse.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "language/mapping.hpp"

namespace rollcall::language {

struct TextEntry {
  std::string key, value;
  int key_line = 0, key_column = 0;
  int line = 0, column = 0;  // of the value: its opening quote
};

struct TextTable {
  int line = 1, column = 1;        // of its header
  std::vector<TextEntry> entries;  // by key
  const TextEntry* find(const std::string& key) const;
};

class MappingFile {
 public:
  // What cannot be read or parsed at all is one problem, and the file stays empty.
  explicit MappingFile(const std::string& path);

  const TextTable* table(const std::string& name) const;
  const Tables& tables() const { return tables_; }  // [table.NAME]
  const std::string& path() const { return path_; }

  Problem at_key(const std::string& table, const TextEntry& entry, std::string text) const;
  Problem at_value(const std::string& table, const TextEntry& entry, std::size_t offset, std::string text) const;
  Problem at_table(const std::string& table, const std::string& key, std::string text) const;
  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  Problems& problems() { return problems_; }

  // The template of an entry; a problem is added and nothing answered when it does not parse.
  std::optional<Template> parse_template(const std::string& table, const TextEntry& entry);
  // Tables and their texts in one spelling, for fingerprints.
  std::string canonical(const std::vector<std::string>& tables) const;

 private:
  void read_document();
  std::string path_, text_;
  std::map<std::string, TextTable> named_;
  Tables tables_;
  Problems problems_;
};

}  // namespace rollcall::language
