// What a provider's sub-tables say: brakes, invitations, roles.
#include <algorithm>
#include <fstream>

#include "app/config/sections.hpp"

namespace rollcall::app {
namespace {

const std::vector<std::string> limit_kinds = {"create",     "update", "assign", "revoke", "suspend",
                                              "reactivate", "delete", "invite", "adopt",  "recreate"};

// Contract 4.5.
std::map<std::string, const char*> default_limits(bool has_wave) {
  std::map<std::string, const char*> limits = {{"suspend", "100, 10%"},
                                               {"revoke", "100, 10%"},
                                               {"reactivate", "100, 10%"},
                                               {"delete", "50, 5%"},
                                               {"recreate", "5"}};
  if (!has_wave) limits["invite"] = "100";
  return limits;
}

void read_when(Table& table, core::ProviderRules& rules, Loading& loading) {
  auto& invite = rules.settings.invite;
  invite.when = table.text_or("when", invite.when);
  const Node* node = table.node().find("when");
  if (!node || node->kind != Node::Kind::text || node->text.empty() || invite.when == "always" ||
      invite.when == "never")
    return;
  rules.invite_when = compile_condition(table, "when", *node, identity_names(loading), loading);
}

void read_to(Table& table, core::ProviderRules& rules, Loading& loading) {
  auto& invite = rules.settings.invite;
  invite.to = table.text_or("to", invite.to);
  const Node* node = table.node().find("to");
  Node fallback;
  fallback.at = table.node().at;
  fallback.text = invite.to;
  if (auto text = compile_template(table, "to", node && node->kind == Node::Kind::text ? *node : fallback,
                                   identity_names(loading), loading))
    rules.invite_to = std::move(*text);
}

void read_delivery(Table& table, const ProviderType& type, InviteSettings& invite, const Settings& settings) {
  invite.deliver = table.choice("deliver", "provider", {"provider", "smtp", "file"});
  invite.path = table.path_text("path");
  const auto& can = type.capabilities;
  const bool for_our_mail = can.invite == InviteWay::link || can.invite == InviteWay::code;
  if (!type.can_deliver && !for_our_mail)
    return table.complain("deliver", "the type " + type.name + " has no invitations: leave this table out");
  if (invite.deliver == "provider" && !type.can_deliver)
    table.complain("deliver",
                   "the type " + type.name + " cannot send invitations itself; use deliver = \"smtp\" or \"file\"");
  if (invite.deliver != "provider" && !for_our_mail)
    table.complain("deliver", "the type " + type.name + " gives out no link that rollcall could send");
  if (invite.deliver == "smtp" && !settings.smtp.present)
    table.complain("deliver", "\"smtp\" needs the table [smtp] with url and from");
  if (invite.deliver == "file" && !table.has("path"))
    table.complain("path", "missing required key: with deliver = \"file\" the messages need a folder");
  if (invite.deliver != "provider" && can.invite == InviteWay::code && !table.has("landing"))
    table.complain("landing",
                   "missing required key: the type " + type.name + " gives out a code, which needs a page to go to");
}

// The page may name {userId}, {code} and {orgId}; what stands before them must be a URL.
Parsed<std::string> parse_landing(std::string_view text) {
  auto url = parse_url_of(text.substr(0, text.find('{')), {"https", "http"}, {"http"});
  return url ? Parsed<std::string>(std::string(text)) : url;
}

void read_template_file(Table& table, InviteSettings& invite) {
  invite.template_file = table.path_text("template");
  if (invite.template_file.empty()) return;
  std::ifstream file(invite.template_file);
  std::string first;
  if (!std::getline(file, first))
    table.complain("template", "the file " + invite.template_file + " cannot be read, or is empty");
  else if (!first.starts_with("Subject: "))
    table.complain("template", "the first line of " + invite.template_file + " must be \"Subject: ...\"");
}

void read_reminders(Table& table, InviteSettings& invite) {
  invite.remind = table.duration("remind", std::chrono::minutes(1));
  invite.reminders = static_cast<int>(table.number("reminders", invite.remind ? 2 : 0, 0, 100));
  if (table.has("reminders") && !table.has("remind"))
    table.complain("reminders", "needs remind: how long after an invitation the reminder goes");
}

bool has_groups(const SourceSettings& source, const Configuration& configuration) {
  const auto mapping = configuration.source_mappings.find(source.name);
  const bool mapped = mapping == configuration.source_mappings.end() || mapping->second.has_groups;
  return source.groups.present || (source.type == "ldif" && mapped);
}

void check_source(Table& table, const RoleRule& rule, const Configuration& configuration) {
  const auto& sources = configuration.settings.sources;
  std::vector<std::string> names;
  for (const auto& source : sources) names.push_back(source.name);
  const auto named = std::find(names.begin(), names.end(), rule.source);
  const auto with_table = std::count_if(sources.begin(), sources.end(), [](const auto& s) { return s.groups.present; });
  if (rule.group.empty()) {
    if (table.has("source")) table.complain("source", "names where a group is; a rule with `when` has none");
  } else if (table.has("source") && named == names.end()) {
    table.complain("source", "there is no source \"" + rule.source + '"' + language::did_you_mean(rule.source, names));
  } else if (named != names.end() && !has_groups(sources[named - names.begin()], configuration)) {
    table.complain("source", "the source \"" + rule.source + "\" reads no groups: it has no `groups`");
  } else if (rule.source.empty() && with_table > 1) {
    table.complain("source", "missing required key: more than one source has groups");
  } else if (std::none_of(sources.begin(), sources.end(),
                          [&](const auto& s) { return has_groups(s, configuration); })) {
    table.complain("group", "no source reads groups: none has `groups`");
  }
}

// A rule over a group may name the role by a template over it.
void compile_role(Table& table, core::RoleRuleProgram& program, Loading& loading) {
  const Node* node = table.node().find("role");
  const Vocabulary names{
      {"group"}, {}, false, false, "a role is named by the group only, as {group | ...}; unknown is"};
  auto text = compile_template(table, "role", *node, names, loading);
  if (!text) return;
  if (text->is_constant())
    program.rule.role = text->text(language::GroupLookup(std::string()));  // {{ and }} are braces
  else if (program.rule.group.empty())
    table.complain("role", "a rule with `when` has no group to name the role by");
  program.role = std::move(*text);
}

void read_role(Table& table, Loading& loading, core::RoleRuleProgram& program) {
  RoleRule& rule = program.rule;
  rule.role = table.required_text("role");
  rule.group = table.text("group").value_or("");
  rule.when = table.text("when").value_or("");
  rule.source = table.text("source").value_or("");
  rule.where = loading.reading.where(table.node().at);
  if (table.has("group") && table.has("when"))
    table.complain("when", "a rule has either `group` or `when`, not both");
  else if (!table.has("group") && !table.has("when"))
    table.complain("group", "missing required key: a rule needs `group` or `when`");
  else
    check_source(table, rule, loading.result);
  if (!rule.when.empty())
    program.when = compile_condition(table, "when", *table.node().find("when"), identity_names(loading), loading);
  if (!rule.role.empty()) compile_role(table, program, loading);
  table.finish();
}

}  // namespace

std::map<std::string, Limit> read_limits(Table& provider, Loading& loading, bool has_wave) {
  static const Node absent;
  const Node* node = provider.table("limits");
  Table table(loading.reading, node ? *node : absent, provider.key_path("limits"));
  std::map<std::string, Limit> limits;
  const auto defaults = default_limits(has_wave);
  for (const auto& kind : limit_kinds) {
    const auto fallback = defaults.find(kind);
    if (fallback != defaults.end())
      limits[kind] = table.parsed_or(kind, parse_limit, fallback->second);
    else if (auto limit = table.parsed(kind, parse_limit))
      limits[kind] = std::move(*limit);
  }
  table.finish();
  return limits;
}

void read_invite(Table& provider, Loading& loading, const ProviderType& type, core::ProviderRules& rules) {
  const Node* node = provider.table("invite");
  if (!node) return;
  Table table(loading.reading, *node, provider.key_path("invite"));
  auto& invite = rules.settings.invite;
  invite.present = true;
  read_when(table, rules, loading);
  read_to(table, rules, loading);
  invite.landing = table.parsed("landing", parse_landing).value_or("");
  read_delivery(table, type, invite, loading.result.settings);
  invite.wave = table.parsed("wave", parse_rate);
  read_reminders(table, invite);
  invite.quiet = table.parsed("quiet", parse_quiet_hours).value_or("");
  read_template_file(table, invite);
  invite.application_name = table.text("application-name").value_or("");
  if (!invite.application_name.empty() && !(type.names_application && invite.deliver == "provider")) {
    const auto at = node->find("application-name")->at;
    loading.result.notes.push_back({loading.reading.file, at.line, at.column, table.key_path("application-name"),
                                    type.names_application ? "stands in the provider's own mail alone: with this deliver nobody reads it"
                                                           : "no mail of the type " + type.name + " names an application"});
  }
  table.finish();
}

void read_roles(Table& provider, Loading& loading, core::ProviderRules& rules) {
  int number = 0;
  for (const Node* node : provider.tables("role")) {
    core::RoleRuleProgram program;
    Table table(loading.reading, *node, provider.key_path("role"));
    table.counts_as(table.path() + '[' + std::to_string(number++) + ']');
    read_role(table, loading, program);
    rules.settings.roles.push_back(program.rule);
    rules.roles.push_back(std::move(program));
  }
}

}  // namespace rollcall::app
