#include "app/commands/run.hpp"

#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/daemon.hpp"
#include "app/privileges.hpp"
#include "log/log.hpp"

namespace rollcall::app {

int run(const Options& options, std::ostream& err) {
  auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  const Settings& settings = configuration->settings;
  if (auto owner = become_owner_of_state(settings.state.url); !owner) {
    complain(err, owner.error().message);
    return exit_nothing_done;
  }
  const std::string level = options.verbose > 0 ? "debug" : options.quiet ? "warn" : settings.log.level;
  if (auto logged = log::configure(level, settings.log.format); !logged) {
    complain(err, logged.error().message);
    return exit_configuration;
  }
  use_zone(settings);
  Daemon daemon(options, std::move(*configuration));
  return daemon.loop();
}

}  // namespace rollcall::app
