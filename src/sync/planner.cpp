#include "sync/planner.hpp"

#include <algorithm>
#include <cmath>

#include "core/decide.hpp"
#include "core/invite.hpp"
#include "core/order.hpp"
#include "core/time.hpp"
#include "crypto/hash.hpp"
#include "sync/bodies.hpp"
#include "sync/pace.hpp"
#include "sync/waivers.hpp"

namespace rollcall::sync {
namespace {

constexpr int page = 500;

constexpr std::string_view summary_keys[] = {"create", "update", "assign", "revoke", "invite", "cancel", "suspend", "reactivate",
                                             "delete", "adopt", "unchanged", "held", "waived", "conflicts", "unmanaged",
                                             "protected", "no-address"};

struct Planning {
  store::State& state;
  const ProviderSeat& seat;
  Roster& roster;
  const Census& census;
  Instant now;
  const PlannerOptions& options;
  core::Policy policy;
  Planned out;
  std::set<std::string> roles_unknown;
  std::map<std::string, std::int64_t> missing_roles;   // role -> people who should get it
  std::map<std::string, std::string> strangers;        // unmanaged account -> person who left
  std::optional<Pace> pace;

  const std::string& name() const { return seat.rules.settings.name; }
};

std::string settled_text(const store::State::Pair& pair) {
  return pair.desired.hash + ":" + (pair.account ? pair.account->hash : "");
}

// What the ledger learns by looking: the person has come, or the link has come to its end.
Result<void> note_invitation(Planning& p, const std::string& person, const core::Decision& d) {
  if (!d.accepted && !d.expired) return {};
  ROLLCALL_TRY(auto invitation, p.state.invitation(p.name(), person));
  if (!invitation) return {};
  invitation->state = d.accepted ? "accepted" : "expired";
  invitation->detail.clear();
  if (d.accepted) invitation->next_at = {};
  return p.state.put_invitation(*invitation);
}

// Whoever waits for a turn, is reminded, or was asked for again: planned only when it may go out. The first invitation of a person
// is always planned; where it has to wait, the executor puts it into the ledger as `pending`.
bool waits_for_turn(const core::Subject& s, const core::Decision& d) {
  const bool repeated = s.invitation == core::InviteState::pending || s.invited_at != Instant{} || s.wish == core::InviteWish::resend;
  return repeated && std::any_of(d.actions.begin(), d.actions.end(), [](const Action& a) { return a.kind == ActionKind::invite; });
}

Result<core::Decision> decide_in_time(Planning& p, const core::Subject& subject) {
  core::Decision d = core::decide(subject, p.policy, p.seat.capabilities, p.now);
  if (!waits_for_turn(subject, d)) return d;
  if (!p.pace) {                                   // the ledger is asked only when somebody waits
    p.pace.emplace(p.seat.rules.settings.invite);
    if (const auto& wave = p.seat.rules.settings.invite.wave) {
      ROLLCALL_TRY(auto sent, p.state.invited_since(p.name(), p.now - wave->per));
      p.pace->remember(std::move(sent));
    }
  }
  core::Policy later = p.policy;
  later.mail_from = p.pace->next(p.now);
  if (later.mail_from > p.now) return core::decide(subject, later, p.seat.capabilities, p.now);
  p.pace->claim(p.now);
  return d;
}

// Protected after rollcall had made or adopted it: split off before the comparison like any other (promise 3).
Result<void> leave_protected(Planning& p, const store::State::Pair& pair) {
  p.out.plan.protected_accounts.push_back({pair.account->id, pair.desired.name, pair.desired.person, "linked, and protected now"});
  return p.state.settle(p.name(), pair.desired.person, "", pair.desired.due);
}

Result<void> decide_one(Planning& p, store::State::Pair pair) {
  // Waiting and dated people are looked at again by the clock, not by a read.
  if (pair.desired.leaving == "waiting" || (pair.desired.due != Instant{} && pair.desired.due <= p.now)) {
    ROLLCALL_CHECK(p.roster.refresh_person(pair.desired.person));
    ROLLCALL_TRY(auto fresh, p.state.desired(p.name(), pair.desired.person));
    if (fresh) pair.desired = std::move(*fresh);
  }
  if (pair.account) {
    ROLLCALL_TRY(const Account account, read_account(pair.account->body));
    if (is_protected(p.seat, account)) return leave_protected(p, pair);
  }
  ROLLCALL_TRY(core::Subject subject, subject_of(p.state, p.seat, pair, p.now));
  if (const auto why = p.census.unclear.find(subject.person); why != p.census.unclear.end() && !subject.linked) subject.invalid.push_back(why->second);
  ROLLCALL_TRY(core::Decision d, decide_in_time(p, subject));
  const std::string precondition = precondition_of(pair);
  for (auto& action : d.actions) {
    action.precondition = precondition;
    p.out.plan.actions.push_back(std::move(action));
  }
  for (auto& c : d.conflicts) p.out.plan.conflicts.push_back(std::move(c));
  for (auto& w : d.warnings) p.out.warnings.push_back({p.name(), subject.records.empty() ? subject.person : subject.records[0], w});
  if (d.unmanaged) p.strangers[d.unmanaged->account] = subject.person;
  if (d.no_address) ++p.out.plan.summary["no-address"];
  if (d.roles_unknown) p.roles_unknown.insert(subject.person);
  ROLLCALL_CHECK(note_invitation(p, subject.person, d));
  if (subject.retired && subject.standing == core::Standing::in)   // came back before it was carried out
    ROLLCALL_CHECK(p.state.erase_decision("retire", subject.person, p.name(), ""));
  if (subject.standing == core::Standing::in)
    for (const auto& grant : subject.desired.roles)
      if (p.policy.missing_roles.contains(grant.role)) ++p.missing_roles[grant.role];
  if (subject.standing == core::Standing::in && d.actions.empty() && d.conflicts.empty() && (subject.linked || core::stands_for_account(subject, p.seat.capabilities)))
    ++p.out.plan.summary["unchanged"];
  const Instant due = d.due == Instant{} ? pair.desired.due : pair.desired.due == Instant{} ? d.due : std::min(d.due, pair.desired.due);
  return p.state.settle(p.name(), subject.person, d.settled ? settled_text(pair) : "", due);
}

Result<void> decide_open_pairs(Planning& p) {
  if (!p.options.user.empty()) {
    ROLLCALL_TRY(auto desired, p.state.desired(p.name(), p.options.user));
    if (!desired) return {};
    ROLLCALL_TRY(auto account, p.state.account_of(p.name(), p.options.user));
    return decide_one(p, {std::move(*desired), std::move(account)});
  }
  if (p.options.full) {
    ROLLCALL_TRY(p.out.plan.summary["unchanged"], p.state.count_settled(p.name()));
  }
  std::string after;
  while (true) {
    ROLLCALL_TRY(auto pairs, p.state.open_pairs(p.name(), after, page, p.now, p.options.full));
    if (pairs.empty()) break;
    after = pairs.back().desired.person;
    const bool last = static_cast<int>(pairs.size()) < page;
    ROLLCALL_CHECK(p.state.transaction([&]() -> Result<void> {
      for (auto& pair : pairs) {
        const bool was_settled = pair.desired.in_scope && !pair.desired.settled.empty();
        if (was_settled && p.options.full) --p.out.plan.summary["unchanged"];
        ROLLCALL_CHECK(decide_one(p, std::move(pair)));
      }
      return {};
    }));
    if (last) break;
  }
  return {};
}

// ---- brakes ----

Result<std::map<std::string, core::KnownHold>> known_holds(store::State& state, const std::string& provider) {
  std::map<std::string, core::KnownHold> out;
  ROLLCALL_TRY(const auto rows, state.holds(provider));
  for (const auto& row : rows) {
    const auto bar = row.content.find('|');     // approval|precondition
    out[row.id] = {row.state, row.content.substr(0, bar), bar == std::string::npos ? "" : row.content.substr(bar + 1), row.reason, row.until};
  }
  return out;
}

std::int64_t holders_of(store::State& state, const std::string& provider, const std::string& role) {
  std::int64_t count = 0;
  std::string after;
  while (true) {
    auto rows = state.accounts_page(provider, true, after, page);
    if (!rows || rows->empty()) return count;
    for (const auto& row : *rows) {
      after = row.id;
      auto account = read_account(row.body);
      auto written = read_written(row.written);
      const auto& roles = account && account->roles ? account->roles : written ? written->roles : std::nullopt;
      count += roles && roles->contains(role);
    }
    if (static_cast<int>(rows->size()) < page) return count;
  }
}

// While nothing is linked yet, a provider full of people of whom hardly anyone matches is probably the wrong one (contract 4.3).
Result<void> hold_creates_of_strangers(Planning& p) {
  const auto creates = std::count_if(p.out.plan.actions.begin(), p.out.plan.actions.end(),
                                     [](const Action& a) { return a.kind == ActionKind::create; });
  if (creates == 0 || !p.options.user.empty()) return {};
  ROLLCALL_TRY(const auto linked, p.state.accounts_page(p.name(), true, "", 1));
  if (!linked.empty()) return {};
  ROLLCALL_TRY(const auto strangers, p.state.count_accounts(p.name(), false));
  ROLLCALL_TRY(const auto people, p.state.count_in_scope(p.name()));
  const std::int64_t matched = people - creates;
  if (strangers < 20 || matched * 10 >= people) return {};
  ROLLCALL_TRY(const auto holds, known_holds(p.state, p.name()));
  for (auto& a : p.out.plan.actions) {
    if (a.kind != ActionKind::create || a.held) continue;
    const std::string id = core::hold_id(p.name(), a);
    if (auto it = holds.find(id); it != holds.end() && it->second.state != "held") continue;
    a.held = HeldBy{id, "hardly anyone matched: the provider holds " + std::to_string(strangers) + " accounts, and only " +
                            std::to_string(matched) + " of " + std::to_string(people) + " people match one; is it the right one?"};
  }
  return {};
}

// Everybody is counted only where a percentage of them decides.
bool needs_counts(const std::map<std::string, Limit>& limits, const std::vector<Action>& actions) {
  return std::any_of(actions.begin(), actions.end(), [&](const Action& a) {
    const auto limit = limits.find(a.recreate ? "recreate" : std::string(to_string(a.kind)));
    return limit != limits.end() && limit->second.share;
  });
}

Result<void> brake(Planning& p) {
  core::put_in_order(p.name(), p.out.plan.actions);
  ROLLCALL_TRY(const auto met, settle_waivers(p.state, p.name(), p.out.plan.actions, {p.census.listed, p.options.user, p.now}));
  ROLLCALL_TRY(core::GuardInput in, guard_input(p.state, p.seat, p.out.plan.actions, p.now));
  in.roles_unknown = p.roles_unknown;
  for (const auto& [id, precondition] : met) in.holds[id].precondition = precondition;
  ROLLCALL_CHECK(hold_creates_of_strangers(p));
  core::apply_brakes(p.name(), p.out.plan.actions, in);
  p.out.plan.summary["waived"] = std::count_if(p.out.plan.actions.begin(), p.out.plan.actions.end(),
                                               [](const Action& a) { return a.waived; });
  std::erase_if(p.out.plan.actions, [](const Action& a) { return a.waived; });
  return {};
}

// ---- the rest of the page ----

Result<void> list_strangers(Planning& p) {
  if (!p.options.user.empty() || !p.options.full) return {};
  std::string after;
  while (true) {
    ROLLCALL_TRY(const auto rows, p.state.accounts_page(p.name(), false, after, page));
    for (const auto& row : rows) {
      after = row.id;
      ROLLCALL_TRY(const Account account, read_account(row.body));
      UnmanagedAccount u{row.id, "", std::nullopt, ""};
      for (const auto& field : {p.seat.capabilities.user_name_field, p.seat.capabilities.email_field})
        if (auto it = account.fields.find(field); u.name.empty() && it != account.fields.end()) u.name = it->second;
      if (auto it = p.strangers.find(row.id); it != p.strangers.end()) {
        u.user = it->second;
        u.reason = "left";
      }
      (row.link == store::Link::isolated ? p.out.plan.protected_accounts : p.out.plan.unmanaged).push_back(std::move(u));
    }
    if (static_cast<int>(rows.size()) < page) return {};
  }
}

void tell_missing_roles(Planning& p) {
  for (const auto& [role, people] : p.missing_roles) {
    p.out.plan.conflicts.push_back({"role-missing", "", {}, {},
                                    "role \"" + role + "\" does not exist at this provider; " + std::to_string(people) +
                                        (people == 1 ? " person" : " people") + " should have it. Create it there; rollcall creates none.",
                                    ""});
    p.out.trouble = true;
  }
}

std::int64_t calls_of(const ProviderPlan& plan, const Capabilities& c) {
  std::int64_t calls = 0;
  std::set<std::pair<std::string, Phase>> whole;   // one call carries all roles of a person in a phase
  for (const auto& a : plan.actions) {
    if (a.held || a.kind == ActionKind::adopt || a.kind == ActionKind::unlink || (a.kind == ActionKind::cancel && !c.cancels_invitations)) continue;
    const bool role = a.kind == ActionKind::assign || a.kind == ActionKind::revoke;
    if (role && !whole.insert({a.user, a.phase}).second) continue;
    ++calls;
  }
  return calls;
}

void finish(Planning& p) {
  auto& plan = p.out.plan;
  std::sort(plan.conflicts.begin(), plan.conflicts.end());
  plan.summary["conflicts"] = static_cast<std::int64_t>(plan.conflicts.size());
  plan.summary["unmanaged"] = static_cast<std::int64_t>(plan.unmanaged.size());
  plan.summary["protected"] = static_cast<std::int64_t>(plan.protected_accounts.size());
  sum_up(plan, p.seat);
}

}  // namespace

std::string precondition_of(const store::State::Pair& pair) {
  const auto& a = pair.account;
  std::string text = pair.desired.hash + "|" + pair.desired.leaving + "|";
  if (a) text += a->id + "|" + a->hash + "|" + a->status + "|" + std::to_string(static_cast<int>(a->link)) + "|" + a->written;
  return crypto::content_id(text);
}

Result<core::GuardInput> guard_input(store::State& state, const ProviderSeat& seat, const std::vector<Action>& actions, Instant now) {
  const std::string& name = seat.rules.settings.name;
  core::GuardInput in;
  in.limits = seat.rules.settings.limits;
  in.now = now;
  if (needs_counts(in.limits, actions)) {
    ROLLCALL_TRY(in.managed, state.count_accounts(name, true));
    ROLLCALL_TRY(in.in_scope, state.count_in_scope(name));
  }
  ROLLCALL_TRY(in.carried_out, state.carried_out(name, now - std::chrono::hours{24}));
  ROLLCALL_TRY(in.holds, known_holds(state, name));
  in.holders = [&state, name](const std::string& role) { return holders_of(state, name, role); };
  return in;
}

ProviderPlan blank_plan(const ProviderSeat& seat, const Census& census) {
  const auto& settings = seat.rules.settings;
  ProviderPlan plan;
  plan.name = settings.name;
  plan.type = settings.type;
  plan.complete = census.complete;
  plan.detail = census.detail;
  plan.on_leave = settings.on_leave;
  if (settings.delete_after) plan.delete_after = core::duration_text(*settings.delete_after);
  plan.adopt = settings.adopt;
  for (const auto key : summary_keys) plan.summary[std::string(key)] = 0;
  return plan;
}

void sum_up(ProviderPlan& plan, const ProviderSeat& seat) {
  for (const auto& a : plan.actions) {
    ++plan.summary[std::string(to_string(a.kind))];
    plan.summary["held"] += a.held.has_value();
  }
  plan.calls = calls_of(plan, seat.capabilities);
  const auto& rate = seat.rules.settings.rate;
  if (rate.count > 0)
    plan.seconds = static_cast<std::int64_t>(std::ceil(static_cast<double>(plan.calls) * static_cast<double>(rate.per.count()) /
                                                       1000.0 / static_cast<double>(rate.count)));
}

core::Policy policy_of(const ProviderSeat& seat, const core::RoleBook& book, const Census& census) {
  const auto& s = seat.rules.settings;
  core::Policy p;
  p.provider = s.name;
  p.on_leave = s.on_leave;
  p.delete_after = s.delete_after;
  p.adopt = s.adopt;
  p.invites = s.invite.present;
  p.remind = s.invite.remind;
  p.reminders = s.invite.reminders;
  p.managed_roles = book.managed;
  p.listing_complete = census.complete;
  p.roles_readable = census.roles.has_value() || seat.rules.roles.empty();
  if (census.roles) {
    std::set<std::string> names;
    for (const auto& role : *census.roles) names.insert(role.name);
    for (const auto& role : book.managed)
      if (!names.contains(role)) p.missing_roles.insert(role);
  }
  p.password_written = writes_password(seat.rules, seat.capabilities);
  return p;
}

Result<Planned> plan_provider(store::State& state, const ProviderSeat& seat, Roster& roster, const Census& census, Instant now,
                              const PlannerOptions& options) {
  const auto& settings = seat.rules.settings;
  const core::RoleBook& book = roster.book(settings.name);
  Planning p{state, seat, roster, census, now, options, policy_of(seat, book, census), {}, {}, {}, {}, {}};
  p.out.plan = blank_plan(seat, census);
  for (const auto& text : book.warnings) p.out.warnings.push_back({settings.name, "roles", text});
  p.out.trouble = book.wrong;
  for (const auto& w : census.warnings) p.out.warnings.push_back(w);
  ROLLCALL_TRY(const auto row, state.provider(settings.name));
  // A changed mapping or configuration makes stored decisions stale, never wrong.
  if (!row || row->config_hash != seat.config_hash) {
    ROLLCALL_CHECK(state.unsettle_all(settings.name));
    store::ProviderRow fresh = row.value_or(store::ProviderRow{});
    fresh.name = settings.name;
    fresh.config_hash = seat.config_hash;
    ROLLCALL_CHECK(state.put_provider(fresh));
  }
  ROLLCALL_CHECK(decide_open_pairs(p));
  ROLLCALL_CHECK(brake(p));
  ROLLCALL_CHECK(list_strangers(p));
  tell_missing_roles(p);
  finish(p);
  return std::move(p.out);
}

}  // namespace rollcall::sync
