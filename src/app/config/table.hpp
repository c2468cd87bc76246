// Reads one table of the configuration: every key by its type, each problem with its place, and at the end the keys
// that nobody asked for. What is read is also the meaning of the file, defaults filled in: the fingerprint is taken
// from that, so that a key cannot be read and forgotten. Owned by load(); one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config/document.hpp"
#include "app/config/values.hpp"
#include "language/problem.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::app {

// What the reading of one file collects.
struct Reading {
  std::string file;    // as the user named it, for messages
  std::string folder;  // absolute: relative paths begin here
  std::string content;
  std::vector<language::Problem> problems;
  std::map<std::string, std::string> meaning;  // dotted key -> value as understood

  void problem(Place at, const std::string& key, std::string text);
  std::string where(Place at) const;  // FILE:LINE:COLUMN
  std::string absolute(const std::string& path) const;
};

class Table {
 public:
  Table(Reading& reading, const Node& node, std::string path);
  // Under which name what stands here counts for the fingerprint, if it is not the path; nothing: it does not count.
  Table& counts_as(std::optional<std::string> name);

  const Node& node() const { return node_; }
  const std::string& path() const { return path_; }
  std::string key_path(std::string_view key) const;
  bool has(std::string_view key) const { return node_.find(key) != nullptr; }

  // The key's node, which is known from now on; a null pointer when it is not there.
  const Node* take(std::string_view key);
  // The same, and a problem at the table's header when it is not there.
  const Node* require(std::string_view key);
  // A null pointer, and a problem, when the node is of another kind.
  const Node* typed(const Node* node, Node::Kind kind, std::string_view key);

  std::optional<std::string> text(std::string_view key);  // never an empty one
  std::string text_or(std::string_view key, std::string fallback);
  std::string required_text(std::string_view key);  // "" after a problem
  std::string choice(std::string_view key, std::string fallback, const std::vector<std::string>& choices);
  bool flag(std::string_view key, bool fallback);
  std::int64_t number(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  std::string path_text(std::string_view key);  // absolute; "" when it is not there
  SecretRef secret(std::string_view key);
  const Node* table(std::string_view key);                // a sub-table
  std::vector<const Node*> tables(std::string_view key);  // [[key]]

  // A text read by a function of values.hpp.
  template <class T>
  std::optional<T> parsed(std::string_view key, Parsed<T> (*parse)(std::string_view)) {
    const auto text = this->text(key);
    if (!text) return std::nullopt;
    auto value = parse(*text);
    if (!value) complain(key, value.error());
    return value ? std::optional<T>(std::move(*value)) : std::nullopt;
  }
  template <class T>
  T parsed_or(std::string_view key, Parsed<T> (*parse)(std::string_view), const char* fallback) {
    auto value = parsed(key, parse);
    if (!has(key)) record(key, fallback);
    return value ? std::move(*value) : *parse(fallback);
  }
  std::optional<Duration> duration(std::string_view key, Duration least = Duration(0));
  Duration duration_or(std::string_view key, const char* fallback, Duration least = Duration(0));

  void complain(std::string_view key, std::string text);  // at the key's value, or the table's header
  void complain_at(Place at, std::string_view key, std::string text);
  void record(std::string_view key, std::string value);  // into the meaning
  // Says which keys are unknown; `why` stands behind "unknown key".
  void finish(std::string_view why = {});

 private:
  Reading& reading_;
  const Node& node_;
  std::string path_;
  std::optional<std::string> meaning_;
  std::vector<std::string> known_;
};

}  // namespace rollcall::app
