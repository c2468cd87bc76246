#include "app/commands/mapping_steps.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "report/escape.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t shown_columns = 100;

std::string values_text(const Values& values) {
  if (values.empty()) return "(absent)";
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + report::quoted_short(value, shown_columns);
  return text;
}

void append_step(std::string& text, const language::MappingTrace& step) {
  text += step.key + " = " + report::printable(step.source) + '\n';
  std::size_t width = 0;
  for (const auto& part : step.steps) width = std::max(width, report::columns(report::printable(part.expression)));
  for (const auto& part : step.steps) {
    const auto expression = report::printable(part.expression);
    text += "    " + expression + std::string(width - report::columns(expression), ' ') + "  " +
            values_text(part.after) + '\n';
  }
  text += "    => " + (step.result.empty() ? "(absent)" : report::quoted_short(step.result, shown_columns)) + '\n';
  if (!step.problem.empty()) text += "    !! " + report::printable(step.problem) + '\n';
}

void append_map(std::string& text, const char* title, const std::map<std::string, std::string>& map) {
  text += std::string("\n") + title + '\n';
  std::size_t width = 0;
  for (const auto& [key, value] : map) width = std::max(width, key.size());
  for (const auto& [key, value] : map)
    text +=
        "  " + key + std::string(width - key.size(), ' ') + "  " + report::quoted_short(value, shown_columns) + '\n';
  if (map.empty()) text += "  (nothing)\n";
}

// JSON holds text only; other octets are shown as base64, as the store writes them.
json::Value json_text(const std::string& value) {
  if (json::is_utf8(value)) return value;
  return json::Object{{"base64", crypto::base64(value)}};
}

json::Value json_values(const Values& values) {
  json::Array list;
  for (const auto& value : values) list.push_back(json_text(value));
  return list;
}

json::Value json_map(const std::map<std::string, std::string>& map) {
  json::Object object;
  for (const auto& [key, value] : map) object.emplace_back(key, json_text(value));
  return object;
}

json::Value json_step(const language::MappingTrace& trace) {
  json::Array parts;
  for (const auto& step : trace.steps)
    parts.push_back(json::Object{{"expression", json_text(step.expression)},
                                 {"before", json_values(step.before)},
                                 {"after", json_values(step.after)}});
  return json::Object{{"key", trace.key},
                      {"template", trace.source},
                      {"steps", std::move(parts)},
                      {"result", trace.result.empty() ? json::Value() : json_text(trace.result)},
                      {"problem", trace.problem.empty() ? json::Value() : json::Value(trace.problem)}};
}

const char* title_of(const std::string& side) {
  return side == "person" ? "identity" : side == "group" ? "group" : "fields, enforced at every run";
}

}  // namespace

std::string steps_as_text(const MappingSteps& steps) {
  std::string text = "mapping " + report::printable(steps.mapping) + '\n';
  if (!steps.record.empty()) text += "record  " + report::printable(steps.record) + '\n';
  text += '\n';
  for (const auto& step : steps.steps) append_step(text, step);
  append_map(text, title_of(steps.side), steps.result);
  if (steps.side == "account") append_map(text, "fields, set once at the creation", steps.on_create);
  if (!steps.problems.empty()) text += "\nproblems\n";
  for (const auto& problem : steps.problems) text += "  " + report::printable(problem) + '\n';
  return text;
}

std::string steps_as_json(const MappingSteps& steps) {
  json::Array list, problems;
  for (const auto& step : steps.steps) list.push_back(json_step(step));
  for (const auto& problem : steps.problems) problems.push_back(json_text(problem));
  json::Object object{{"mapping", steps.mapping},
                      {"side", steps.side},
                      {"record", steps.record.empty() ? json::Value() : json_text(steps.record)},
                      {"steps", std::move(list)}};
  object.emplace_back(steps.side == "person"  ? "identity"
                      : steps.side == "group" ? "group"
                                              : "fields",
                      json_map(steps.result));
  if (steps.side == "account") object.emplace_back("on-create", json_map(steps.on_create));
  object.emplace_back("problems", std::move(problems));
  return json::write_pretty(object) + '\n';
}

}  // namespace rollcall::app
