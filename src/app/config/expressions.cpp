#include <algorithm>

#include "app/config/sections.hpp"
#include "rollcall/record.hpp"

namespace rollcall::app {
namespace {

Place place_in(const Node& text, std::size_t offset, const Reading& reading) {
  return {text.at.line, language::column_in_string(reading.content, text.at.line, text.at.column, offset)};
}

bool same_name(std::string_view a, std::string_view b) { return !FoldLess{}(a, b) && !FoldLess{}(b, a); }

bool is_known(const Vocabulary& names, std::string_view name) {
  const auto same = [&](const std::string& known) { return same_name(known, name); };
  const auto begins = [&](const std::string& prefix) {
    return name.size() > prefix.size() && same_name(name.substr(0, prefix.size()), prefix);
  };
  return names.any || std::any_of(names.names.begin(), names.names.end(), same) ||
         std::any_of(names.prefixes.begin(), names.prefixes.end(), begins);
}

template <class Expression>
std::optional<Expression> compile(Table& table, std::string_view key, const Node& text, const Vocabulary& names,
                                  const Loading& loading) {
  auto expression = Expression::parse(text.text);
  if (!expression) {
    table.complain_at(place_in(text, expression.error().offset, loading.reading), key, expression.error().message);
    return std::nullopt;
  }
  bool sound = true;
  for (const auto& use : expression->uses()) {
    if (is_known(names, use.name) || (use.guarded && names.guardable)) continue;
    sound = false;
    table.complain_at(place_in(text, use.offset, loading.reading), key,
                      names.unknown + " \"" + use.name + '"' + language::did_you_mean(use.name, names.names));
  }
  return sound ? std::optional<Expression>(std::move(*expression)) : std::nullopt;
}

}  // namespace

Vocabulary identity_names(const Loading& loading) {
  Vocabulary names;
  names.names = {loading.available.begin(), loading.available.end()};
  names.names.insert(names.names.end(), {"active", "groups", "sources"});  // always there, whatever a mapping sets
  names.any = !loading.all_sources_mapped;
  names.guardable = true;
  names.unknown = "no source mapping sets the attribute";
  return names;
}

Vocabulary account_names(const ProviderType& type) {
  Vocabulary names;
  names.names = {type.fields.begin(), type.fields.end()};
  names.prefixes = type.field_prefixes;
  names.unknown = "an account of the type " + type.name + " has no field";
  return names;
}

std::optional<language::Condition> compile_condition(Table& table, std::string_view key, const Node& text,
                                                     const Vocabulary& names, Loading& loading) {
  return compile<language::Condition>(table, key, text, names, loading);
}

std::optional<language::Template> compile_template(Table& table, std::string_view key, const Node& text,
                                                   const Vocabulary& names, Loading& loading) {
  return compile<language::Template>(table, key, text, names, loading);
}

}  // namespace rollcall::app
