#include "app/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "app/console.hpp"
#include "language/unicode.hpp"
#include "sources/dn.hpp"

namespace rollcall::app {
namespace {

bool any_action(const Plan& plan, bool held) {
  return std::any_of(plan.providers.begin(), plan.providers.end(), [&](const auto& p) {
    return std::any_of(p.actions.begin(), p.actions.end(), [&](const auto& a) { return a.held.has_value() == held; });
  });
}

bool read_holds(const sync::Reconciliation& r) { return r.read_holds > 0; }

}  // namespace

bool has_actions(const Plan& plan) { return any_action(plan, false); }
bool has_holds(const Plan& plan) { return any_action(plan, true); }

int plan_exit(const sync::Reconciliation& r, const Options& options) {
  if (!r.any_source_read && !r.any_provider_read) return exit_nothing_done;
  if (r.trouble) return exit_failed;
  if (has_holds(r.plan) || read_holds(r)) return exit_held;
  return options.exit_code && has_actions(r.plan) ? exit_changes : exit_done;
}

int run_exit(const sync::Reconciliation& r, const sync::RunReport& report) {
  if (!r.any_source_read && !r.any_provider_read) return exit_nothing_done;
  if (r.trouble || report.failed || report.skipped || report.in_doubt || report.stopped) return exit_failed;
  return has_holds(r.plan) || read_holds(r) ? exit_held : exit_done;
}

Result<std::unique_ptr<store::State>> open_existing(const std::string& url) {
  ROLLCALL_TRY(auto probe, store::State::open(url, store::Access::read));
  probe.reset();
  return store::State::open(url, store::Access::write);
}

Result<std::string> person_named(store::State& state, const std::string& text) {
  for (const auto& form : {text, language::fold(text), sources::member_ref(text)}) {
    ROLLCALL_TRY(const auto people, state.find_people(form));
    if (people.size() == 1) return people.front();
    if (people.size() > 1) {
      std::string keys;
      for (const auto& person : people) keys += (keys.empty() ? "" : ", ") + person;
      return fail(ErrorKind::conflict, "\"" + text + "\" names " + std::to_string(people.size()) + " people; say which by key: " + keys);
    }
  }
  return fail(ErrorKind::not_found, "nobody is known by the key, user name, e-mail or DN \"" + text + "\"");
}

std::function<void(std::string_view, const std::string&)> progress_on_terminal(const Options& options) {
  if (options.quiet || !is_terminal(STDERR_FILENO)) return {};
  return [](std::string_view stage, const std::string& detail) { std::cerr << "\r\033[K" << stage << " " << detail << std::flush; };
}

}  // namespace rollcall::app
