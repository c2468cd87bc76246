#include "language/mapping_file.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <toml++/toml.h>

namespace rollcall::language {
namespace {

const std::vector<std::string>& known_tables() {
  static const std::vector<std::string> names = {"source", "person", "group", "account", "account-on-create", "table"};
  return names;
}

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::integer:
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date";
  }
}

int line_of(const toml::source_region& region) { return static_cast<int>(region.begin.line); }
int column_of(const toml::source_region& region) { return static_cast<int>(region.begin.column); }

constexpr std::size_t max_file = 1 << 20;

}  // namespace

const TextEntry* TextTable::find(const std::string& key) const {
  for (const TextEntry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

MappingFile::MappingFile(const std::string& path) : path_(path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) {
    add({path_, 0, 0, "", "this mapping cannot be read: no such file, a folder, empty, or no permission"});
    return;
  }
  text_ = content.str();
  if (text_.size() > max_file)
    add({path_, 0, 0, "", "this mapping is longer than 1 MiB"});
  else
    read_document();
}

namespace {

// The texts of one table; other values are problems.
TextTable read_texts(const std::string& file, const std::string& name, const toml::table& table, Problems& problems) {
  TextTable out{line_of(table.source()), column_of(table.source()), {}};
  for (const auto& [key, node] : table) {
    const toml::source_region& place = node.source();
    TextEntry entry{std::string(key.str()), "", line_of(key.source()), column_of(key.source()), line_of(place),
                    column_of(place)};
    if (const auto* text = node.as_string()) {
      entry.value = text->get();
      out.entries.push_back(std::move(entry));
    } else {
      problems.push_back({file, entry.line, entry.column, name + "." + entry.key,
                          "a text is expected here, not " + kind_of(node) +
                              (node.is_table() ? " (a key with dots stands in quotes: \"name.part\")" : "")});
    }
  }
  return out;
}

}  // namespace

void MappingFile::read_document() {
  toml::table document;
  try {
    document = toml::parse(text_, path_);
  } catch (const toml::parse_error& error) {
    add({path_, line_of(error.source()), column_of(error.source()), "", std::string(error.description())});
    return;
  }
  for (const auto& [key, node] : document) {
    const std::string name(key.str());
    const int line = line_of(key.source()), column = column_of(key.source());
    if (std::find(known_tables().begin(), known_tables().end(), name) == known_tables().end()) {
      add({path_, line, column, name,
           std::string(node.is_table() ? "unknown table" : "unknown key") + did_you_mean(name, known_tables())});
    } else if (!node.is_table()) {
      add({path_, line, column, name,
           "a table [" + name + "] is expected here, not " + (node.is_string() ? "a text" : kind_of(node))});
    } else if (name != "table") {
      named_[name] = read_texts(path_, name, *node.as_table(), problems_);
    } else {
      for (const auto& [inner, child] : *node.as_table()) {
        const std::string full = "table." + std::string(inner.str());
        if (!child.is_table()) {
          add({path_, line_of(inner.source()), column_of(inner.source()), full,
               "tables of values are named: [table.NAME]"});
          continue;
        }
        Table& values = tables_[std::string(inner.str())];
        for (TextEntry& entry : read_texts(path_, full, *child.as_table(), problems_).entries)
          values[entry.key] = entry.value;
      }
    }
  }
}

const TextTable* MappingFile::table(const std::string& name) const {
  const auto it = named_.find(name);
  return it == named_.end() ? nullptr : &it->second;
}

Problem MappingFile::at_key(const std::string& table, const TextEntry& entry, std::string text) const {
  return {path_, entry.key_line, entry.key_column, table + "." + entry.key, std::move(text)};
}

Problem MappingFile::at_value(const std::string& table, const TextEntry& entry, std::size_t offset,
                              std::string text) const {
  return {path_, entry.line, column_in_string(text_, entry.line, entry.column, offset), table + "." + entry.key,
          std::move(text)};
}

Problem MappingFile::at_table(const std::string& table, const std::string& key, std::string text) const {
  const TextTable* found = this->table(table);
  return {path_, found ? found->line : 1, found ? found->column : 1, table + "." + key, std::move(text)};
}

std::optional<Template> MappingFile::parse_template(const std::string& table, const TextEntry& entry) {
  auto parsed = Template::parse(entry.value, tables_);
  if (parsed) return std::move(*parsed);
  add(at_value(table, entry, parsed.error().offset, parsed.error().message));
  return std::nullopt;
}

std::string MappingFile::canonical(const std::vector<std::string>& names) const {
  std::string out;
  auto put = [&](const std::string& text) { out += std::to_string(text.size()) + ":" + text; };
  for (const std::string& name : names) {
    const TextTable* found = table(name);
    if (!found) continue;
    put("[" + name + "]");
    for (const TextEntry& entry : found->entries) {  // toml++ keeps keys sorted
      put(entry.key);
      put(entry.value);
    }
  }
  for (const auto& [name, values] : tables_) {
    put("[table." + name + "]");
    for (const auto& [key, value] : values) {
      put(key);
      put(value);
    }
  }
  return out;
}

}  // namespace rollcall::language
