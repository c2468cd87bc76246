#include <algorithm>

#include "app/config/sections.hpp"
#include "net/server.hpp"

namespace rollcall::app {
namespace {

void read_state(Table table, StateSettings& state, Reading& reading) {
  std::string url = table.text_or("url", state.url);
  if (url.starts_with("postgresql:") || url.starts_with("postgres:")) {
    table.complain("url", "a state in PostgreSQL comes with the pair of hosts, not in this version; use sqlite:PATH");
  } else if (!url.starts_with("sqlite:") || url.size() == 7) {
    table.complain("url", "expected sqlite:PATH");
  } else {
    url = "sqlite:" + reading.absolute(url.substr(7));
    table.record("url", url);
  }
  state.url = url;
  state.key = table.secret("key");
  table.finish();
}

void read_log(Table table, LogSettings& log) {
  log.level = table.choice("level", log.level, {"trace", "debug", "info", "warn", "error"});
  log.format = table.choice("format", log.format, {"auto", "text", "json", "journald"});
  table.finish();
}

void read_schedule(Table table, ScheduleSettings& schedule) {
  constexpr auto second = std::chrono::seconds(1);
  schedule.poll = table.duration_or("poll", "5m", second);
  schedule.full = table.duration_or("full", "24h", second);
  schedule.jitter = table.parsed_or("jitter", parse_share, "10%");
  schedule.zone = table.parsed("zone", parse_zone).value_or("");
  table.finish();
}

void read_admin(Table table, AdminSettings& admin, Reading& reading) {
  admin.listen = table.parsed("listen", parse_listen).value_or("");
  if (const auto control = table.text("control")) admin.control = reading.absolute(*control);
  table.finish();
}

Parsed<std::string> parse_public_url(std::string_view text) { return parse_url_of(text, {"https", "http"}, {}); }

// HTTPS, or clear text to loopback only (contract section 2).
void read_doors(Table& table, ScimSettings& scim) {
  scim.listen = table.parsed("listen", parse_listen).value_or(scim.listen);
  scim.certificate = table.path_text("certificate");
  scim.key = table.path_text("key");
  if (table.has("certificate") != table.has("key"))
    table.complain(table.has("key") ? "key" : "certificate", "certificate and key go together");
  const auto at = net::parse_endpoint(scim.listen);
  if (at && !at->loopback && scim.certificate.empty() && scim.key.empty())
    table.complain("listen", "\"" + scim.listen + "\" is not a loopback address: clear text is accepted there only; give certificate and key");
  scim.public_url = table.parsed("public-url", parse_public_url).value_or("");
  scim.open_discovery = table.flag("open-discovery", false);
}

void read_scim(Table table, ScimSettings& scim) {
  scim.present = true;
  read_doors(table, scim);
  scim.max_body = table.parsed_or("max-body", parse_size, "1MiB");
  scim.max_header = table.parsed_or("max-header", parse_size, "16KiB");
  scim.max_depth = table.number("max-depth", scim.max_depth, 4, 64);
  scim.max_operations = table.number("max-operations", scim.max_operations, 1, 100'000);
  scim.max_filter = table.parsed_or("max-filter", parse_size, "8KiB");
  scim.max_results = table.number("max-results", scim.max_results, 1, 10'000);
  scim.max_connections = table.number("max-connections", scim.max_connections, 1, 100'000);
  scim.rate = table.parsed_or("rate", parse_rate, "1000/s");
  scim.header_timeout = table.duration_or("header-timeout", "10s", std::chrono::seconds(1));
  scim.idle_timeout = table.duration_or("idle-timeout", "75s", std::chrono::seconds(1));
  table.finish();
}

Parsed<std::string> parse_smtp_url(std::string_view text) {
  // smtp:// to other hosts demands STARTTLS (contract section 2), so it is no clear text.
  auto url = parse_url_of(text, {"smtps", "smtp"}, {});
  if (url && url->find('/', url->find("://") + 3) != std::string::npos)
    return tl::unexpected(std::string("expected smtps://HOST:PORT, without a path"));
  return url;
}

Parsed<std::string> parse_sender(std::string_view text) {
  const bool one_line = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  const auto at = text.rfind('@');
  if (!one_line || at == 0 || at == std::string_view::npos || at + 1 == text.size() ||
      (text.find('<') != std::string_view::npos) != text.ends_with('>'))
    return tl::unexpected(std::string("expected a sender such as it@example.org or IT <it@example.org>"));
  return std::string(text);
}

void read_smtp(Table table, SmtpSettings& smtp) {
  smtp.present = true;
  table.require("url");
  table.require("from");
  smtp.url = table.parsed("url", parse_smtp_url).value_or("");
  smtp.from = table.parsed("from", parse_sender).value_or("");
  smtp.user = table.text("user").value_or("");
  smtp.password = table.secret("password");
  if (table.has("user") != table.has("password"))
    table.complain(table.has("user") ? "user" : "password", "user and password go together");
  table.finish();
}

}  // namespace

void read_general(Table& root, Loading& loading) {
  Settings& settings = loading.result.settings;
  Reading& reading = loading.reading;
  static const Node absent;  // defaults are part of the meaning too
  const auto section = [&](const char* name) {
    const Node* node = root.table(name);
    return Table(reading, node ? *node : absent, name);
  };
  read_state(section("state"), settings.state, reading);
  // How rollcall logs and where it is asked changes no plan.
  read_log(section("log").counts_as({}), settings.log);
  read_schedule(section("schedule"), settings.schedule);
  read_admin(section("admin").counts_as({}), settings.admin, reading);
  if (root.table("smtp")) read_smtp(section("smtp"), settings.smtp);
  // So does what the endpoint accepts and how much; what was accepted is in the state.
  if (root.table("scim")) read_scim(section("scim").counts_as({}), settings.scim);
}

void read_join(Table& root, Loading& loading) {
  Settings& settings = loading.result.settings;
  const Node* node = root.table("join");
  static const Node absent;
  Table table(loading.reading, node ? *node : absent, "join");
  auto attributes = language::known_identity_attributes();
  attributes.insert(attributes.end(), loading.available.begin(), loading.available.end());
  const auto check = [&](Table& where, std::string_view key, const std::string& attribute, Place at) {
    if (!loading.all_sources_mapped || std::find(attributes.begin(), attributes.end(), attribute) != attributes.end())
      return;
    where.complain_at(
        at, key,
        "no source mapping sets the attribute \"" + attribute + "\"" + language::did_you_mean(attribute, attributes));
  };
  if (const auto keys = table.texts("keys")) {
    settings.join.keys = *keys;
    for (const auto& item : table.node().find("keys")->children) check(table, "keys", item.text, item.at);
  } else if (settings.sources.size() > 1) {
    settings.join.keys = {"employeeNumber", "email"};
  }
  std::vector<std::string> names;
  for (const auto& source : settings.sources) names.push_back(source.name);
  if (const Node* authority = table.table("authority")) {
    Table wins(loading.reading, *authority, "join.authority");
    for (const auto& entry : authority->children) {
      check(wins, entry.key, entry.key, entry.key_at);
      if (auto sources = wins.texts(entry.key)) settings.join.authority[entry.key] = std::move(*sources);
      for (const auto& item : entry.children)
        if (item.kind == Node::Kind::text && std::find(names.begin(), names.end(), item.text) == names.end())
          wins.complain_at(item.at, entry.key,
                           "there is no source \"" + item.text + "\"" + language::did_you_mean(item.text, names));
    }
  }
  table.finish();
}

}  // namespace rollcall::app
