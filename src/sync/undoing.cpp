#include "sync/undoing.hpp"

#include <algorithm>

#include "core/decide.hpp"
#include "core/guard.hpp"
#include "core/order.hpp"
#include "core/undo.hpp"
#include "sync/bodies.hpp"
#include "sync/reconciler.hpp"
#include "sync/waivers.hpp"

namespace rollcall::sync {
namespace {

constexpr int most_actions = 10000000;

Result<std::vector<store::ActionRow>> done_by(store::State& state, const std::string& run, const std::string& provider) {
  store::State::ActionFilter filter;
  filter.run = run;
  filter.provider = provider;
  filter.outcome = "done";
  return state.actions(filter, most_actions);
}

// What one person of the run is undone by.
struct PastOf {
  std::string name;
  std::vector<core::PastAction> actions;   // newest first
};

Result<core::PastAction> past_of(const store::ActionRow& row) {
  core::PastAction past;
  for (const ActionKind kind : all_action_kinds)
    if (row.kind == to_string(kind)) past.kind = kind;
  if (row.kind == "recreate") past.kind = ActionKind::create;
  past.stated = row.stated;
  past.reminder = row.kind == "invite" && row.reason.starts_with("reminder ");
  past.account = row.account;
  past.finished = row.finished;
  ROLLCALL_TRY(past.changes, read_changes(row.changes));
  return past;
}

Result<std::map<std::string, PastOf>> people_of(store::State& state, const std::string& run, const std::string& provider) {
  ROLLCALL_TRY(const auto rows, done_by(state, run, provider));
  std::map<std::string, PastOf> people;
  for (const auto& row : rows) {
    ROLLCALL_TRY(auto past, past_of(row));
    PastOf& person = people[row.person];
    person.name = row.name;
    person.actions.push_back(std::move(past));
  }
  return people;
}

struct Undoing {
  store::State& state;
  const ProviderSeat& seat;
  const Census& census;
  Instant now;
  const std::string& run;
  WantedBefore& before;
  Planned out = {};

