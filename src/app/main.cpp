// rollcall: the daemon and the command line. Sets up the process, hands over to one command, answers its exit code.
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "app/commands/apply.hpp"
#include "app/commands/check.hpp"
#include "app/commands/connect.hpp"
#include "app/commands/decide_holds.hpp"
#include "app/commands/decide_people.hpp"
#include "app/commands/explain.hpp"
#include "app/commands/history.hpp"
#include "app/commands/invitations.hpp"
#include "app/commands/plan.hpp"
#include "app/commands/providers.hpp"
#include "app/commands/run.hpp"
#include "app/commands/status.hpp"
#include "app/commands/test_mapping.hpp"
#include "app/commands/tokens.hpp"
#include "app/commands/undo.hpp"
#include "app/options.hpp"

int main(int argc, char** argv) {
  using namespace rollcall::app;
  // Before libldap is touched: a stray ldaprc or LDAPTLS_REQCERT=never would turn certificate checks off.
  ::setenv("LDAPNOINIT", "1", 1);
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);

  const auto options = parse_options({argv + 1, argv + argc}, std::cout, std::cerr);
  if (!options) return options.error();
  switch (options->command) {
    case Command::check:
      return check(*options, std::cout, std::cerr, [&](const Configuration& c) { return connect(c, *options, std::cout, std::cerr); });
    case Command::plan: return plan(*options, std::cout, std::cerr);
    case Command::apply: return apply(*options, std::cin, std::cout, std::cerr);
    case Command::run: return run(*options, std::cerr);
    case Command::status: return status(*options, std::cout, std::cerr);
    case Command::explain: return explain(*options, std::cout, std::cerr);
    case Command::history: return history(*options, std::cout, std::cerr);
    case Command::holds: return holds(*options, std::cout, std::cerr);
    case Command::approve: return approve(*options, std::cout, std::cerr);
    case Command::reject: return reject(*options, std::cout, std::cerr);
    case Command::undo: return undo(*options, std::cin, std::cout, std::cerr);
    case Command::suspend: return suspend(*options, std::cout, std::cerr);
    case Command::release: return release(*options, std::cout, std::cerr);
    case Command::link: return link(*options, std::cout, std::cerr);
    case Command::unlink: return unlink(*options, std::cout, std::cerr);
    case Command::unjoin: return unjoin(*options, std::cout, std::cerr);
    case Command::retire: return retire(*options, std::cout, std::cerr);
    case Command::invitations: return invitations(*options, std::cout, std::cerr);
    case Command::invitations_resend: return resend_invitation(*options, std::cout, std::cerr);
    case Command::invitations_cancel: return cancel_invitation(*options, std::cout, std::cerr);
    case Command::token_create: return create_token(*options, std::cout, std::cerr);
    case Command::token_list: return list_tokens(*options, std::cout, std::cerr);
    case Command::token_revoke: return revoke_token(*options, std::cout, std::cerr);
    case Command::providers: return providers(*options, std::cout);
    case Command::test_mapping: return test_mapping(*options, std::cin, std::cout, std::cerr);
  }
  return exit_usage;
}
