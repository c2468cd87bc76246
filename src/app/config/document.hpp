// A TOML file as a tree that knows where everything stands, over toml++, which no header shows. Tables keep the order
// of the file. Values; no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace rollcall::app {

struct Place {
  int line = 0, column = 0;  // from 1; columns count characters, not bytes
  auto operator<=>(const Place&) const = default;
};

struct Node {
  enum class Kind { table, array, text, integer, real, flag, date };
  Kind kind = Kind::table;
  std::string key;  // in the table above; empty in an array
  Place key_at;
  Place at;          // of the value; of a table: its header
  std::string text;  // Kind::text
  std::int64_t integer = 0;
  bool flag = false;
  std::vector<Node> children;  // in file order

  const Node* find(std::string_view name) const;
};

struct Unreadable {
  Place at;
  std::string text;
};

tl::expected<Node, Unreadable> parse_document(std::string_view content);
// "a table", "a text", ... for messages.
std::string_view kind_name(Node::Kind kind);

}  // namespace rollcall::app
