#include <algorithm>

#include "app/config/sections.hpp"

namespace rollcall::app {
namespace {

// RFC 9110 URL of a vendor; clear text stays on this host.
Parsed<std::string> parse_http_url(std::string_view text) {
  auto url = parse_url_of(text, {"https", "http"}, {"http"});
  if (url && url->find_first_of("?#") != std::string::npos)
    return tl::unexpected(
        std::string("the vendor's paths are appended to this URL: it can have no query and no fragment"));
  return url;
}

const ProviderType* read_type(Table& table, ProviderSettings& provider) {
  provider.type = table.required_text("type");
  const auto* type = find_provider_type(provider.type);
  if (type || provider.type.empty()) return type;
  std::vector<std::string> known;
  std::string list;
  for (const auto& each : provider_types()) {
    known.push_back(each.name);
    list += (list.empty() ? "" : ", ") + each.name;
  }
  table.complain("type", "unknown provider type \"" + provider.type + "\"; this build knows: " + list +
                             language::did_you_mean(provider.type, known));
  return nullptr;
}

std::string option_text(Table& table, const OptionSpec& option) {
  const bool given = table.has(option.key);
  switch (option.kind) {
    case OptionKind::flag:
      return table.flag(option.key, option.default_value == "true") ? "true" : "false";
    case OptionKind::choice:
      return table.choice(option.key, option.default_value, option.choices);
    case OptionKind::share:
      if (given && !table.parsed(option.key, parse_share)) return option.default_value;
      return table.text_or(option.key, option.default_value);
    case OptionKind::url:
      return given ? table.parsed(option.key, parse_http_url).value_or("") : option.default_value;
    default:
      return table.text_or(option.key, option.default_value);
  }
}

void read_options(Table& table, const ProviderType& type, ProviderSettings& provider) {
  for (const auto& option : type.options) {
    if (option.required) table.require(option.key);
    if (option.kind == OptionKind::secret)
      provider.secrets[option.key] = table.secret(option.key);
    else if (auto text = option_text(table, option); !text.empty())
      provider.options[option.key] = std::move(text);
  }
}

void read_leaving(Table& table, const Capabilities& can, ProviderSettings& provider) {
  table.require("on-leave");
  provider.on_leave = table.choice("on-leave", "", {"keep", "suspend", "delete"});
  if (provider.on_leave == "suspend" && !can.suspends)
    table.complain("on-leave", "the type " + provider.type + " cannot suspend accounts");
  if (provider.on_leave == "delete" && !can.deletes)
    table.complain("on-leave", "the type " + provider.type + " cannot delete accounts");
  provider.delete_after = table.duration("delete-after");
  if (provider.delete_after && !provider.on_leave.empty() && provider.on_leave != "suspend")
    table.complain("delete-after", "counts from the suspension, so it needs on-leave = \"suspend\"");
  if (provider.delete_after && !can.deletes)
    table.complain("delete-after", "the type " + provider.type + " cannot delete accounts");
}

void read_match(Table& table, const ProviderType& type, const language::ProviderMapping* mapping,
                ProviderSettings& provider) {
  const auto match = table.texts("match");
  if (!match) return;
  provider.match = *match;
  const auto& can = type.capabilities;
  std::vector<std::string> looked_up;
  for (const auto& field : {can.external_id_field, can.user_name_field, can.email_field})
    if (!field.empty()) looked_up.push_back(field);
  std::string list;
  for (const auto& field : looked_up) list += (list.empty() ? "" : ", ") + field;
  for (const auto& item : table.node().find("match")->children) {
    if (item.kind != Node::Kind::text || item.text.empty()) continue;
    if (std::find(looked_up.begin(), looked_up.end(), item.text) == looked_up.end())
      table.complain_at(item.at, "match",
                        "accounts of the type " + type.name + " are looked up by " + list + ", not by \"" + item.text +
                            '"' + language::did_you_mean(item.text, looked_up));
    else if (mapping && item.text != can.external_id_field && !mapping->account.contains(item.text) &&
             !mapping->on_create.contains(item.text))
      table.complain_at(item.at, "match", "the mapping does not set \"" + item.text + "\", so nobody can match by it");
  }
}

void read_taking_over(Table& table, const ProviderType& type, core::ProviderRules& rules, Loading& loading) {
  ProviderSettings& provider = rules.settings;
  provider.adopt = table.flag("adopt", false);
  if (provider.adopt && !table.has("protect"))
    table.complain("protect",
                   "missing required key: with adopt = true say which accounts are never touched; [] is none");
  provider.protect = table.texts("protect").value_or(std::vector<std::string>{});
  const Node* list = table.node().find("protect");
  if (!list) return;
  for (const auto& item : list->children)
    if (item.kind == Node::Kind::text && !item.text.empty())
      if (auto condition = compile_condition(table, "protect", item, account_names(type), loading))
        rules.protect.push_back(std::move(*condition));
}

void read_scope(Table& table, core::ProviderRules& rules, Loading& loading) {
  ProviderSettings& provider = rules.settings;
  provider.scope = table.text_or("scope", provider.scope);
  const Node* node = table.node().find("scope");
  if (node && node->kind == Node::Kind::text && !node->text.empty()) {
    if (auto condition = compile_condition(table, "scope", *node, identity_names(loading), loading))
      rules.scope = std::move(*condition);
  } else if (auto condition = language::Condition::parse(provider.scope)) {
    rules.scope = std::move(*condition);
  }
}

void read_pace(Table& table, const ProviderType& type, ProviderSettings& provider) {
  const std::string rate = type.default_rate.empty() ? "100000/s" : type.default_rate;
  provider.rate = table.parsed_or("rate", parse_rate, rate.c_str());
  if (type.default_rate.empty() && !table.has("rate")) provider.rate = Rate{};
  provider.concurrency = static_cast<int>(table.number("concurrency", 8, 1, 256));
  provider.timeout = table.duration_or("timeout", "30s", std::chrono::seconds(1));
  provider.retry = table.duration_or("retry", "5m");
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " or ") + word;
  return text;
}

// Whether the mapping could be loaded.
bool load_mapping(Table& table, const ProviderType& type, core::ProviderRules& rules, Loading& loading) {
  ProviderSettings& provider = rules.settings;
  provider.mapping = table.text_or("mapping", type.default_mapping);
  const auto path = find_mapping(table, provider.mapping, loading);
  if (path.empty()) return false;
  auto& problems = loading.reading.problems;
  auto mapping = language::load_provider_mapping(path, type.fields, type.field_prefixes, type.name);
  if (!mapping) {
    problems.insert(problems.end(), mapping.error().begin(), mapping.error().end());
    return false;
  }
  table.record("mapping", provider.mapping + ' ' + mapping->fingerprint);
  if (loading.all_sources_mapped) {
    const auto unset = language::unset_uses(*mapping, loading.available);
    problems.insert(problems.end(), unset.begin(), unset.end());
  }
  const auto sets = [&](const std::string& field) {
    return mapping->account.contains(field) || mapping->on_create.contains(field);
  };
  for (const auto& field : type.capabilities.required_all)
    if (!sets(field))
      table.complain("mapping", "the mapping \"" + provider.mapping + "\" does not set " + field + ", which an account of the type " +
                                    type.name + " needs");
  const auto& id = type.capabilities.external_id_field;
  if (!type.capabilities.external_id_changes && mapping->account.contains(id))
    table.complain("mapping", "the mapping \"" + provider.mapping + "\" enforces " + id + " in [account], but it is set once and for all: " +
                                  "put it under [account-on-create]");
  if (const auto& field = mapping->password_field; !field.empty() && field != type.capabilities.password_field) {
    problems.push_back(mapping->password_at);
    problems.back().text = type.capabilities.password_field.empty() ? "a provider of the type " + type.name + " takes no password"
                                                                    : "a pushed password goes to the field " + type.capabilities.password_field;
  }
  const auto& needed = type.capabilities.required_any;
  if (!needed.empty() && std::none_of(needed.begin(), needed.end(), sets))
    table.complain("mapping", "the mapping \"" + provider.mapping + "\" sets neither of what an account of the type " +
                                  type.name + " needs: " + joined(needed));
  rules.mapping = std::move(*mapping);
  return true;
}

// What only the type itself can say is wrong.
void object(Table& table, const ProviderType& type, const ProviderSettings& provider, Loading& loading) {
  if (!type.objections) return;
  static const Node absent;
  const Node* invite = table.node().find("invite");
  Table inner(loading.reading, invite ? *invite : absent, table.key_path("invite"));
  for (const auto& objection : type.objections(provider))
    (objection.table == "invite" ? inner : table).complain(objection.key, objection.text);
}

void read_provider(Table& providers, const Node& node, Loading& loading) {
  Table table(loading.reading, node, providers.key_path(node.key));
  core::ProviderRules rules;
  ProviderSettings& provider = rules.settings;
  provider.name = node.key;
  provider.where = loading.reading.where(node.at);
  if (const auto name = parse_name(node.key); !name) providers.complain_at(node.key_at, node.key, name.error());
  const auto* type = read_type(table, provider);
  if (!type) return;  // its other keys can be neither known nor unknown
  table.require("url");
  provider.url = table.parsed("url", parse_http_url).value_or("");
  table.record("url", provider.url);
  const bool mapped = load_mapping(table, *type, rules, loading);
  read_options(table, *type, provider);
  read_leaving(table, type->capabilities, provider);
  read_match(table, *type, mapped ? &rules.mapping : nullptr, provider);
  read_taking_over(table, *type, rules, loading);
  read_scope(table, rules, loading);
  read_pace(table, *type, provider);
  read_invite(table, loading, *type, rules);
  provider.limits = read_limits(table, loading, provider.invite.wave.has_value());
  read_roles(table, loading, rules);
  object(table, *type, provider, loading);
  table.finish(" of a provider of type " + type->name);
  loading.result.settings.providers.push_back(provider);
  loading.result.providers.emplace(node.key, std::move(rules));
}

}  // namespace

std::string find_mapping(Table& table, const std::string& name, Loading& loading) {
  if (name.empty()) return "";
  const auto& folder = loading.reading.folder;
  auto path = language::mapping_path(name, folder, loading.data_dir);
  if (path.empty())
    table.complain("mapping", "there is no mapping \"" + name + "\": " + name + ".toml is neither in " + folder +
                                  "/mappings nor in " + loading.data_dir);
  return path;
}

void read_providers(Table& root, Loading& loading) {
  const Node* node = root.table("provider");
  if (!node) return;
  Table providers(loading.reading, *node, "provider");
  for (const auto& child : node->children)
    if (providers.typed(&child, Node::Kind::table, child.key)) read_provider(providers, child, loading);
}

}  // namespace rollcall::app
