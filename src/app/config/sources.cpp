#include <algorithm>

#include "app/config/sections.hpp"

namespace rollcall::app {
namespace {

// libldap takes a path of a local socket, percent-encoded, in place of the host: no clear text leaves the machine.
Parsed<std::string> parse_ldap_uri(std::string_view text, bool start_tls) {
  if (text.starts_with("ldapi://")) {
    if (start_tls) return tl::unexpected(std::string("start-tls has no use on a local socket"));
    return std::string(text);
  }
  const std::vector<std::string> clear = start_tls ? std::vector<std::string>{} : std::vector<std::string>{"ldap"};
  auto uri = parse_url_of(text, {"ldaps", "ldap", "ldapi"}, clear);
  if (!uri) return uri;
  if (start_tls && text.starts_with("ldaps"))
    return tl::unexpected(std::string("start-tls is for ldap://; ldaps:// is encrypted from the first byte"));
  if (uri->find_first_of("/?", uri->find("://") + 3) != std::string::npos)
    return tl::unexpected(std::string("expected HOST or HOST:PORT only; the base belongs to people and groups"));
  return uri;
}

void read_uris(Table& table, SourceSettings& source) {
  source.start_tls = table.flag("start-tls", false);
  if (!table.require("uris")) return;
  source.uris = table.texts("uris").value_or(std::vector<std::string>{});
  const Node& list = *table.node().find("uris");
  if (list.kind == Node::Kind::array && list.children.empty()) table.complain("uris", "at least one URI is needed");
  source.uris.clear();
  for (const auto& item : list.children) {
    if (item.kind != Node::Kind::text || item.text.empty()) continue;
    const auto uri = parse_ldap_uri(item.text, source.start_tls);
    if (uri)
      source.uris.push_back(*uri);
    else
      table.complain_at(item.at, "uris", uri.error());
  }
}

// A directory needs a base to search under; a file has all its records at hand.
SearchSettings read_search(Table& source, const char* key, bool base_required, Reading& reading) {
  SearchSettings search;
  const Node* node = source.table(key);
  if (!node) return search;
  Table table(reading, *node, source.key_path(key));
  search.present = true;
  if (base_required) table.require("base");
  search.base = table.text("base").value_or("");
  search.scope = table.choice("scope", "sub", {"base", "one", "sub"});
  search.filter = table.parsed("filter", parse_filter).value_or("");
  if (std::string_view(key) == "groups") search.nested = table.flag("nested", false);
  table.finish();
  return search;
}

void read_bind(Table& table, SourceSettings& source) {
  source.bind_dn = table.text("bind-dn").value_or("");
  source.bind_password = table.secret("bind-password");
  source.sasl = table.choice("sasl", "", {"EXTERNAL", "GSSAPI"});
  if (table.has("sasl") && table.has("bind-dn"))
    table.complain("sasl", "either bind-dn and bind-password, or sasl");
  else if (table.has("bind-dn") && !table.has("bind-password"))
    // RFC 4513 section 5.1.2: a name without a password is an anonymous bind that looks like a success.
    table.complain("bind-password", "missing required key: a bind-dn without a password binds as nobody");
  else if (table.has("bind-password") && !table.has("bind-dn"))
    table.complain("bind-dn", "missing required key: whose password is it?");
}

void read_ldap(Table& table, SourceSettings& source, Reading& reading) {
  read_uris(table, source);
  source.ca_file = table.path_text("ca-file");
  read_bind(table, source);
  table.require("people");
  source.people = read_search(table, "people", true, reading);
  source.groups = read_search(table, "groups", true, reading);
  source.changes = table.choice("changes", "auto", {"auto", "syncrepl", "dirsync", "usn", "timestamp", "poll"});
  if (source.changes != "auto" && source.changes != "poll")
    table.complain("changes", "\"" + source.changes + "\" is not in this version yet; use auto or poll");
  source.page_size = static_cast<int>(table.number("page-size", 1000, 1, 100'000));
  source.timeout = table.duration_or("timeout", "30s", std::chrono::seconds(1));
}

void read_ldif(Table& table, SourceSettings& source, Reading& reading) {
  table.require("path");
  source.path = table.path_text("path");
  source.people = read_search(table, "people", false, reading);
  source.groups = read_search(table, "groups", false, reading);
}

void read_pushed(Table& table, SourceSettings& source) {
  source.silence = table.duration("silence", std::chrono::minutes(1));
}

// The endpoint gives the ids, and members and managers refer to them.
void check_pushed_mapping(Table& table, const SourceSettings& source, const language::SourceMapping& mapping) {
  const std::string whose = "the mapping \"" + source.mapping + "\" of a source of type scim must have ";
  if (mapping.id.source() != "{id}" || (mapping.has_groups && mapping.group_id.source() != "{id}"))
    table.complain("mapping", whose + "id = \"{id}\" in [person] and [group]");
  if (mapping.has_groups && mapping.member_attributes != std::vector<std::string>{"members.value"})
    table.complain("mapping", whose + "members = \"{members.value}\" in [group]");
}

void load_mapping(Table& table, SourceSettings& source, Loading& loading) {
  source.mapping = table.required_text("mapping");
  const auto path = find_mapping(table, source.mapping, loading);
  if (path.empty()) {
    loading.all_sources_mapped = false;
    return;
  }
  auto mapping = language::load_source_mapping(path, source.type == "scim");
  if (!mapping) {
    loading.all_sources_mapped = false;
    auto& problems = loading.reading.problems;
    problems.insert(problems.end(), mapping.error().begin(), mapping.error().end());
    return;
  }
  loading.available.merge(mapping->identity_attributes());
  table.record("mapping", source.mapping + ' ' + mapping->fingerprint);
  if (source.groups.present && !mapping->has_groups)
    table.complain("groups", "the mapping \"" + source.mapping + "\" has no [group] table, so groups cannot be read");
  if (source.type == "scim") check_pushed_mapping(table, source, *mapping);
  if (source.type == "scim") source.groups.present = mapping->has_groups;    // clients push them without being asked
  loading.result.source_mappings.emplace(source.name, std::move(*mapping));
}

// Whether the rest of the table can be read by its type.
bool known_type(Table& table, SourceSettings& source) {
  source.type = table.required_text("type");
  const std::vector<std::string> types = {"ldap", "ldif", "scim"};
  const bool known = std::find(types.begin(), types.end(), source.type) != types.end();
  if (!source.type.empty() && !known)
    table.complain("type", "unknown source type \"" + source.type + "\"; this build knows: ldap, ldif, scim" +
                               language::did_you_mean(source.type, types));
  return known;
}

// When a read of a directory or a file may be believed.
void read_completeness(Table& table, SourceSettings& source) {
  source.sentinels = table.texts("sentinels").value_or(std::vector<std::string>{});
  source.minimum = table.number("minimum", 1, 0, 1'000'000'000);
  source.absent_for = table.duration_or("absent-for", "15m");
}

void read_source(Table& sources, const Node& node, Loading& loading) {
  Table table(loading.reading, node, sources.key_path(node.key));
  SourceSettings source;
  source.name = node.key;
  source.where = loading.reading.where(node.at);
  if (const auto name = parse_name(node.key); !name) sources.complain_at(node.key_at, node.key, name.error());
  // Without a type the other keys can be neither known nor unknown.
  if (!known_type(table, source)) {
    loading.all_sources_mapped = false;
    loading.result.settings.sources.push_back(std::move(source));
    return;
  }
  if (source.type == "ldap")
    read_ldap(table, source, loading.reading);
  else if (source.type == "ldif")
    read_ldif(table, source, loading.reading);
  else
    read_pushed(table, source);
  if (source.type != "scim") read_completeness(table, source);
  load_mapping(table, source, loading);
  if (source.type == "scim" && !loading.result.settings.scim.present)
    table.complain("type", "a source of type scim is pushed to the SCIM endpoint: add the table [scim] with listen");
  table.finish(source.type == "ldap" ? "" : " of a source of type " + source.type);
  loading.result.settings.sources.push_back(std::move(source));
}

}  // namespace

void read_sources(Table& root, Loading& loading) {
  const Node* node = root.table("source");
  if (!node) return;
  Table sources(loading.reading, *node, "source");
  std::string order;
  for (const auto& child : node->children) {
    order += child.key + ' ';
    if (sources.typed(&child, Node::Kind::table, child.key)) read_source(sources, child, loading);
  }
  const auto& all = loading.result.settings.sources;
  const bool pushed = std::any_of(all.begin(), all.end(), [](const auto& s) { return s.type == "scim"; });
  if (loading.result.settings.scim.present && !pushed)
    root.complain("scim", "no source has type = \"scim\", so nobody could push anything: add one, or remove this table");
  loading.reading.meaning["source"] = order;  // the order is the default authority
}

}  // namespace rollcall::app
