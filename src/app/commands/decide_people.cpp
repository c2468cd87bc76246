#include "app/commands/decide_people.hpp"

#include <algorithm>
#include <iostream>

#include "app/carry_out.hpp"
#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/privileges.hpp"
#include "app/session.hpp"
#include "endpoint/control.hpp"
#include "report/escape.hpp"
#include "sync/decisions.hpp"

namespace rollcall::app {
namespace {

// The state and the house around a decision; without network unless `reach` is said.
struct Office {
  Configuration configuration;
  std::string by;
  std::unique_ptr<store::State> state;
  std::unique_ptr<Wiring> wiring;

  sync::Desk desk() { return {*state, wiring->house, wiring->io, system_now(), by}; }
  Result<void> decide(const std::function<Result<void>(sync::Desk&)>& what) {
    return state->transaction([&] {
      sync::Desk at = desk();
      return what(at);
    });
  }
};

Result<std::unique_ptr<Wiring>> wire_for(const Configuration& configuration, bool reach) {
  WiringOptions wish;
  wish.offline = !reach;
  wish.sends_mail = false;
  return wire(configuration, wish);
}

int refuse(std::ostream& err, const Error& error) {
  complain(err, error.message);
  return exit_nothing_done;
}

// Opens the office, lets `work` decide, and wakes the daemon, which acts on it at once.
int in_office(const Options& options, std::ostream& err, const std::function<Result<int>(Office&)>& work) {
  auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  use_zone(configuration->settings);
  Office office;
  office.by = invoking_user();
  if (auto owner = become_owner_of_state(configuration->settings.state.url); !owner) return refuse(err, owner.error());
  office.configuration = std::move(*configuration);
  auto wiring = wire_for(office.configuration, false);
  if (!wiring) {
    complain(err, said(wiring.error()));
    return exit_configuration;
  }
  office.wiring = std::move(*wiring);
  auto state = open_existing(office.configuration.settings.state.url);
  if (!state) return refuse(err, state.error());
  office.state = std::move(*state);
  auto code = work(office);
  if (!code) return refuse(err, code.error());
  endpoint::wake_daemon(office.configuration.settings.admin.control);
  return *code;
}

// ---- suspend ----

void tell_suspended(const Office& office, const Options& options, const std::string& person, const TurnResult& turn, std::ostream& out, std::ostream& err) {
  for (const auto& seat : office.wiring->house.providers) {
    const auto& provider = seat.rules.settings.name;
    if (!options.provider.empty() && options.provider != provider) continue;
    const auto account = office.state->account_of(provider, person);
    if (!account || !*account) {
      out << provider << ": " << report::printable(person) << " has no account, and gets none until: rollcall release " << report::printable(person) << "\n";
      continue;
    }
    bool failed = false;
    for (const auto& trouble : turn.report.troubles) {
      if (trouble.provider != provider) continue;
      failed = true;
      err << provider << ": " << to_string(trouble.kind) << " of account " << (*account)->id << " failed: " << report::printable(trouble.detail)
          << "; the next run tries again\n";
    }
    for (const auto& plan : turn.reconciliation.plan.providers)
      for (const auto& p : plan.protected_accounts)
        if (plan.name == provider && p.account == (*account)->id) {
          failed = true;
          err << provider << ": account " << p.account << " is protected: rollcall never touches it\n";
        }
    if (!failed) out << provider << ": account " << (*account)->id << ((*account)->status == "suspended" ? " is suspended" : ": its roles are revoked, the provider cannot suspend") << "\n";
  }
}

Result<int> suspend_at_once(Office& office, const Options& options, std::ostream& out, std::ostream& err) {
  ROLLCALL_TRY(const std::string person, person_named(*office.state, options.user));
  ROLLCALL_CHECK(office.decide([&](sync::Desk& desk) { return sync::suspend_by_hand(desk, person, options.provider).map([](auto) {}); }));
  // From here on it stands, whatever happens: what cannot be reached now is tried again by the next run.
  auto wiring = wire_for(office.configuration, true);
  if (!wiring) {
    complain(err, said(wiring.error()) + ". The suspension is written down; the next run carries it out");
    return exit_configuration;
  }
  office.wiring = std::move(*wiring);
  Turn turn;
  turn.mode = "suspend";
  turn.scope.contain = true;
  turn.scope.list_providers = false;
  turn.scope.user = person;
  turn.scope.provider = options.provider;
  ROLLCALL_TRY(const TurnResult done, take_turn(*office.state, *office.wiring, turn));
  tell_suspended(office, options, person, done, out, err);
  for (const auto& w : done.reconciliation.plan.warnings)
    if (!options.quiet) err << report::printable(w.detail) << "\n";
  const bool is_protected = std::any_of(done.reconciliation.plan.providers.begin(), done.reconciliation.plan.providers.end(),
                                        [](const auto& p) { return !p.protected_accounts.empty(); });
  return done.report.troubles.empty() && !is_protected ? exit_done : exit_nothing_done;
}

}  // namespace

int suspend(const Options& options, std::ostream& out, std::ostream& err) {
  return in_office(options, err, [&](Office& office) { return suspend_at_once(office, options, out, err); });
}

int release(const Options& options, std::ostream& out, std::ostream& err) {
  return in_office(options, err, [&](Office& office) -> Result<int> {
    ROLLCALL_TRY(const std::string person, person_named(*office.state, options.user));
    ROLLCALL_CHECK(office.decide([&](sync::Desk& desk) { return sync::release(desk, person); }));
    out << report::printable(person) << " is released: the next run does what the sources say\n";
    return exit_done;
  });
}

int link(const Options& options, std::ostream& out, std::ostream& err) {
  return in_office(options, err, [&](Office& office) -> Result<int> {
    ROLLCALL_TRY(const std::string person, person_named(*office.state, options.user));
    const auto work = [&] {
      sync::Desk desk = office.desk();
      return sync::link(desk, person, options.provider, options.account);
    };
    auto linked = work();
    if (!linked && linked.error().kind == ErrorKind::not_found && office.wiring->house.provider(options.provider)) {
      ROLLCALL_TRY(office.wiring, wire_for(office.configuration, true));      // the state does not know it; the provider may
      linked = work();
    }
    ROLLCALL_CHECK(linked);
    out << "account " << report::printable(options.account) << " at " << options.provider << " is " << report::printable(person)
        << "'s; the next run makes it right\n";
    return exit_done;
  });
}

int unlink(const Options& options, std::ostream& out, std::ostream& err) {
  return in_office(options, err, [&](Office& office) -> Result<int> {
    ROLLCALL_TRY(const std::string person, person_named(*office.state, options.user));
    std::string account;
    ROLLCALL_CHECK(office.decide([&](sync::Desk& desk) -> Result<void> {
      ROLLCALL_TRY(account, sync::unlink(desk, person, options.provider));
      return {};
    }));
    out << "account " << report::printable(account) << " at " << options.provider << " is not " << report::printable(person)
        << "'s any more; rollcall leaves it as it is\n";
    return exit_done;
  });
}

int unjoin(const Options& options, std::ostream& out, std::ostream& err) {
  return in_office(options, err, [&](Office& office) -> Result<int> {
    std::string key;
    ROLLCALL_CHECK(office.decide([&](sync::Desk& desk) -> Result<void> {
      ROLLCALL_TRY(key, sync::unjoin(desk, options.source, options.record));
      return {};
    }));
    out << "the record stands for a person of its own from now on: " << report::printable(key) << "\n";
    return exit_done;
  });
}

int retire(const Options& options, std::ostream& out, std::ostream& err) {
  return in_office(options, err, [&](Office& office) -> Result<int> {
    ROLLCALL_TRY(const std::string person, person_named(*office.state, options.user));
    std::vector<std::string> accounts;
    ROLLCALL_CHECK(office.decide([&](sync::Desk& desk) -> Result<void> {
      ROLLCALL_TRY(accounts, sync::retire(desk, person));
      return {};
    }));
    for (const auto& account : accounts) out << report::printable(account) << ": is deleted by the next run\n";
    return exit_done;
  });
}

}  // namespace rollcall::app
