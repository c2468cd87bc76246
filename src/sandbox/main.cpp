// rollcall-sandbox: a vendor's server on loopback, to rehearse with (README.md).
#include "sandbox/command_line.hpp"

int main(int argc, char** argv) {
  const auto parsed = rollcall::sandbox::parse_command_line(argc, argv);
  return parsed.exit_code ? *parsed.exit_code : rollcall::sandbox::run(parsed.command);
}
