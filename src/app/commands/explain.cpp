#include "app/commands/explain.hpp"

#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/explanation.hpp"
#include "app/session.hpp"

namespace rollcall::app {

int explain(const Options& options, std::ostream& out, std::ostream& err) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  WiringOptions wish;
  wish.offline = true;
  const auto tell = [&]() -> Result<json::Value> {
    ROLLCALL_TRY(auto wiring, wire(*configuration, wish));
    ROLLCALL_TRY(auto state, store::State::open(configuration->settings.state.url, store::Access::read));
    ROLLCALL_TRY(const auto person, person_named(*state, options.user));
    return explanation(*state, *wiring, person, system_now());
  };
  const auto story = tell();
  if (!story) {
    complain(err, story.error().message);
    return exit_nothing_done;
  }
  out << (options.json ? json::write_pretty(*story) + "\n" : explanation_text(*story));
  return exit_done;
}

}  // namespace rollcall::app
