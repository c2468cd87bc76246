// The explanation for a terminal: the JSON's members as an indented outline, values shown escaped.
#include "app/explanation.hpp"
#include "report/escape.hpp"

namespace rollcall::app {
namespace {

using json::Value;

std::string scalar(const Value& v) {
  if (v.is_null()) return "-";
  if (const auto* b = v.as_bool()) return *b ? "yes" : "no";
  if (const auto* n = v.as_int()) return std::to_string(*n);
  if (const auto* s = v.as_string()) return report::printable(*s);
  return {};
}

bool is_scalar(const Value& v) { return !v.as_array() && !v.as_object(); }

// {"value": x, "source": y} on one line: "x   (from y)".
bool attributed(const Value& v, std::string& line) {
  const auto* o = v.as_object();
  if (!o || o->size() != 2 || (*o)[0].first != "value" || (*o)[1].first != "source") return false;
  line = scalar((*o)[0].second);
  if (!(*o)[1].second.is_null()) line += "   (from " + scalar((*o)[1].second) + ")";
  return true;
}

void outline(const Value& v, std::size_t depth, std::string& out);

void member(const std::string& name, const Value& v, std::size_t depth, std::string& out) {
  const std::string indent(depth * 2, ' ');
  std::string line;
  if (is_scalar(v) || attributed(v, line)) {
    out += indent + name + ": " + (line.empty() ? scalar(v) : line) + "\n";
    return;
  }
  const auto* list = v.as_array();
  if (list && list->empty()) {
    out += indent + name + ": none\n";
    return;
  }
  if (list && is_scalar(list->front())) {
    for (const auto& item : *list) line += (line.empty() ? "" : ", ") + scalar(item);
    out += indent + name + ": " + line + "\n";
    return;
  }
  out += indent + name + ":\n";
  outline(v, depth + 1, out);
}

void outline(const Value& v, std::size_t depth, std::string& out) {
  if (const auto* o = v.as_object())
    for (const auto& [name, item] : *o) member(name, item, depth, out);
  if (const auto* list = v.as_array())
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) out += "\n";
      outline((*list)[i], depth, out);
    }
}

}  // namespace

std::string explanation_text(const Value& value) {
  std::string out;
  outline(value, 0, out);
  return out;
}

}  // namespace rollcall::app
