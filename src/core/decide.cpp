#include "core/decide.hpp"

#include <algorithm>

#include "core/conflicts.hpp"
#include "core/invite.hpp"
#include "language/unicode.hpp"

namespace rollcall::core {
namespace {

std::optional<std::string> nonempty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::string shown(const Capabilities& c, const std::string& field, const std::string& value) {
  return c.set_only.contains(field) && !value.empty() ? "***" : value;
}

// ---- roles ----

Action role_action(const Subject& s, ActionKind kind, Phase phase, const std::string& role, std::string reason) {
  Action a = action_of(s, kind, phase, std::move(reason));
  const bool grant = kind == ActionKind::assign;
  a.changes.push_back({"role", grant ? std::nullopt : std::optional(role), grant ? std::optional(role) : std::nullopt});
  return a;
}

std::string rule_text(const RoleGrant& g) { return g.source.empty() ? g.rule : g.rule + " in " + g.source; }

void assign_missing(const Subject& s, const Policy& p, const std::set<std::string>& has, Decision& d) {
  for (const auto& grant : s.desired.roles)
    if (!has.contains(grant.role) && !p.missing_roles.contains(grant.role))
      d.actions.push_back(role_action(s, ActionKind::assign, Phase::grant, grant.role, rule_text(grant)));
}

// A role whose last change got no answer: it may be there, so it is taken away once more, and it may not, so it is given once more.
std::set<std::string> doubtful_roles(const LinkedAccount& linked, const Capabilities& c) {
  std::set<std::string> out;
  if (c.shows_roles) return out;
  for (const auto& what : linked.doubtful)
    if (what.starts_with("role ")) out.insert(what.substr(5));
  return out;
}

void revoke_surplus(const Subject& s, const Policy& p, const Capabilities& c, std::set<std::string> has, bool all,
                    Decision& d) {
  has.merge(doubtful_roles(*s.linked, c));
  std::set<std::string> wanted;
  if (!all)
    for (const auto& grant : s.desired.roles) wanted.insert(grant.role);
  for (const auto& role : has) {
    const bool ours = p.managed_roles.contains(role) ||
                      (s.linked->written_roles && s.linked->written_roles->contains(role));
    if (wanted.contains(role) || !ours) continue;
    if (!c.removes_roles) {
      d.warnings.push_back("role \"" + role + "\" of " + s.name + " (" + s.person +
                           ") should go, but this provider cannot take roles away: remove it by hand");
      continue;
    }
    Action a = role_action(s, ActionKind::revoke, Phase::contain, role, all ? s.left_reason : "no rule gives this role any more");
    a.stated = s.standing != Standing::absent;
    d.actions.push_back(std::move(a));
  }
}

// ---- the rows of the table ----

Action create_action(const Subject& s, const Capabilities& c, bool again) {
  Action a = action_of(s, ActionKind::create, Phase::admit, again ? "removed at the provider" : "in scope, no account");
  a.account = std::nullopt;
  a.recreate = again;
  Fields all = s.desired.on_create;
  for (const auto& [field, value] : s.desired.enforced) all[field] = value;
  if (!c.external_id_field.empty() && !s.external_id.empty()) all.emplace(c.external_id_field, s.external_id);
  for (const auto& [field, value] : all)
    if (!value.empty()) a.changes.push_back({field, std::nullopt, shown(c, field, value)});
  return a;
}

bool yields(const DesiredAccount& desired, const std::string& field) {
  for (const Fields* fields : {&desired.enforced, &desired.on_create})
    if (auto it = fields->find(field); it != fields->end() && !it->second.empty()) return true;
  return false;
}

std::optional<std::string> lacking_fields(const Subject& s, const Capabilities& c) {
  for (const auto& field : c.required_all)
    if (!yields(s.desired, field)) return "the provider needs " + field + ", and the mapping yields none";
  const auto any = [&](const auto& field) { return yields(s.desired, field); };
  if (c.required_any.empty() || std::any_of(c.required_any.begin(), c.required_any.end(), any)) return std::nullopt;
  return "the provider needs one of " + joined({c.required_any.begin(), c.required_any.end()}) + ", and the mapping yields none";
}

void join_people_in(const Subject& s, const Policy& p, const Capabilities& c, bool again, Decision& d) {
  invalid_conflicts(s, d);
  if (auto why = lacking_fields(s, c)) d.conflicts.push_back(conflict_of(s, "invalid", *why + "."));
  rival_conflicts(s, p, d);
  if (!d.conflicts.empty() || s.delayed || !p.listing_complete) return;
  d.actions.push_back(create_action(s, c, again));
  if (p.roles_readable) assign_missing(s, p, {}, d);
  invite_newcomer(s, p, c, again, d);
}

// Where there is no account before acceptance.
void invite_in(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  invalid_conflicts(s, d);
  if (auto why = lacking_fields(s, c)) d.conflicts.push_back(conflict_of(s, "invalid", *why + "."));
  rival_conflicts(s, p, d);
  if (s.linked && s.wish != InviteWish::resend) {    // removing it there was somebody's decision: nobody is invited because of it
    d.warnings.push_back("the account of " + s.name + " (" + s.person + ") was removed at the provider, and only an invitation makes another: `rollcall unlink " +
                         s.person + " " + p.provider + "` has one sent");
    return;
  }
  keep_invited(s, p, c, now, d);
}

void adopt_or_refuse(const Subject& s, const Policy& p, Decision& d) {
  invalid_conflicts(s, d);
  rival_conflicts(s, p, d);   // who else claims the name says more than whose account has it
  if (!d.conflicts.empty()) return;
  const auto match = match_or_conflict(s, p, d);
  if (!match || !p.listing_complete) return;
  const bool weak = std::find(match->by.begin(), match->by.end(), "external id") == match->by.end() &&
                    !match->family_name.empty() && language::fold(match->family_name) != language::fold(s.family_name);
  Action a = action_of(s, ActionKind::adopt, Phase::admit,
                       "matches by " + joined(match->by) +
                           (weak ? "; CHECK: the account's family name is \"" + match->family_name + "\"" : ""));
  a.account = match->account;
  d.actions.push_back(std::move(a));
}

void keep_right(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  // A record that cannot be believed makes this person unknown, nothing else: the account stays as it is (promise 9).
  invalid_conflicts(s, d);
  if (!s.invalid.empty()) return;
  const LinkedAccount& l = *s.linked;
  const auto has = known_roles(l, c);
  if (has) revoke_surplus(s, p, c, *has, false, d);
  if (l.suspended_by_us && !s.delayed) {
    Action a = action_of(s, ActionKind::reactivate, Phase::admit, "active and in scope again");
    a.changes.push_back({"status", l.account.native_status, nonempty(l.status_before)});
    d.actions.push_back(std::move(a));
  }
  auto changes = differences(s, l, c);
  // A contested unique value stays as it is until the conflict is settled; the other fields go on. Who has the value already
  // contests nothing.
  Subject contested = s;
  std::erase_if(contested.rivals, [&](const Rival& r) {
    const std::string& field = r.field == "email" ? c.email_field : c.user_name_field;
    return std::erase_if(changes, [&](const Change& change) { return change.field == field; }) == 0;
  });
  rival_conflicts(contested, p, d);
  if (!changes.empty()) {
    Action a = action_of(s, ActionKind::update, Phase::align, "differs from the sources");
    a.changes = std::move(changes);
    d.actions.push_back(std::move(a));
  }
  if (p.roles_readable) {
    auto sure = has.value_or(std::set<std::string>{});
    for (const auto& role : doubtful_roles(l, c)) sure.erase(role);
    assign_missing(s, p, sure, d);
  }
  d.roles_unknown = !has;
  keep_invited(s, p, c, now, d);
}

void suspend_or_strip(const Subject& s, const Policy& p, const Capabilities& c, Decision& d) {
  const LinkedAccount& l = *s.linked;
  if (!c.suspends) {
    if (auto has = known_roles(l, c)) revoke_surplus(s, p, c, *has, true, d);
    d.warnings.push_back(s.name + " (" + s.person + ") has left, and this provider cannot suspend: only the roles are taken away");
    return;
  }
  if (l.suspended_by_us || l.account.status == AccountStatus::suspended) return;
  Action a = action_of(s, ActionKind::suspend, Phase::contain, s.left_reason);
  a.changes.push_back({"status", nonempty(l.account.native_status), "suspended"});
  d.actions.push_back(std::move(a));
}

void delete_when_due(const Subject& s, const Policy& p, Instant now, Decision& d) {
  const LinkedAccount& l = *s.linked;
  if (!p.delete_after || !l.suspended_by_us) return;
  const Instant due = l.suspended_at + *p.delete_after;
  if (now < due && !s.retired) {
    d.due = due;
    return;
  }
  d.actions.push_back(action_of(s, ActionKind::remove, Phase::retire, s.left_reason + (s.retired ? ", retired by hand" : ", suspended long enough")));
}

void let_go(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  if (s.linked->gone || s.linked->missing) return;
  if (p.on_leave == "suspend") {
    suspend_or_strip(s, p, c, d);
    delete_when_due(s, p, now, d);
  } else if (p.on_leave == "delete") {
    d.actions.push_back(action_of(s, ActionKind::remove, Phase::retire, s.left_reason));
  }
}

// Somebody pulled the emergency brake: nothing else happens to this person, whatever the sources say, until `release`.
void contain(const Subject& s, const Policy& p, const Capabilities& c, Decision& d) {
  Subject by_hand = s;
  by_hand.left_reason = "suspended by hand";
  uninvite(by_hand, p, c, d);
  if (s.linked && !s.linked->gone) suspend_or_strip(by_hand, p, c, d);
  for (Action& a : d.actions) a.by_hand = a.stated = true;
}

void list_stranger(const Subject& s, Decision& d) {
  for (const auto& candidate : s.candidates)
    if (candidate.linked_to.empty() && !candidate.isolated)
      d.unmanaged = UnmanagedAccount{candidate.account, candidate.name, s.person, "left"};
}

}  // namespace

bool same_value(const Capabilities& c, const std::string& field, const std::string& a, const std::string& b) {
  return c.case_insensitive_fields.contains(field) ? language::fold(a) == language::fold(b) : a == b;
}

std::optional<std::set<std::string>> known_roles(const LinkedAccount& linked, const Capabilities& c) {
  if (c.shows_roles && linked.account.roles) return linked.account.roles;
  if (linked.written_roles) return linked.written_roles;
  // A fresh account of ours has none yet; of an adopted one we know nothing.
  if (linked.ownership == Ownership::made) return std::set<std::string>{};
  return std::nullopt;
}

std::vector<Change> differences(const Subject& s, const LinkedAccount& linked, const Capabilities& c) {
  std::vector<Change> out;
  Fields wanted = s.desired.enforced;
  if (!c.external_id_changes) wanted.erase(c.external_id_field);
  if (c.external_id_changes && !c.external_id_field.empty() && !s.external_id.empty() && !wanted.contains(c.external_id_field)) {
    auto it = linked.account.fields.find(c.external_id_field);
    // One that is there with another value is never overwritten (contract 4.3).
    if (it == linked.account.fields.end() ? !linked.written.contains(c.external_id_field) : it->second.empty())
      wanted[c.external_id_field] = s.external_id;
  }
  for (const auto& [field, value] : wanted) {
    const std::string* now = nullptr;
    if (auto it = linked.account.fields.find(field); it != linked.account.fields.end())
      now = &it->second;
    else if (auto w = linked.written.find(field); w != linked.written.end() && !linked.doubtful.contains(field))
      now = &w->second;
    if (now ? same_value(c, field, *now, value) : value.empty()) continue;
    out.push_back({field, now ? nonempty(shown(c, field, *now)) : std::nullopt, nonempty(shown(c, field, value))});
  }
  std::sort(out.begin(), out.end());
  return out;
}

Decision decide(const Subject& s, const Policy& p, const Capabilities& c, Instant now) {
  Decision d;
  if (s.contained) {
    contain(s, p, c, d);
    d.settled = d.actions.empty();
    return d;
  }
  switch (s.standing) {
    case Standing::in:
      if (s.linked && s.linked->missing) break;
      if (s.linked && !s.linked->gone)
        keep_right(s, p, c, now, d);
      else if (!s.candidates.empty())   // also of whose own account is gone: a create would only be refused
        adopt_or_refuse(s, p, d), withdraw(s, c, d);
      else if (!c.account_before_acceptance)
        invite_in(s, p, c, now, d);
      else
        join_people_in(s, p, c, s.linked.has_value(), d);
      break;
    case Standing::waiting: break;
    case Standing::stated:
    case Standing::absent:
      uninvite(s, p, c, d);
      if (s.linked)
        let_go(s, p, c, now, d);
      else
        list_stranger(s, d);
      for (Action& a : d.actions) a.stated = s.standing == Standing::stated;
      break;
  }
  const bool waits = s.standing == Standing::waiting || s.delayed || (s.linked && s.linked->missing) ||
                     (s.standing == Standing::in && !p.listing_complete);
  const bool lacks_role = std::any_of(s.desired.roles.begin(), s.desired.roles.end(),
                                      [&](const RoleGrant& g) { return p.missing_roles.contains(g.role); });
  d.settled = d.actions.empty() && d.conflicts.empty() && d.warnings.empty() && !d.unmanaged && !waits && !lacks_role &&
              !d.no_address && p.roles_readable;
  return d;
}

}  // namespace rollcall::core
