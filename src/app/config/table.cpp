#include "app/config/table.hpp"

#include "report/duration.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace rollcall::app {
namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// A key that TOML takes bare stands as it is, any other in quotes.
std::string spelled(std::string_view key) {
  const auto bare = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  if (!key.empty() && std::all_of(key.begin(), key.end(), bare)) return std::string(key);
  return '"' + std::string(key) + '"';
}

// Lists are part of the meaning with their borders, whatever their elements hold.
std::string framed(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += std::to_string(text.size()) + ':' + text + ',';
  return out + ']';
}

constexpr std::string_view secret_forms =
    "expected { credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }";

}  // namespace

void Reading::problem(Place at, const std::string& key, std::string text) {
  problems.push_back({file, at.line, at.column, key, std::move(text)});
}

std::string Reading::where(Place at) const {
  return file + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

std::string Reading::absolute(const std::string& path) const {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

Table::Table(Reading& reading, const Node& node, std::string path)
    : reading_(reading), node_(node), path_(std::move(path)), meaning_(path_) {}

Table& Table::counts_as(std::optional<std::string> name) {
  meaning_ = std::move(name);
  return *this;
}

std::string Table::key_path(std::string_view key) const {
  return path_.empty() ? spelled(key) : path_ + '.' + spelled(key);
}

void Table::complain_at(Place at, std::string_view key, std::string text) {
  reading_.problem(at, key_path(key), std::move(text));
}

void Table::complain(std::string_view key, std::string text) {
  const Node* value = node_.find(key);
  complain_at(value ? value->at : node_.at, key, std::move(text));
}

void Table::record(std::string_view key, std::string value) {
  if (meaning_) reading_.meaning[*meaning_ + '.' + spelled(key)] = std::move(value);
}

const Node* Table::take(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return node_.find(key);
}

const Node* Table::require(std::string_view key) {
  const Node* value = take(key);
  if (!value) complain(key, "missing required key");
  return value;
}

const Node* Table::typed(const Node* node, Node::Kind kind, std::string_view key) {
  if (!node || node->kind == kind) return node;
  complain_at(node->at, key,
              "wrong type: expected " + std::string(kind_name(kind)) + ", not " + std::string(kind_name(node->kind)));
  return nullptr;
}

std::optional<std::string> Table::text(std::string_view key) {
  const Node* value = typed(take(key), Node::Kind::text, key);
  if (!value) return std::nullopt;
  if (value->text.empty() || value->text.find('\0') != std::string::npos) {
    complain(key, value->text.empty() ? "must not be empty" : "must not hold a NUL character");
    return std::nullopt;
  }
  record(key, value->text);
  return value->text;
}

std::string Table::text_or(std::string_view key, std::string fallback) {
  if (!has(key)) record(key, fallback);
  return text(key).value_or(std::move(fallback));
}

std::string Table::required_text(std::string_view key) {
  require(key);
  return text(key).value_or("");
}

std::string Table::choice(std::string_view key, std::string fallback, const std::vector<std::string>& choices) {
  const std::string value = text_or(key, fallback);
  if (value == fallback || std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
  complain(key, "\"" + value + "\" is none of " + listed(choices) + language::did_you_mean(value, choices));
  return fallback;
}

bool Table::flag(std::string_view key, bool fallback) {
  const Node* value = typed(take(key), Node::Kind::flag, key);
  const bool result = value ? value->flag : fallback;
  record(key, result ? "true" : "false");
  return result;
}

std::int64_t Table::number(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most) {
  const Node* value = typed(take(key), Node::Kind::integer, key);
  std::int64_t result = value ? value->integer : fallback;
  if (result < least || result > most) {
    complain(key, "expected a number from " + std::to_string(least) + " to " + std::to_string(most));
    result = fallback;
  }
  record(key, std::to_string(result));
  return result;
}

std::optional<std::vector<std::string>> Table::texts(std::string_view key) {
  const Node* list = typed(take(key), Node::Kind::array, key);
  if (!list) return std::nullopt;
  std::vector<std::string> result;
  for (const auto& item : list->children) {
    if (!typed(&item, Node::Kind::text, key)) continue;
    if (item.text.empty()) complain_at(item.at, key, "must not be empty");
    result.push_back(item.text);
  }
  record(key, framed(result));
  return result;
}

std::string Table::path_text(std::string_view key) {
  const auto value = text(key);
  if (!value) return "";
  const auto absolute = reading_.absolute(*value);
  record(key, absolute);
  return absolute;
}

SecretRef Table::secret(std::string_view key) {
  const Node* value = take(key);
  if (!value) return {};
  if (value->kind != Node::Kind::table) {
    // The value is not repeated: it may well be the secret.
    complain(key, (value->kind == Node::Kind::text ? "a secret must not stand here in the clear; " : "wrong type: ") +
                      std::string(secret_forms));
    return {};
  }
  Table table(reading_, *value, key_path(key));
  if (meaning_) table.counts_as(*meaning_ + '.' + spelled(key));
  SecretRef ref;
  int forms = 0;
  for (const auto& [name, kind] : {std::pair{"credential", SecretRef::Kind::credential},
                                   std::pair{"file", SecretRef::Kind::file}, std::pair{"env", SecretRef::Kind::env}}) {
    if (table.has(name)) ++forms;
    if (auto text = table.text(name)) ref.kind = kind, ref.name = *text;
  }
  if (ref.kind == SecretRef::Kind::file) ref.name = reading_.absolute(ref.name);
  if (ref.kind == SecretRef::Kind::credential && (ref.name.find('/') != std::string::npos || ref.name.starts_with('.')))
    table.complain("credential", "expected the name of a credential, not a path");
  ref.where = reading_.where(value->at) + ": " + key_path(key);
  table.finish();
  if (forms != 1) complain(key, std::string(secret_forms));
  return ref;
}

const Node* Table::table(std::string_view key) { return typed(take(key), Node::Kind::table, key); }

std::vector<const Node*> Table::tables(std::string_view key) {
  std::vector<const Node*> result;
  const Node* list = take(key);
  if (list && list->kind != Node::Kind::array) {
    complain(key, "wrong type: expected tables, each under [[" + key_path(key) + "]]");
    return result;
  }
  if (!list) return result;
  for (const auto& item : list->children)
    if (typed(&item, Node::Kind::table, key)) result.push_back(&item);
  return result;
}

std::optional<Duration> Table::duration(std::string_view key, Duration least) {
  const auto value = parsed(key, parse_duration);
  if (!value) return std::nullopt;
  record(key, std::to_string(value->count()));
  if (*value < least) complain(key, "must be at least " + report::duration_text(least));
  return value;
}

Duration Table::duration_or(std::string_view key, const char* fallback, Duration least) {
  const auto value = duration(key, least).value_or(*parse_duration(fallback));
  record(key, std::to_string(value.count()));
  return value;
}

void Table::finish(std::string_view why) {
  for (const auto& child : node_.children) {
    if (std::find(known_.begin(), known_.end(), child.key) != known_.end()) continue;
    complain_at(child.key_at, child.key, "unknown key" + std::string(why) + language::did_you_mean(child.key, known_));
  }
}

}  // namespace rollcall::app
