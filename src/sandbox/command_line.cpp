#include "sandbox/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cctype>
#include <fstream>
#include <iostream>
#include <iterator>

namespace rollcall::sandbox {
namespace {

constexpr int wrong_usage = 64;  // EX_USAGE of sysexits.h

// Options whose text has still to be understood.
struct RawOptions {
  std::string listen = "127.0.0.1:0", api_key, api_key_file, latency, rate_limit;
  std::vector<std::string> faults;
};

void add_options(CLI::App& app, CommandLine& command, RawOptions& raw) {
  app.add_option("--listen", raw.listen, "loopback address and port; port 0 takes a free one")->capture_default_str();
  auto* key = app.add_option("--api-key", raw.api_key, "the only key that is accepted; without it, any");
  app.add_option("--api-key-file", raw.api_key_file, "a file with the key")->excludes(key);
  app.add_option("--users", command.users, "accounts to begin with: user000001, ...")->check(CLI::Range(0, 10'000'000));
  app.add_option("--roles", command.roles, "roles to begin with, with commas between")->delimiter(',');
  app.add_option("--role-count", command.role_count, "so many roles more: Role 1, ...")->check(CLI::Range(0, 100'000));
  app.add_option("--custom-attributes", command.custom_attributes, "custom attributes that are defined")
      ->delimiter(',');
  app.add_option("--groups", command.groups, "ids of groups that exist")->delimiter(',');
  app.add_option("--state", command.server.state_file, "JSON: read at the start, written after changes and at the end");
  app.add_option("--port-file", command.port_file, "the port is written here");
  app.add_option("--log", command.server.log_file, "one line a request");
  app.add_option("--latency", raw.latency, "every answer takes so long: 50ms");
  app.add_option("--rate-limit", raw.rate_limit, "429 above it: 20/s, 5000/h");
  app.add_option("--faults", raw.faults, "what shall go wrong: JSON, @FILE, or \"status=503 POST users.xml times=3\"")
      ->allow_extra_args(false);
  app.add_flag("--until-stdin-closes", command.until_stdin_closes, "end when standard input, a pipe, closes");
  app.add_flag("--die-with-parent", command.die_with_parent, "end when the parent process does");
}

void add_vendor_options(CLI::App& app, CommandLine& command, const Vendor& vendor) {
  for (const VendorOption& option : vendor.options) {
    std::string& value = command.vendor_settings[std::string(option.name)];
    auto* added = app.add_option("--" + std::string(option.name), value, std::string(option.help));
    added->default_str(std::string(option.fallback));
    if (!option.choices.empty()) {
      std::vector<std::string> choices(option.choices.begin(), option.choices.end());
      added->check(CLI::IsMember(std::move(choices)));
    }
  }
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::invalid, path + ": cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

Result<void> read_api_key(const RawOptions& raw, CommandLine& command) {
  std::string key = raw.api_key;
  if (!raw.api_key_file.empty()) {
    ROLLCALL_TRY(key, read_file(raw.api_key_file));
    while (!key.empty() && std::isspace(static_cast<unsigned char>(key.back()))) key.pop_back();
    if (key.empty()) return fail(ErrorKind::invalid, raw.api_key_file + ": is empty");
  }
  command.vendor_settings["api-key"] = std::move(key);
  return {};
}

Result<void> read_fault_options(const RawOptions& raw, CommandLine& command) {
  for (std::string text : raw.faults) {
    if (text.starts_with('@')) {
      ROLLCALL_TRY(text, read_file(text.substr(1)));
    }
    ROLLCALL_TRY(const std::vector<Fault> faults, parse_faults(text));
    command.faults.insert(command.faults.end(), faults.begin(), faults.end());
  }
  return {};
}

Result<void> understand(const RawOptions& raw, CommandLine& command) {
  ROLLCALL_TRY(command.server.listen, net::parse_endpoint(raw.listen));
  if (!command.server.listen.loopback)
    return fail(ErrorKind::refused, "--listen: " + raw.listen + " is no loopback address, and others are refused");
  if (!raw.latency.empty()) ROLLCALL_CHECK(parse_duration(raw.latency).map([&](Duration d) { command.latency = d; }));
  if (!raw.rate_limit.empty()) ROLLCALL_CHECK(parse_rate(raw.rate_limit).map([&](RateLimit r) { command.rate = r; }));
  ROLLCALL_CHECK(read_api_key(raw, command));
  return read_fault_options(raw, command);
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv) {
  ParsedCommandLine parsed;
  CommandLine& command = parsed.command;
  RawOptions raw;
  CLI::App app("rollcall-sandbox: a vendor's server on loopback, to rehearse with", "rollcall-sandbox");
  app.require_subcommand(1);
  for (const Vendor& vendor : vendors()) {
    CLI::App* sub = app.add_subcommand(std::string(vendor.name), std::string(vendor.help));
    add_options(*sub, command, raw);
    add_vendor_options(*sub, command, vendor);
    sub->callback([&command, &vendor] { command.vendor = &vendor; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    parsed.exit_code = app.exit(error, std::cout, std::cerr) == 0 ? 0 : wrong_usage;
    return parsed;
  }
  for (const auto& [name, value] : default_settings(*command.vendor))
    if (std::string& given = command.vendor_settings[name]; given.empty()) given = value;
  if (const auto understood = understand(raw, command); !understood) {
    std::cerr << "rollcall-sandbox: " << understood.error().message << '\n';
    parsed.exit_code = wrong_usage;
  }
  return parsed;
}

Result<std::unique_ptr<Sandbox>> furnish(const CommandLine& command, Instant now) {
  ROLLCALL_TRY(std::unique_ptr<Sandbox> sandbox, Sandbox::make(*command.vendor, command.vendor_settings));
  Tenant& tenant = sandbox->tenant();
  if (!command.server.state_file.empty()) ROLLCALL_CHECK(load_state(command.server.state_file, tenant));
  for (const std::string& role : command.roles) tenant.add_role(role);
  for (int i = 1; i <= command.role_count; ++i) tenant.add_role("Role " + std::to_string(i));
  for (const std::string& name : command.custom_attributes) tenant.custom_attributes.try_emplace(name, name);
  tenant.groups.insert(command.groups.begin(), command.groups.end());
  sandbox->preload(command.users, now);
  sandbox->set_faults(command.faults);
  sandbox->set_latency(command.latency);
  sandbox->set_rate_limit(command.rate);
  return sandbox;
}

}  // namespace rollcall::sandbox
