// The command line of rollcall-sandbox, read (README.md lists it). Pure but for the files that options name; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/server.hpp"

namespace rollcall::sandbox {

struct CommandLine {
  const Vendor* vendor = nullptr;
  VendorSettings vendor_settings;
  ServerSettings server;
  int users = 0;
  std::vector<std::string> roles, custom_attributes;
  std::vector<std::int64_t> groups;
  int role_count = 0;
  std::string port_file;
  Duration latency{0};
  RateLimit rate;
  std::vector<Fault> faults;
  bool until_stdin_closes = false, die_with_parent = false;
};

// `exit_code`: the program ends with it; the text has been printed (0 for --help, 64 for wrong usage).
struct ParsedCommandLine {
  CommandLine command;
  std::optional<int> exit_code;
};
ParsedCommandLine parse_command_line(int argc, const char* const* argv);

// A tenant as the command line wants it: the state that was kept, then what is still lacking.
Result<std::unique_ptr<Sandbox>> furnish(const CommandLine& command, Instant now);

// The program: until SIGTERM, SIGINT or what else the options say. Answers the exit code.
int run(const CommandLine& command);

}  // namespace rollcall::sandbox
