#include "app/config/document.hpp"

#include <algorithm>

#include <toml++/toml.h>

namespace rollcall::app {
namespace {

Place place(const toml::source_position& position) {
  return {static_cast<int>(position.line), static_cast<int>(position.column)};
}

void fill_scalar(Node& node, const toml::node& from) {
  if (const auto* text = from.as_string()) {
    node.kind = Node::Kind::text;
    node.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* flag = from.as_boolean()) {
    node.kind = Node::Kind::flag;
    node.flag = flag->get();
  } else {
    node.kind = from.is_floating_point() ? Node::Kind::real : Node::Kind::date;
  }
}

Node tree(const toml::node& from) {
  Node node;
  node.at = place(from.source().begin);
  if (const auto* table = from.as_table()) {
    for (const auto& [key, value] : *table) {
      Node child = tree(value);
      child.key = std::string(key.str());
      child.key_at = place(key.source().begin);
      node.children.push_back(std::move(child));
    }
    // toml++ sorts by key; the order of sources means something.
    std::stable_sort(node.children.begin(), node.children.end(),
                     [](const Node& a, const Node& b) { return a.key_at < b.key_at; });
  } else if (const auto* array = from.as_array()) {
    node.kind = Node::Kind::array;
    for (const auto& value : *array) node.children.push_back(tree(value));
  } else {
    fill_scalar(node, from);
  }
  return node;
}

}  // namespace

const Node* Node::find(std::string_view name) const {
  for (const auto& child : children)
    if (child.key == name) return &child;
  return nullptr;
}

tl::expected<Node, Unreadable> parse_document(std::string_view content) {
  try {
    return tree(toml::parse(content));
  } catch (const toml::parse_error& error) {
    const Place at = place(error.source().begin);
    return tl::unexpected(Unreadable{at.line ? at : Place{1, 1}, std::string(error.description())});
  }
}

std::string_view kind_name(Node::Kind kind) {
  constexpr std::string_view names[] = {
      "a table", "an array", "a text", "a whole number", "a number with a fraction", "true or false", "a date"};
  return names[static_cast<int>(kind)];
}

}  // namespace rollcall::app
