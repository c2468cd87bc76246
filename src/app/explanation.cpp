#include "app/explanation.hpp"

#include <algorithm>

#include "core/decide.hpp"
#include "language/lookup.hpp"
#include "report/escape.hpp"
#include "report/listing.hpp"
#include "sync/bodies.hpp"
#include "sync/planner.hpp"

namespace rollcall::app {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Array steps_of(const std::vector<language::MappingTrace>& traces) {
  Array out;
  for (const auto& t : traces) {
    Array steps;
    for (const auto& s : t.steps) {
      Array before, after;
      for (const auto& v : s.before) before.emplace_back(report::printable(v));
      for (const auto& v : s.after) after.emplace_back(report::printable(v));
      steps.emplace_back(Object{{"expression", s.expression}, {"before", std::move(before)}, {"after", std::move(after)}});
    }
    out.emplace_back(Object{{"attribute", t.key}, {"template", t.source}, {"steps", std::move(steps)}, {"value", text_or_null(t.result)}});
  }
  return out;
}

Result<Value> record_value(store::State& state, const Wiring& wiring, std::int64_t id) {
  ROLLCALL_TRY(const auto row, state.record(id));
  if (!row) return Value();
  ROLLCALL_TRY(const Attributes attributes, json::read_attributes(row->body));
  Object shown;
  for (const auto& [name, values] : attributes) {
    Array list;
    for (const auto& v : values) list.emplace_back(report::printable(v));
    shown.emplace_back(name, std::move(list));
  }
  Object out{{"source", row->source},
             {"record", row->locator},
             {"key", row->key},
             {"state", row->gone ? "gone" : row->absent_since != Instant{} ? "missing" : "present"},
             {"missing-since", report::instant_json(row->absent_since)},
             {"attributes", std::move(shown)}};
  if (const auto* seat = wiring.house.source(row->source))
    out.emplace_back("mapping", steps_of(seat->mapping.trace(language::AttributesLookup(attributes))));
  return Value(std::move(out));
}

std::string situation(const core::Subject& s) {
  if (s.contained) return "suspended by hand until `rollcall release`";
  if (!s.invalid.empty()) return "invalid: " + s.invalid.front();
  switch (s.standing) {
    case core::Standing::in: return s.delayed ? "in scope, the start date lies ahead" : "in scope";
    case core::Standing::waiting: return "missing or out of scope, not confirmed yet";
    case core::Standing::stated:
    case core::Standing::absent: return s.left_reason;
  }
  return {};
}

Value changes_value(const std::vector<Change>& changes) {
  Array out;
  for (const auto& c : changes)
    out.emplace_back(Object{{"field", c.field}, {"from", c.from ? Value(*c.from) : Value()}, {"to", c.to ? Value(*c.to) : Value()}});
  return out;
}

struct Telling {
  store::State& state;
  const Wiring& wiring;
  const sync::Roster& roster;
  std::string person;
  Instant now;
  Array roles, accounts, invitations;
};

// What the next plan would say of this person here, before the brakes; roles that rules name are taken to exist.
Result<void> tell_decision(const Telling& t, const sync::ProviderSeat& seat, const core::Subject& s, Object& entry) {
  const auto& book = t.roster.book(seat.rules.settings.name);
  ROLLCALL_TRY(const auto row, t.state.provider(seat.rules.settings.name));
  sync::Census census;
  census.complete = row && row->complete;
  census.roles.emplace();
  for (const auto& role : book.managed) census.roles->push_back({role, role});
  const core::Decision d = core::decide(s, sync::policy_of(seat, book, census), seat.capabilities, t.now);
  Array next, conflicts;
  for (const auto& a : d.actions)
    next.emplace_back(Object{{"kind", std::string(to_string(a.kind))}, {"reason", a.reason}, {"changes", changes_value(a.changes)}});
  for (const auto& c : d.conflicts)
    conflicts.emplace_back(Object{{"kind", c.kind}, {"detail", c.detail}, {"settle", text_or_null(c.settle)}});
  entry.emplace_back("next", std::move(next));
  entry.emplace_back("conflicts", std::move(conflicts));
  return {};
}

Result<void> tell_provider(Telling& t, const sync::ProviderSeat& seat) {
  const auto& name = seat.rules.settings.name;
  ROLLCALL_TRY(auto desired, t.state.desired(name, t.person));
  if (!desired) return {};
  ROLLCALL_TRY(auto account, t.state.account_of(name, t.person));
  const store::State::Pair pair{std::move(*desired), std::move(account)};
  ROLLCALL_TRY(const core::Subject s, sync::subject_of(t.state, seat, pair, t.now));
  for (const auto& g : s.desired.roles)
    t.roles.emplace_back(Object{{"provider", name}, {"role", g.role}, {"rule", g.rule}, {"source", text_or_null(g.source)}});
  Object entry{{"provider", name},
               {"scope", pair.desired.in_scope},
               {"situation", situation(s)},
               {"account", s.linked ? Value(s.linked->account.id) : Value()}};
  if (s.linked) {
    entry.emplace_back("link", s.linked->ownership == core::Ownership::made ? "made" : "adopted");
    entry.emplace_back("status", std::string(to_string(s.linked->account.status)));
    entry.emplace_back("suspended-by-rollcall", s.linked->suspended_by_us);
    entry.emplace_back("differences", changes_value(core::differences(s, *s.linked, seat.capabilities)));
  }
  Array candidates;
  for (const auto& c : s.candidates) candidates.emplace_back(c.account);
  entry.emplace_back("matches", std::move(candidates));
  ROLLCALL_CHECK(tell_decision(t, seat, s, entry));
  t.accounts.emplace_back(std::move(entry));
  ROLLCALL_TRY(const auto invitation, t.state.invitation(name, t.person));
  if (invitation) {
    Value listed = report::invitations_json({*invitation});
    if (auto* list = listed.as_array(); list && !list->empty()) t.invitations.push_back(std::move(list->front()));
  }
  return {};
}

}  // namespace

