#include "sync/reconciler.hpp"

#include <algorithm>
#include <mutex>

#include "crypto/hash.hpp"
#include "sync/bodies.hpp"
#include "sync/changes.hpp"
#include "sync/intake.hpp"
#include "sync/lookups.hpp"
#include "sync/pushed.hpp"
#include "sync/retry.hpp"
#include "sync/settle.hpp"
#include "sync/throttle.hpp"
#include "sync/undoing.hpp"

namespace rollcall::sync {
namespace {

constexpr std::int64_t everybody = 0;      // as a dirty record
constexpr std::size_t chunk = 1000;

struct Reconciling {
  store::State& state;
  House& house;
  Io& io;
  Instant now;
  const Scope& scope;
  const bool reads = !scope.offline && !scope.contain;
  Reconciliation out;
};

// ---- sources ----

void tell(const Scope& scope, std::string_view stage, const std::string& detail) {
  if (scope.progress) scope.progress(stage, detail);
}

Result<void> as_last_read(store::State& state, const SourceSeat& seat, Gathered& out) {
  ROLLCALL_TRY(const auto row, state.source(seat.settings.name));
  SourcePlan s{seat.settings.name, row && row->complete, row ? row->people : 0, row ? row->groups : 0, row ? row->detail : "never read"};
  out.any_read = out.any_read || row;
  out.sources.push_back(std::move(s));
  return {};
}

Result<void> look_at(store::State& state, const SourceSeat& seat, Instant now, Gathered& out) {
  ROLLCALL_TRY(SourcePlan pushed, look_at_pushed(state, seat, now));
  out.any_read = true;
  out.trouble = out.trouble || !pushed.complete;
  out.sources.push_back(std::move(pushed));
  return {};
}

Result<void> read_source(store::State& state, const SourceSeat& seat, Instant now, Gathered& out) {
  ROLLCALL_TRY(Intake intake, take_in(state, seat, now));
  out.any_read = out.any_read || intake.reached;
  out.read_holds += static_cast<std::int64_t>(intake.read_holds.size());
  out.trouble = out.trouble || !intake.summary.complete || intake.bad_records > 0;
  for (auto& w : intake.warnings) out.warnings.push_back(std::move(w));
  out.sources.push_back(std::move(intake.summary));
  return {};
}

// What everything that is said of people was computed under.
std::string configuration_of(const House& house) {
  std::string text;
  for (const auto& seat : house.sources) text += seat.settings.name + "=" + seat.config_hash + "\n";
  for (const auto& seat : house.providers) text += seat.rules.settings.name + "=" + seat.config_hash + "\n";
  return crypto::content_id(text);
}

// Page by page, so that whoever decides something meanwhile waits for a page and not for all; what is dirty stays so until it is done.
Result<void> refresh_people(store::State& state, const House& house, Instant now, const Scope& scope) {
  ROLLCALL_CHECK(state.mark_stale(configuration_of(house)));
  std::set<std::string> wanting;
  for (const auto& seat : house.providers)
    if (!seat.password_field.empty()) wanting.insert(seat.rules.settings.name);
  ROLLCALL_CHECK(state.keep_sealed_for(wanting));
  ROLLCALL_TRY(const auto dirty, state.dirty());
  if (dirty.empty()) return {};
  ROLLCALL_TRY(Roster roster, Roster::open(state, house, now));
  const bool all = dirty.front().first == everybody;
  tell(scope, "joining", all ? "everybody" : std::to_string(dirty.size()) + " changed");
  std::set<std::int64_t> done;
  for (const auto& [record, _] : dirty) done.insert(record);
  if (all) {
    ROLLCALL_CHECK(roster.refresh_everybody());
    return state.clear_dirty(done);
  }
  std::map<std::size_t, std::vector<std::int64_t>> by_source;     // who comes first gives the key
  for (const auto& [record, source] : dirty) {
    const SourceSeat* seat = house.source(source);
    by_source[seat ? seat->order : house.sources.size()].push_back(record);
  }
  for (const auto& [_, records] : by_source)
    for (std::size_t at = 0; at < records.size(); at += chunk) {
      const auto end = records.begin() + static_cast<std::ptrdiff_t>(std::min(records.size(), at + chunk));
      const std::set<std::int64_t> some(records.begin() + static_cast<std::ptrdiff_t>(at), end);
      ROLLCALL_CHECK(state.transaction([&]() -> Result<void> {
        ROLLCALL_CHECK(roster.refresh_records(some));
        return state.clear_dirty(some);
      }));
    }
  return {};
}

// ---- warnings about people ----

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

Census last_known(const std::optional<store::ProviderRow>& row) {
  Census c;
  c.complete = row && row->complete;
  c.accounts = row ? row->accounts : 0;
  c.detail = row ? row->detail : "never listed";
  return c;
}

// Full runs by hand or by a timer may come every few minutes; the quota of an audit is spent once a period.
double audit_share(const Reconciling& r, const ProviderSeat& seat, const std::optional<store::ProviderRow>& row) {
  const auto it = seat.rules.settings.options.find("audit");
  if (!r.scope.audit || it == seat.rules.settings.options.end()) return 0;
  if (row && r.now - row->last_audit < r.house.settings.schedule.full / 2) return 0;    // half: periods jitter
  return std::stod(it->second) / 100.0;
}

Result<void> note_audit(Reconciling& r, const std::string& provider) {
  ROLLCALL_TRY(auto row, r.state.provider(provider));
  if (!row) return {};
  row->last_audit = r.now;
  return r.state.put_provider(*row);
}

// Between two listings. A push wakes a run many times a minute: what changed at the provider is asked for about once a poll.
Result<Census> take_poll(Reconciling& r, const ProviderSeat& seat, const std::optional<store::ProviderRow>& row) {
  Census c = last_known(row);
  c.roles_later = seat.capabilities.lists_changes;   // else the roles are all that says whether the provider answers
  if (!c.roles_later) read_roles(seat, r.io, c);
  if (c.roles_later) ROLLCALL_CHECK(take_changes(r.state, seat, r.io, r.now, r.house.settings.schedule.poll / 2, c));
  return c;
}

Result<Census> take_census(Reconciling& r, ProviderSeat& seat) {
  ROLLCALL_TRY(const auto row, r.state.provider(seat.rules.settings.name));
  const bool list = r.scope.list_providers || !row || !row->complete || row->config_hash != seat.config_hash;
  const bool reads = r.reads && seat.provider;
  const bool looks = reads && !seat.capabilities.lists_accounts;   // whoever is new has to be looked up in any run
  if (!reads || (!list && !looks)) {
    return reads ? take_poll(r, seat, row) : last_known(row);
  }
  tell(r.scope, looks ? "looking up" : "listing", seat.rules.settings.name);
  const double share = audit_share(r, seat, row);
  const LookUps look_ups{list, share, r.scope.user};
  ROLLCALL_TRY(Census census, looks ? look_people_up(r.state, seat, r.io, r.now, look_ups) : count_accounts(r.state, seat, r.io, r.now, share));
  if (share > 0 && census.complete) ROLLCALL_CHECK(note_audit(r, seat.rules.settings.name));
  return census;
}

// Whether a plan could hold anything: in most polls nobody has changed anywhere.
Result<bool> decides_about_somebody(const Reconciling& r, const std::string& provider) {
  if (r.scope.full || !r.scope.user.empty() || !r.scope.undo.empty()) return true;
  ROLLCALL_TRY(const auto open, r.state.open_pairs(provider, "", 1, r.now, false));
  return !open.empty();
}

using People = std::shared_lock<std::shared_mutex>;

// Nobody changes people from here on, while they are planned; nor do they wait for a provider.
Result<People> hold_people(Reconciling& r, const ProviderSeat& seat, Census& census) {
  const auto hold = [&] { return r.scope.people ? People(*r.scope.people) : People(); };
  People people = hold();
  if (!census.roles_later) return people;
  ROLLCALL_TRY(const bool needed, decides_about_somebody(r, seat.rules.settings.name));
  if (!needed) return people;
  people = People();
  read_roles(seat, r.io, census);
  return hold();
}

Result<void> plan_one(Reconciling& r, ProviderSeat& seat) {
  const bool undoes = !r.scope.undo.empty();
  if (undoes) {
    ROLLCALL_TRY(const bool touched, did_anything(r.state, r.scope.undo, seat.rules.settings.name));
    if (!touched) return {};
  }
  ROLLCALL_TRY(Census census, take_census(r, seat));
  r.out.read_holds += static_cast<std::int64_t>(census.read_holds.size());
  r.out.any_provider_read = r.out.any_provider_read || !r.reads || census.reached;
  tell(r.scope, "planning", seat.rules.settings.name);
  PlannerOptions options;
  options.user = r.scope.user;
  options.full = r.scope.full;
  ROLLCALL_TRY(const People people, hold_people(r, seat, census));
  ROLLCALL_TRY(Roster roster, Roster::open(r.state, r.house, r.now));
  if (!seat.capabilities.lists_roles) {            // no catalogue: the rules' own names are the ids
    census.roles.emplace();
    for (const auto& role : roster.book(seat.rules.settings.name).managed) census.roles->push_back({role, role});
  }
  if (census.roles)
    for (const auto& role : *census.roles) r.out.role_ids[seat.rules.settings.name][role.name] = role.id;
  Planned planned;
  if (undoes) {
    ROLLCALL_TRY(planned, plan_undo(r.state, seat, roster, census, r.now, r.scope.undo, r.out.wanted_before.emplace_back()));
  } else {
    ROLLCALL_TRY(planned, plan_provider(r.state, seat, roster, census, r.now, options));
  }
  const bool blind = census.missed_changes || (r.reads && !census.roles && !census.roles_later);
  r.out.trouble = r.out.trouble || planned.trouble || !census.complete || census.unconfirmed > 0 || blind;
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

Result<void> name_warnings(Reconciling& r) {
  ROLLCALL_CHECK(name_missing(r));
  if (!r.scope.full) return {};
  ROLLCALL_CHECK(name_dangling(r));
  return name_disagreements(r);
}

}  // namespace

Result<Gathered> gather(store::State& state, const House& house, Instant now, const Scope& scope) {
  Gathered out;
  for (const auto& seat : house.sources) {
    const bool asked = scope.sources && !scope.offline && !scope.contain;
    const bool read = asked && seat.source && !scope.pushed;
    if (read) tell(scope, "reading", seat.settings.name);
    const bool pushed = asked && is_pushed(seat);
    ROLLCALL_CHECK(pushed ? look_at(state, seat, now, out) : read ? read_source(state, seat, now, out) : as_last_read(state, seat, out));
  }
  if (!scope.sources || scope.contain) return out;
  std::unique_lock<std::shared_mutex> alone;
  if (scope.people) alone = std::unique_lock(*scope.people);
  ROLLCALL_CHECK(refresh_people(state, house, now, scope));
  return out;
}

Result<Reconciliation> reconcile(store::State& state, House& house, Io& io, Instant now, const Scope& scope) {
  if (!scope.undo.empty()) {
    ROLLCALL_TRY(const auto run, state.run(scope.undo));
    if (!run) return fail(ErrorKind::not_found, "the plan takes back the run " + scope.undo + ", which this state does not know");
  }
  Reconciling r{state, house, io, now, scope};
  const auto concerned = [&](const ProviderSeat& seat) { return scope.provider.empty() || scope.provider == seat.rules.settings.name; };
  for (auto& seat : house.providers)
    if (seat.throttle && concerned(seat)) seat.throttle->reset();    // what failed in the last run may work again
  ROLLCALL_TRY(Gathered gathered, gather(state, house, now, scope));
  Plan& plan = r.out.plan;
  plan.sources = std::move(gathered.sources);
  plan.warnings = std::move(gathered.warnings);
  r.out.any_source_read = gathered.any_read;
  r.out.trouble = gathered.trouble;
  r.out.read_holds = gathered.read_holds;
  ROLLCALL_CHECK(name_warnings(r));
  if (!scope.undo.empty()) {                      // its page names what cannot be undone, not what the sources lack
    ROLLCALL_TRY(plan.warnings, beyond_undo(state, house, scope.undo));
  }
  if (r.reads) {
    ROLLCALL_TRY(Settled settled, settle_doubts(state, house, io, now, scope.provider));
    for (auto& w : settled.warnings) plan.warnings.push_back(std::move(w));
  }
  for (auto& seat : house.providers)
    if (concerned(seat)) ROLLCALL_CHECK(plan_one(r, seat));
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
