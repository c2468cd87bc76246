#include "app/commands/invitations.hpp"

#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/privileges.hpp"
#include "app/session.hpp"
#include "endpoint/control.hpp"
#include "report/escape.hpp"
#include "report/listing.hpp"
#include "sync/ledger.hpp"

namespace rollcall::app {
namespace {

Result<void> must_be_configured(const Settings& settings, const std::string& provider) {
  std::string names;
  for (const auto& p : settings.providers) {
    if (p.name == provider) return {};
    names += (names.empty() ? "" : ", ") + p.name;
  }
  return fail(ErrorKind::not_found, "no provider is named \"" + provider + "\"; the configuration has " + (names.empty() ? "none" : names));
}

Result<std::vector<store::InvitationRow>> listed(const Options& o, const Settings& settings) {
  auto state = store::State::open(settings.state.url, store::Access::read);
  if (!state && state.error().kind != ErrorKind::not_found) return tl::unexpected<Error>(std::move(state).error());
  std::string person;
  if (!o.user.empty()) {
    if (!state) return fail(ErrorKind::not_found, "nobody is known yet: there was no run");
    ROLLCALL_TRY(person, person_named(**state, o.user));
  }
  std::vector<store::InvitationRow> rows;
  if (state) {
    ROLLCALL_TRY(rows, (*state)->invitations(o.provider, o.state));
  }
  if (rows.empty() && !o.provider.empty()) ROLLCALL_CHECK(must_be_configured(settings, o.provider));
  std::erase_if(rows, [&](const auto& row) { return !person.empty() && row.person != person; });
  return rows;
}

using Asks = std::vector<sync::Asked>;

// At one provider, or at every provider that can invite the person; refused when it can be done at none.
Result<Asks> ask(store::State& state, const Configuration& configuration, const Options& o, bool resend, std::vector<std::string>& refusals) {
  ROLLCALL_TRY(const std::string person, person_named(state, o.user));
  if (!o.provider.empty()) ROLLCALL_CHECK(must_be_configured(configuration.settings, o.provider));
  Asks asks;
  for (const auto& settings : configuration.settings.providers) {
    if (!o.provider.empty() && settings.name != o.provider) continue;
    const auto& rules = configuration.providers.at(settings.name);
    const auto& capabilities = find_provider_type(settings.type)->capabilities;
    auto asked = resend ? sync::ask_to_resend(state, rules, capabilities, person, system_now())
                        : sync::ask_to_cancel(state, rules, capabilities, person);
    if (asked)
      asks.push_back(std::move(*asked));
    else if (asked.error().kind == ErrorKind::refused)
      refusals.push_back(asked.error().message);
    else
      return tl::unexpected<Error>(std::move(asked).error());
  }
  return asks;
}

int decide(const Options& options, std::ostream& out, std::ostream& err, bool resend) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  const auto& settings = configuration->settings;
  if (auto owner = become_owner_of_state(settings.state.url); !owner) {
    complain(err, owner.error().message);
    return exit_nothing_done;
  }
  Asks asks;
  std::vector<std::string> refusals;
  const auto work = [&]() -> Result<void> {
    ROLLCALL_TRY(auto state, open_existing(settings.state.url));
    return state->transaction([&]() -> Result<void> {
      ROLLCALL_TRY(asks, ask(*state, *configuration, options, resend, refusals));
      return {};
    });
  };
  if (auto done = work(); !done) {
    complain(err, done.error().message);
    return exit_nothing_done;
  }
  for (const auto& refusal : refusals) complain(err, refusal);
  if (asks.empty()) return exit_nothing_done;
  bool waits = false;
  for (const auto& a : asks) {
    out << report::printable(a.answer) << "\n";
    if (!a.warning.empty()) complain(err, a.warning);
    waits = waits || a.waits;
  }
  const bool daemon = endpoint::wake_daemon(settings.admin.control);   // a running daemon acts at once
  if (waits && !options.quiet) err << (daemon ? "The daemon has been told.\n" : "No daemon runs; `rollcall apply` carries it out.\n");
  return exit_done;
}

}  // namespace

int invitations(const Options& options, std::ostream& out, std::ostream& err) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  const auto rows = listed(options, configuration->settings);
  if (!rows) {
    complain(err, rows.error().message);
    return exit_nothing_done;
  }
  out << (options.json ? json::write_pretty(report::invitations_json(*rows)) + "\n" : report::invitations_text(*rows));
  return exit_done;
}

int resend_invitation(const Options& options, std::ostream& out, std::ostream& err) { return decide(options, out, err, true); }
int cancel_invitation(const Options& options, std::ostream& out, std::ostream& err) { return decide(options, out, err, false); }

}  // namespace rollcall::app