Result<Value> explanation(store::State& state, const Wiring& wiring, const std::string& person, Instant now) {
  ROLLCALL_TRY(const auto row, state.identity(person));
  if (!row) return fail(ErrorKind::not_found, "nobody is known by the key \"" + person + "\"");
  ROLLCALL_TRY(const auto body, sync::read_identity(row->body));
  Array records;
  for (const auto id : row->records) {
    ROLLCALL_TRY(auto record, record_value(state, wiring, id));
    records.push_back(std::move(record));
  }
  Object identity;
  for (const auto& [name, value] : body.identity.values) {
    auto from = body.identity.origin.find(name);
    identity.emplace_back(name, Object{{"value", value}, {"source", from == body.identity.origin.end() ? "" : from->second}});
  }
  identity.emplace_back("active", Object{{"value", body.identity.active}, {"source", text_or_null(body.inactive_in)}});
  Array groups;
  for (const auto& g : body.identity.groups) groups.emplace_back(Object{{"source", g.source}, {"name", g.name}, {"dn", text_or_null(g.dn)}});

  ROLLCALL_TRY(const sync::Roster roster, sync::Roster::open(state, wiring.house, now));
  Telling t{state, wiring, roster, person, now, {}, {}, {}};
  for (const auto& seat : wiring.house.providers) ROLLCALL_CHECK(tell_provider(t, seat));
  store::State::ActionFilter filter;
  filter.person = person;
  ROLLCALL_TRY(const auto actions, state.actions(filter, 10000));
  Array past;
  for (const auto& a : actions)
    past.emplace_back(Object{{"run", a.run}, {"finished", report::instant_json(a.finished)}, {"kind", a.kind}, {"provider", a.provider},
                             {"account", text_or_null(a.account)}, {"outcome", a.outcome}, {"reason", a.reason},
                             {"detail", text_or_null(a.detail)}});
  ROLLCALL_TRY(auto holds, state.holds());
  std::erase_if(holds, [&](const auto& h) { return h.person != person; });
  ROLLCALL_TRY(const auto decided, state.decisions(person));
  Array decisions;
  for (const auto& d : decided)
    decisions.emplace_back(Object{{"kind", d.kind}, {"at", text_or_null(d.scope)}, {"about", text_or_null(d.subject)},
                                  {"since", report::instant_json(d.since)}, {"by", d.by}});
  Object out{{"user", person}, {"name", row->name}, {"records", std::move(records)}, {"identity", std::move(identity)},
             {"groups", std::move(groups)}, {"roles", std::move(t.roles)}, {"accounts", std::move(t.accounts)},
             {"actions", std::move(past)}, {"holds", report::holds_json(holds)}, {"decisions", std::move(decisions)},
             {"invitation", t.invitations.empty() ? Value() : t.invitations.size() == 1 ? t.invitations.front() : Value(t.invitations)}};
  return Value(std::move(out));
}

}  // namespace rollcall::app