  const std::string& name() const { return seat.rules.settings.name; }
  void cannot(const std::string& person, const std::string& why) { out.warnings.push_back({name(), person, why}); }
};

Result<core::UndoFacts> facts_of(Undoing& u, const store::State::Pair& pair, const std::vector<core::PastAction>& past) {
  core::UndoFacts facts;
  facts.run = u.run;
  if (u.census.roles) {
    facts.roles.emplace();
    for (const auto& role : *u.census.roles) facts.roles->insert(role.name);
  }
  if (pair.account) {
    ROLLCALL_TRY(const Account account, read_account(pair.account->body));
    facts.is_protected = is_protected(u.seat, account);
  }
  for (const auto& a : past) {
    if (a.kind != ActionKind::unlink) continue;
    ROLLCALL_TRY(const auto row, u.state.account(u.name(), a.account));
    ROLLCALL_TRY(const auto decisions, u.state.decisions(pair.desired.person));
    const bool refused = std::any_of(decisions.begin(), decisions.end(), [&](const auto& d) {
      return d.kind == "unlink" && d.scope == u.name() && d.subject == a.account;
    });
    facts.adoptable = !refused && row && row->person.empty() && row->link == store::Link::none && row->missing_runs == 0;
  }
  ROLLCALL_TRY(const auto identity, u.state.identity(pair.desired.person));
  facts.left_at = std::max(identity ? identity->left_since : Instant{}, pair.desired.out_since);
  return facts;
}

std::string wanted(const std::string& id, const Action& action) { return id + "|" + core::approval_of(action); }

// What the sources want of this person as it is, and which of it a waiver covers.
Result<void> note_wanted(Undoing& u, const store::State::Pair& pair, const core::Decision& d) {
  auto& actions = u.before.actions[pair.desired.person];
  const std::string precondition = precondition_of(pair);
  for (const auto& action : d.actions) {
    const std::string id = core::hold_id(u.name(), action);
    actions.insert(wanted(id, action));
    ROLLCALL_TRY(const auto row, u.state.hold(id));
    if (row && row->state == "waived" && u.now < row->until &&
        (is_fresh(*row) ? meets(*row, pair.desired) : after_bar(row->content) == precondition))
      u.before.waived.insert(id);
  }
  return {};
}

Result<void> undo_person(Undoing& u, const std::string& person, const PastOf& past) {
  ROLLCALL_TRY(auto desired, u.state.desired(u.name(), person));
  if (!desired) {
    u.cannot(person, past.name + ": nobody is known by this key any more; nothing is taken back");
    return {};
  }
  ROLLCALL_TRY(auto account, u.state.account_of(u.name(), person));
  const store::State::Pair pair{std::move(*desired), std::move(account)};
  ROLLCALL_TRY(const core::Subject subject, subject_of(u.state, u.seat, pair, u.now));
  const core::Decision d = core::decide(subject, u.before.policy, u.seat.capabilities, u.now);
  ROLLCALL_TRY(core::UndoFacts facts, facts_of(u, pair, past.actions));
  facts.accepted = d.accepted;
  core::Undoing undone = core::undo(past.actions, subject, facts, u.before.policy, u.seat.capabilities);
  const std::string precondition = precondition_of(pair);
  for (auto& action : undone.actions) {
    action.precondition = precondition;
    u.out.plan.actions.push_back(std::move(action));
  }
  for (const auto& why : undone.impossible) u.cannot(person, why);
  return note_wanted(u, pair, d);
}

Result<void> brake(Undoing& u) {
  auto& actions = u.out.plan.actions;
  core::put_in_order(u.name(), actions);
  ROLLCALL_TRY(const core::GuardInput in, guard_input(u.state, u.seat, u.out.plan.actions, u.now));
  core::apply_brakes(u.name(), actions, in);
  const std::string what = "; undo of run " + u.run;
  for (auto& a : actions)
    if (a.held && a.held->id == core::hold_id(u.name(), a) && !a.held->reason.ends_with(what)) a.held->reason += what;
  u.out.plan.summary["waived"] = static_cast<std::int64_t>(std::erase_if(actions, [](const Action& a) { return a.waived; }));
  return {};
}

// ---- waivers ----

constexpr auto waiver_time = std::chrono::hours{24 * 30};

store::HoldRow waiver(const std::string& provider, const std::string& id, const Action& a, const std::string& approval,
                      const store::DesiredRow& desired, const std::string& run, Instant now) {
  store::HoldRow row;
  row.id = id;
  row.provider = provider;
  row.person = a.user;
  row.kind = to_string(a.kind);
  row.name = a.name;
  row.role = core::role_of(a);
  row.reason = "run " + run + " was undone";
  row.content = fresh_waiver(approval, desired);
  row.since = now;
  row.until = now + waiver_time;
  row.state = "waived";
  row.by = "rollcall undo";
  return row;
}

// The holds under which the next plan could do it again, by id.
std::map<std::string, Action> opposites(const std::string& provider, const Action& a) {
  std::map<std::string, Action> out;
  for (const auto& [kind, role] : core::redone_by(a)) {
    Action again;
    again.kind = kind;
    again.user = a.user;
    again.name = a.name;
    if (!role.empty()) again.changes.push_back({"role", role, role});
    out[core::hold_id(provider, again)] = again;
  }
  return out;
}

// Everything that could do it again. What proves to be too much goes afterwards.
Result<void> waive_ahead(store::State& state, const Plan& plan, Instant now) {
  for (const auto& p : plan.providers)
    for (const auto& a : p.actions) {
      if (a.held) continue;
      ROLLCALL_TRY(const auto desired, state.desired(p.name, a.user));
      if (!desired) continue;
      for (const auto& [id, again] : opposites(p.name, a))
        ROLLCALL_CHECK(state.put_hold(waiver(p.name, id, again, "", *desired, plan.undo, now)));
    }
  return {};
}

// Of the opposites, what the next plan would do to this person now and did not want before is waived; what a waiver covered before stays
// covered; other waivers of this person have nothing left to cover.
Result<void> waive_person(store::State& state, const ProviderSeat& seat, const WantedBefore& before, const std::string& person,
                          const std::set<std::string>& opposite, const std::string& run, Instant now) {
  const std::string& provider = seat.rules.settings.name;
  ROLLCALL_TRY(auto desired, state.desired(provider, person));
  if (!desired) return {};
  ROLLCALL_TRY(auto account, state.account_of(provider, person));
  const store::State::Pair pair{std::move(*desired), std::move(account)};
  ROLLCALL_TRY(const core::Subject subject, subject_of(state, seat, pair, now));
  const core::Decision d = core::decide(subject, before.policy, seat.capabilities, now);
  const auto known = before.actions.find(person);
  std::set<std::string> kept;
  for (const auto& a : d.actions) {
    const std::string id = core::hold_id(provider, a);
    const bool old = known != before.actions.end() && known->second.contains(wanted(id, a));
    if (!before.waived.contains(id) && (old || !opposite.contains(id))) continue;
    kept.insert(id);
    ROLLCALL_CHECK(state.put_hold(waiver(provider, id, a, core::approval_of(a), pair.desired, run, now)));
  }
  ROLLCALL_TRY(const auto rows, state.holds(provider));
  for (const auto& row : rows)
    if (row.person == person && row.state == "waived" && !row.by.starts_with("undo ") && !kept.contains(row.id))
      ROLLCALL_CHECK(state.erase_hold(row.id));
  return {};
}

Result<void> waive_undone(store::State& state, const Reconciliation& made, House& house, Instant now) {
  for (const auto& before : made.wanted_before) {
    const ProviderSeat* seat = house.provider(before.provider);
    std::map<std::string, std::set<std::string>> people;
    for (const auto& p : made.plan.providers)
      for (const auto& a : p.actions)
        if (p.name == before.provider && !a.held) {
          auto& opposite = people[a.user];
          for (const auto& [id, _] : opposites(p.name, a)) opposite.insert(id);
        }
    for (const auto& [person, opposite] : people)
      ROLLCALL_CHECK(waive_person(state, *seat, before, person, opposite, made.plan.undo, now));
  }
  return {};
}

}  // namespace

Result<store::RunRow> run_named(store::State& state, const std::string& text) {
  if (!text.empty()) {
    ROLLCALL_TRY(auto exact, state.run(text));
    if (exact) return std::move(*exact);
  }
  ROLLCALL_TRY(auto runs, state.runs({}, most_actions));
  std::erase_if(runs, [&](const auto& run) { return text.empty() || !run.id.starts_with(text); });
  if (runs.size() == 1) return std::move(runs.front());
  if (runs.empty()) return fail(ErrorKind::not_found, "no run has the id \"" + text + "\"; `rollcall history` lists them");
  std::string ids;
  for (std::size_t i = 0; i < runs.size() && i < 5; ++i) ids += (i ? ", " : "") + runs[i].id;
  return fail(ErrorKind::conflict, std::to_string(runs.size()) + " runs have an id that begins with \"" + text + "\": " + ids +
                                       (runs.size() > 5 ? ", ..." : "") + "; give more of it");
}

Result<bool> did_anything(store::State& state, const std::string& run, const std::string& provider) {
  store::State::ActionFilter filter;
  filter.run = run;
  filter.provider = provider;
  filter.outcome = "done";
  return state.actions(filter, 1).map([](const auto& rows) { return !rows.empty(); });
}

Result<Planned> plan_undo(store::State& state, const ProviderSeat& seat, Roster& roster, const Census& census, Instant now,
                          const std::string& run, WantedBefore& before) {
  before.provider = seat.rules.settings.name;
  before.policy = policy_of(seat, roster.book(before.provider), census);
  Undoing u{state, seat, census, now, run, before};
  u.out.plan = blank_plan(seat, census);
  ROLLCALL_TRY(const auto people, people_of(state, run, before.provider));
  for (const auto& [person, past] : people) ROLLCALL_CHECK(undo_person(u, person, past));
  ROLLCALL_CHECK(brake(u));
  sum_up(u.out.plan, seat);
  u.out.trouble = !census.roles;
  return std::move(u.out);
}

Result<std::vector<Warning>> beyond_undo(store::State& state, const House& house, const std::string& run) {
  std::vector<Warning> out;
  store::State::ActionFilter filter;
  filter.run = run;
  ROLLCALL_TRY(const auto rows, state.actions(filter, most_actions));
  std::map<std::string, int> lost;
  for (const auto& row : rows) {
    if (row.outcome == "in-doubt")
      out.push_back({row.provider, row.person, row.name + ": it is not known whether " + row.kind + " took effect; it is not taken back"});
    const bool configured = std::any_of(house.providers.begin(), house.providers.end(),
                                        [&](const auto& p) { return p.rules.settings.name == row.provider; });
    lost[row.provider] += row.outcome == "done" && !configured;
  }
  for (const auto& [provider, count] : lost)
    if (count) out.push_back({provider, "", "this provider is configured no more; what the run did there is not taken back (" +
                                                std::to_string(count) + (count == 1 ? " action)" : " actions)")});
  return out;
}

Result<std::set<std::string>> approved_undos(store::State& state, const std::string& provider) {
  ROLLCALL_TRY(const auto rows, state.holds(provider));
  std::set<std::string> runs;
  for (const auto& row : rows)
    if (row.state == "approved" && row.by.starts_with("undo ")) runs.insert(row.by.substr(5));
  return runs;
}

Result<void> keep_approved(store::State& state, House& house, Plan& plan) {
  for (auto& p : plan.providers) {
    std::set<std::string> planned, kept;               // kept: approvals, and then the actions that waited for them
    for (const auto& a : p.actions) planned.insert(core::hold_id(p.name, a));
    ROLLCALL_TRY(const auto rows, state.holds(p.name));
    for (const auto& row : rows) {
      if (row.state != "approved" || row.by != "undo " + plan.undo) continue;
      if (planned.contains(row.id)) kept.insert(row.id);
      else ROLLCALL_CHECK(state.erase_hold(row.id));   // nothing is left to do for it
    }
    for (const auto& a : p.actions) {
      const bool waited = std::any_of(a.after.begin(), a.after.end(), [&](const auto& id) { return kept.contains(id); });
      if (waited || kept.contains(core::hold_id(p.name, a))) kept.insert(a.id);
    }
    std::erase_if(p.actions, [&](const Action& a) { return !kept.contains(a.id); });
    for (auto& [_, count] : p.summary) count = 0;
    sum_up(p, *house.provider(p.name));
  }
  return {};
}

Result<RunReport> carry_out_undo(store::State& state, const Reconciliation& made, House& house, store::WriteQueue& queue, Io& io,
                                 const ExecutorOptions& options) {
  ROLLCALL_CHECK(state.transaction([&] { return waive_ahead(state, made.plan, options.clock()); }));
  ROLLCALL_TRY(RunReport report, execute(made.plan, house, queue, io, options));
  ROLLCALL_CHECK(state.transaction([&] { return waive_undone(state, made, house, options.clock()); }));
  return report;
}

}  // namespace rollcall::sync
