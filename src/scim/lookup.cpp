#include "scim/lookup.hpp"

#include <algorithm>
#include <functional>

#include "language/unicode.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

using language::CompareOp;
using language::Filter;
using language::FilterKind;
using Nodes = std::vector<const json::Value*>;

std::string text_of(const json::Value& value) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* flag = value.as_bool()) return *flag ? "true" : "false";
  if (value.as_int() || value.as_double()) return json::write(value);
  return "";
}

// The member of that name of every object, arrays spread out (RFC 7643 section 2.1: names without case).
Nodes members(const Nodes& from, std::string_view name) {
  Nodes found;
  for (const auto* node : from) {
    const auto* object = node->as_object();
    if (!object) continue;
    for (const auto& [key, value] : *object) {
      if (!same_name(key, name)) continue;
      if (const auto* list = value.as_array())
        for (const auto& item : *list) found.push_back(&item);
      else
        found.push_back(&value);
    }
  }
  return found;
}

Nodes down(Nodes nodes, std::string_view dotted) {
  while (!dotted.empty()) {
    const auto dot = dotted.find('.');
    nodes = members(nodes, dotted.substr(0, dot));
    dotted = dot == std::string_view::npos ? std::string_view{} : dotted.substr(dot + 1);
  }
  return nodes;
}

std::string text_of(const language::CompareValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return json::write(json::Value(*number));
  return "";
}

bool compares(const std::string& left, CompareOp op, const std::string& right) {
  switch (op) {
    case CompareOp::eq:
    case CompareOp::ne:
      return left == right;
    case CompareOp::co:
      return left.find(right) != std::string::npos;
    case CompareOp::sw:
      return left.starts_with(right);
    case CompareOp::ew:
      return left.ends_with(right);
    case CompareOp::gt:
      return left > right;
    case CompareOp::ge:
      return left >= right;
    case CompareOp::lt:
      return left < right;
    case CompareOp::le:
      return left <= right;
  }
  return false;
}

// RFC 7644 section 3.4.2.2, over the sub-attributes of one element.
bool holds(const Filter& filter, const json::Value& element) {
  const auto holds_here = [&](const Filter& child) { return holds(child, element); };
  const auto texts = [&] {
    const auto& path = filter.path;
    return down({&element}, path.sub.empty() ? path.name : path.name + '.' + path.sub);
  };
  switch (filter.kind) {
    case FilterKind::all:
      return std::all_of(filter.children.begin(), filter.children.end(), holds_here);
    case FilterKind::any:
      return std::any_of(filter.children.begin(), filter.children.end(), holds_here);
    case FilterKind::negation:
      return !holds(filter.children.at(0), element);
    case FilterKind::present: {
      const auto found = texts();
      return std::any_of(found.begin(), found.end(),
                         [](const auto* v) { return v->as_object() || !text_of(*v).empty(); });
    }
    case FilterKind::compare: {
      const auto found = texts();
      const auto right = language::fold(text_of(filter.value));
      const bool some = std::any_of(found.begin(), found.end(), [&](const auto* v) {
        return compares(language::fold(text_of(*v)), filter.op, right);
      });
      return filter.op == CompareOp::ne ? !some : some;
    }
    case FilterKind::value_path:
      break;  // an element has no elements
  }
  return false;
}

// Where the brackets of `emails[...]` begin and end; npos when there are none.
std::size_t closing_bracket(std::string_view path, std::size_t open) {
  bool quoted = false;
  for (std::size_t i = open; i < path.size(); ++i) {
    if (quoted && path[i] == '\\')
      ++i;
    else if (path[i] == '"')
      quoted = !quoted;
    else if (path[i] == ']' && !quoted)
      return i;
  }
  return std::string_view::npos;
}

// The extension's object for its URN; the core schema's attributes stand at the top (RFC 7643 section 3.3).
Nodes start(const json::Value& resource, const std::string& urn) {
  const auto extension = urn.empty() ? Nodes{} : members({&resource}, urn);
  return extension.empty() && (urn.empty() || urn.find(":core:") != std::string::npos) ? Nodes{&resource} : extension;
}

}  // namespace

ResourcePath::ResourcePath(std::string_view path) {
  const auto open = path.find('[');
  auto attribute = language::parse_attribute_path(path.substr(0, open));
  if (!attribute) return;
  if (open != std::string_view::npos) {
    const auto close = closing_bracket(path, open);
    if (close == std::string_view::npos) return;
    auto filter = language::parse_filter(path.substr(open + 1, close - open - 1));
    if (!filter) return;
    filter_ = std::move(*filter);
    if (const auto rest = path.substr(close + 1); rest.starts_with('.')) below_ = rest.substr(1);
  }
  attribute_ = std::move(*attribute);
}

Values ResourcePath::values(const json::Value& resource) const {
  if (!attribute_) return {};
  Nodes nodes = down(members(start(resource, attribute_->urn), attribute_->name), attribute_->sub);
  if (filter_) std::erase_if(nodes, [&](const auto* node) { return !holds(*filter_, *node); });
  nodes = down(std::move(nodes), below_);
  Values result;
  for (const auto* node : nodes)
    if (auto text = text_of(node->as_object() && node->find("value") ? *node->find("value") : *node); !text.empty())
      result.push_back(std::move(text));
  return result;
}

}  // namespace rollcall::scim
