#include "sync/reconciler.hpp"

#include <algorithm>
#include <future>

#include "sync/bodies.hpp"
#include "sync/intake.hpp"
#include "sync/retry.hpp"
#include "sync/settle.hpp"
#include "sync/throttle.hpp"

namespace rollcall::sync {
namespace {

struct Reconciling {
  store::State& state;
  House& house;
  Io& io;
  Instant now;
  const Scope& scope;
  const bool reads = !scope.offline && !scope.contain;
  Reconciliation out;
  std::set<std::int64_t> people;     // records to look at again
  std::set<std::string> complete;    // sources
  bool everybody = false;

  void tell(std::string_view stage, const std::string& detail) const {
    if (scope.progress) scope.progress(stage, detail);
  }
};

Result<void> read_sources(Reconciling& r) {
  for (const auto& seat : r.house.sources) {
    if (!r.reads || !seat.source) {
      ROLLCALL_TRY(const auto row, r.state.source(seat.settings.name));
      SourcePlan s{seat.settings.name, row && row->complete, row ? row->people : 0, row ? row->groups : 0,
                   row ? row->detail : "never read"};
      if (s.complete) r.complete.insert(s.name);
      if (row) r.out.any_source_read = true;
      r.everybody = r.everybody || (row && row->config_hash != seat.config_hash && !r.scope.contain);
      r.out.plan.sources.push_back(std::move(s));
      continue;
    }
    r.tell("reading", seat.settings.name);
    ROLLCALL_TRY(Intake intake, take_in(r.state, seat, r.now));
    r.out.any_source_read = r.out.any_source_read || intake.reached;
    if (intake.summary.complete) r.complete.insert(seat.settings.name);
    r.out.read_holds += static_cast<std::int64_t>(intake.read_holds.size());
    r.people.insert(intake.people.begin(), intake.people.end());
    r.everybody = r.everybody || intake.everybody;
    r.out.trouble = r.out.trouble || !intake.summary.complete || intake.bad_records > 0;
    for (auto& w : intake.warnings) r.out.plan.warnings.push_back(std::move(w));
    r.out.plan.sources.push_back(std::move(intake.summary));
  }
  return {};
}

Result<void> refresh_people(Reconciling& r, Roster& roster) {
  if (r.scope.contain) return {};
  for (const auto& seat : r.house.providers) {
    ROLLCALL_TRY(const auto row, r.state.provider(seat.rules.settings.name));
    r.everybody = r.everybody || !row || row->config_hash != seat.config_hash;
  }
  r.tell("joining", r.everybody ? "everybody" : std::to_string(r.people.size()) + " changed");
  return r.state.transaction([&] { return r.everybody ? roster.refresh_everybody() : roster.refresh_records(r.people); });
}

// Members that resolve to nobody, a warning for each group.
Result<void> name_dangling(Reconciling& r) {
  for (const auto& seat : r.house.sources) {
    ROLLCALL_TRY(const auto dangling, r.state.dangling_members(seat.settings.name, 3));
    for (const auto& d : dangling) {
      ROLLCALL_TRY(const auto group, r.state.record(d.group));
      std::string examples;
      for (const auto& e : d.examples) examples += (examples.empty() ? "" : "; ") + e;
      r.out.plan.warnings.push_back({seat.settings.name, group ? group->locator : "",
                                     std::to_string(d.count) + (d.count == 1 ? " member resolves" : " members resolve") +
                                         " to nobody that was read: " + examples});
    }
  }
  return {};
}

// Who was not seen by a complete read, and waits for the second one.
Result<void> name_missing(Reconciling& r) {
  for (const auto& seat : r.house.sources) {
    ROLLCALL_TRY(const auto rows, r.state.missing_records(seat.settings.name));
    for (const auto& row : rows) {
      if (row.gone) continue;
      const bool emptied = row.absent_since == Instant{};
      r.out.plan.warnings.push_back({seat.settings.name, row.locator,
                                     std::string(emptied ? "shows no members any more" : "was not found by a complete read") +
                                         ": nothing is done before a second complete read at least absent-for later says the same"});
    }
  }
  return {};
}

Census last_known(const store::State&, const std::optional<store::ProviderRow>& row) {
  Census c;
  c.complete = row && row->complete;
  c.accounts = row ? row->accounts : 0;
  c.detail = row ? row->detail : "never listed";
  return c;
}

Result<Census> take_census(Reconciling& r, ProviderSeat& seat) {
  ROLLCALL_TRY(const auto row, r.state.provider(seat.rules.settings.name));
  const bool list = r.scope.list_providers || !row || !row->complete || row->config_hash != seat.config_hash;
  if (!r.reads || !seat.provider || !list) {
    Census c = last_known(r.state, row);
    if (r.reads && seat.provider) {
      auto roles = r.io.run(retried(seat, [&] { return seat.provider->roles(); }));
      if (roles) c.roles = std::move(*roles);
    }
    return c;
  }
  r.tell("listing", seat.rules.settings.name);
  double share = 0;
  if (auto it = seat.rules.settings.options.find("audit"); r.scope.audit && it != seat.rules.settings.options.end())
    share = std::stod(it->second) / 100.0;
  return count_accounts(r.state, seat, r.io, r.now, share);
}

Result<void> plan_one(Reconciling& r, ProviderSeat& seat, Roster& roster) {
  const bool undoes = !r.scope.undo.empty();
  if (undoes) {
    ROLLCALL_TRY(const bool touched, did_anything(r.state, r.scope.undo, seat.rules.settings.name));
    if (!touched) return {};
  }
  ROLLCALL_TRY(const Census census, take_census(r, seat));
  r.out.read_holds += static_cast<std::int64_t>(census.read_holds.size());
  r.out.any_provider_read = r.out.any_provider_read || !r.reads || census.reached;
  if (census.roles)
    for (const auto& role : *census.roles) r.out.role_ids[seat.rules.settings.name][role.name] = role.id;
  r.tell("planning", seat.rules.settings.name);
  PlannerOptions options;
  options.user = r.scope.user;
  options.full = r.scope.full;
  Planned planned;
  if (undoes) {
    ROLLCALL_TRY(planned, plan_undo(r.state, seat, roster, census, r.now, r.scope.undo, r.out.wanted_before.emplace_back()));
  } else {
    ROLLCALL_TRY(planned, plan_provider(r.state, seat, roster, census, r.now, options));
  }
  r.out.trouble = r.out.trouble || planned.trouble || !census.complete || (r.reads && !census.roles);
  for (auto& w : planned.warnings) r.out.plan.warnings.push_back(std::move(w));
  r.out.plan.providers.push_back(std::move(planned.plan));
  return {};
}

Result<void> name_disagreements(Reconciling& r) {
  if (r.house.sources.size() < 2) return {};
  std::string after;
  while (true) {
    ROLLCALL_TRY(const auto rows, r.state.identities_page(after, 1000));
    for (const auto& row : rows) {
      after = row.person;
      if (row.body.find("\"warnings\"") == std::string::npos) continue;
      ROLLCALL_TRY(const IdentityBody body, read_identity(row.body));
      for (const auto& w : body.warnings) r.out.plan.warnings.push_back({"", row.person, w});
    }
    if (rows.size() < 1000) return {};
  }
}

}  // namespace

Result<Reconciliation> reconcile(store::State& state, House& house, Io& io, Instant now, const Scope& scope) {
  if (!scope.undo.empty()) {
    ROLLCALL_TRY(const auto run, state.run(scope.undo));
    if (!run) return fail(ErrorKind::not_found, "the plan takes back the run " + scope.undo + ", which this state does not know");
  }
  Reconciling r{state, house, io, now, scope};
  for (auto& seat : house.providers)
    if (seat.throttle) seat.throttle->reset();    // what failed in the last run may work again
  ROLLCALL_CHECK(read_sources(r));
  ROLLCALL_TRY(Roster roster, Roster::open(state, house, now, r.complete));
  ROLLCALL_CHECK(refresh_people(r, roster));
  ROLLCALL_CHECK(name_dangling(r));
  ROLLCALL_CHECK(name_missing(r));
  ROLLCALL_CHECK(name_disagreements(r));
  if (!scope.undo.empty()) {                      // its page names what cannot be undone, not what the sources lack
    ROLLCALL_TRY(r.out.plan.warnings, beyond_undo(state, house, scope.undo));
  }
  if (r.reads) {
    ROLLCALL_TRY(Settled settled, settle_doubts(state, house, io, now));
    for (auto& w : settled.warnings) r.out.plan.warnings.push_back(std::move(w));
  }
  for (auto& seat : house.providers)
    if (scope.provider.empty() || scope.provider == seat.rules.settings.name) ROLLCALL_CHECK(plan_one(r, seat, roster));
  Plan& plan = r.out.plan;
  plan.created = now;
  plan.configuration = house.settings.fingerprint;
  plan.state = state.id();
  plan.undo = scope.undo;
  std::sort(plan.warnings.begin(), plan.warnings.end());
  plan.warnings.erase(std::unique(plan.warnings.begin(), plan.warnings.end()), plan.warnings.end());
  plan.complete = std::all_of(plan.sources.begin(), plan.sources.end(), [](const auto& s) { return s.complete; }) &&
                  std::all_of(plan.providers.begin(), plan.providers.end(), [](const auto& p) { return p.complete; });
  return std::move(r.out);
}

}  // namespace rollcall::sync
