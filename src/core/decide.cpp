#include "core/decide.hpp"

#include <algorithm>

#include "language/unicode.hpp"

namespace rollcall::core {
namespace {

Action action_of(const Subject& s, ActionKind kind, Phase phase, std::string reason) {
  Action a;
  a.kind = kind;
  a.phase = phase;
  a.user = s.person;
  a.name = s.name;
  if (s.linked) a.account = s.linked->account.id;
  a.reason = std::move(reason);
  return a;
}

std::optional<std::string> nonempty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::string shown(const Capabilities& c, const std::string& field, const std::string& value) {
  return c.set_only.contains(field) && !value.empty() ? "***" : value;
}

bool equal_in(const Capabilities& c, const std::string& field, const std::string& a, const std::string& b) {
  return c.case_insensitive_fields.contains(field) ? language::fold(a) == language::fold(b) : a == b;
}

// ---- conflicts ----

Conflict conflict_of(const Subject& s, std::string kind, std::string detail, std::string settle = {}) {
  return {std::move(kind), s.person, s.records, {}, std::move(detail), std::move(settle)};
}

void rival_conflicts(const Subject& s, Decision& d) {
  for (const auto& r : s.rivals) {
    const bool email = r.field == "email";
    const std::string kind = std::string(r.linked ? "recycled-" : "duplicate-") + (email ? "email" : "username");
    Conflict c = conflict_of(s, kind,
                             (email ? "the e-mail address \"" : "the user name \"") + r.value + "\" is also that of " + r.name +
                                 " (" + r.person + ", " + r.record + ")" +
                                 (r.linked ? ", who has the account" : "; neither has an account yet") +
                                 ". Change one of the records.");
    if (!r.record.empty()) c.records.push_back(r.record);
    d.conflicts.push_back(std::move(c));
  }
}

void invalid_conflicts(const Subject& s, Decision& d) {
  if (!s.ambiguous.empty() && !s.linked)
    d.conflicts.push_back(conflict_of(s, "ambiguous-join", s.ambiguous + ". Correct one of the records."));
  for (const auto& why : s.invalid) d.conflicts.push_back(conflict_of(s, "invalid", why + ". Correct the record or the mapping."));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& p : parts) out += (out.empty() ? "" : ", ") + p;
  return out;
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

void revoke_surplus(const Subject& s, const Policy& p, const Capabilities& c, const std::set<std::string>& has, bool all,
                    Decision& d) {
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

// ---- invitations ----

bool living(InviteState state) { return state == InviteState::sent || state == InviteState::in_doubt; }

bool was_accepted(const Subject& s, const Policy& p, const Capabilities& c) {
  if (s.invitation != InviteState::sent && s.invitation != InviteState::in_doubt) return false;
  const Account& a = s.linked->account;
  return a.accepted || (c.active_is_accepted && a.status == AccountStatus::active && !p.password_written);
}

Action invite_action(const Subject& s, std::string reason) {
  Action a = action_of(s, ActionKind::invite, Phase::invite, std::move(reason));
  a.changes.push_back({"invitation", std::nullopt, s.invite_to});
  return a;
}

void cancel_invitation(const Subject& s, const Capabilities& c, const std::string& reason, Decision& d) {
  Action a = action_of(s, ActionKind::cancel, Phase::contain, reason);
  a.changes.push_back({"invitation", s.invited_address, std::nullopt});
  d.actions.push_back(std::move(a));
  if (!c.cancels_invitations && living(s.invitation))
    d.warnings.push_back("the invitation link mailed to " + s.name + " (" + s.person +
                         ") cannot be recalled: this provider offers no way to make it useless");
}

// An invitation that nobody has accepted is sent again after `remind`, at most `reminders` times.
void remind_when_due(const Subject& s, const Policy& p, Instant now, Decision& d) {
  if (s.invitation != InviteState::sent || d.accepted || !p.invites || !s.invite_wanted || s.invite_to.empty()) return;
  if (!p.remind || s.reminders >= p.reminders) return;
  const Instant due = s.invited_at + *p.remind;
  if (now < due)
    d.due = due;
  else
    d.actions.push_back(invite_action(s, "reminder " + std::to_string(s.reminders + 1) + " of " + std::to_string(p.reminders)));
}

// Who was created here is owed an invitation until one was accepted; adoption and re-creation never invite (contract 4.7).
void invite_if_wanted(const Subject& s, const Policy& p, std::string reason, Decision& d) {
  // Whoever has signed in needs no link, whatever became of the invitation.
  if (!p.invites || !s.invite_wanted || d.accepted || (s.linked && !s.linked->gone && s.linked->account.accepted)) return;
  if (s.invite_to.empty())
    d.no_address = true;
  else
    d.actions.push_back(invite_action(s, std::move(reason)));
}

void invite_if_owed(const Subject& s, const Policy& p, Decision& d) {
  const bool owed = s.invitation == InviteState::none || s.invitation == InviteState::pending ||
                    s.invitation == InviteState::cancelled || s.invitation == InviteState::expired ||
                    s.invitation == InviteState::failed;
  if (owed) invite_if_wanted(s, p, s.invitation == InviteState::none ? "not invited yet" : "the invitation did not go out", d);
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
  rival_conflicts(s, d);
  if (!d.conflicts.empty() || s.delayed || !p.listing_complete) return;
  d.actions.push_back(create_action(s, c, again));
  if (p.roles_readable) assign_missing(s, p, {}, d);
  if (!again) invite_if_owed(s, p, d);
}

void adopt_or_refuse(const Subject& s, const Policy& p, Decision& d) {
  invalid_conflicts(s, d);
  rival_conflicts(s, d);   // who else claims the name says more than whose account has it
  if (!d.conflicts.empty()) return;
  std::vector<std::string> ids;
  for (const auto& candidate : s.candidates) ids.push_back(candidate.account);
  const Candidate& first = s.candidates.front();
  if (s.candidates.size() > 1) {
    Conflict c = conflict_of(s, "ambiguous-match",
                             "several accounts match: " + joined(ids) + ". Leave one with these names, or take this person out of scope.");
    c.accounts = ids;
    d.conflicts.push_back(std::move(c));
    return;
  }
  if (!first.linked_to.empty() || first.isolated || !p.adopt) {
    Conflict c = conflict_of(
        s, "not-adopted",
        "account " + first.account + " has the same " + joined(first.by) +
            (!first.linked_to.empty() ? " and belongs to " + first.linked_to
             : first.isolated         ? " and is protected"
                                      : " and rollcall did not make it; set adopt = true to take over such accounts"));
    c.accounts = ids;
    d.conflicts.push_back(std::move(c));
    return;
  }
  if (!p.listing_complete) return;
  const bool weak = std::find(first.by.begin(), first.by.end(), "external id") == first.by.end() &&
                    !first.family_name.empty() && language::fold(first.family_name) != language::fold(s.family_name);
  Action a = action_of(s, ActionKind::adopt, Phase::admit,
                       "matches by " + joined(first.by) +
                           (weak ? "; CHECK: the account's family name is \"" + first.family_name + "\"" : ""));
  a.account = first.account;
  d.actions.push_back(std::move(a));
}

void keep_right(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  // A record that cannot be believed makes this person unknown, nothing else: the account stays as it is (promise 9).
  invalid_conflicts(s, d);
  if (!s.invalid.empty()) return;
  const LinkedAccount& l = *s.linked;
  d.accepted = was_accepted(s, p, c);
  const bool may_invite = l.ownership == Ownership::made;
  bool moved = false;
  if (living(s.invitation) && !d.accepted && !s.invited_address.empty() && language::fold(s.invited_address) != language::fold(s.invite_to)) {
    cancel_invitation(s, c, "the address changed", d);
    moved = true;
  }
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
  rival_conflicts(contested, d);
  if (!changes.empty()) {
    Action a = action_of(s, ActionKind::update, Phase::align, "differs from the sources");
    a.changes = std::move(changes);
    d.actions.push_back(std::move(a));
  }
  if (p.roles_readable) assign_missing(s, p, has.value_or(std::set<std::string>{}), d);
  d.roles_unknown = !has;
  if (may_invite && d.conflicts.empty() && !s.delayed && p.listing_complete) {
    if (moved)
      invite_if_wanted(s, p, "the address changed", d);
    else
      invite_if_owed(s, p, d);
    if (!moved) remind_when_due(s, p, now, d);
  }
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
  if (now < due) {
    d.due = due;
    return;
  }
  d.actions.push_back(action_of(s, ActionKind::remove, Phase::retire, s.left_reason + ", suspended long enough"));
}

void let_go(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  if (s.linked->gone || s.linked->missing) return;
  d.accepted = was_accepted(s, p, c);
  if (!d.accepted && (living(s.invitation) || s.invitation == InviteState::pending)) cancel_invitation(s, c, s.left_reason, d);
  if (p.on_leave == "suspend") {
    suspend_or_strip(s, p, c, d);
    delete_when_due(s, p, now, d);
  } else if (p.on_leave == "delete") {
    d.actions.push_back(action_of(s, ActionKind::remove, Phase::retire, s.left_reason));
  }
  for (Action& a : d.actions) a.stated = s.standing == Standing::stated;
}

void list_stranger(const Subject& s, Decision& d) {
  for (const auto& candidate : s.candidates)
    if (candidate.linked_to.empty() && !candidate.isolated)
      d.unmanaged = UnmanagedAccount{candidate.account, candidate.name, s.person, "left"};
}

}  // namespace

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
    else if (auto w = linked.written.find(field); w != linked.written.end())
      now = &w->second;
    if (now ? equal_in(c, field, *now, value) : value.empty()) continue;
    out.push_back({field, now ? nonempty(shown(c, field, *now)) : std::nullopt, nonempty(shown(c, field, value))});
  }
  std::sort(out.begin(), out.end());
  return out;
}

Decision decide(const Subject& s, const Policy& p, const Capabilities& c, Instant now) {
  Decision d;
  switch (s.standing) {
    case Standing::in:
      if (s.linked && s.linked->missing) break;
      if (s.linked && !s.linked->gone)
        keep_right(s, p, c, now, d);
      else if (!s.candidates.empty())   // also of whose own account is gone: a create would only be refused
        adopt_or_refuse(s, p, d);
      else
        join_people_in(s, p, c, s.linked.has_value(), d);
      break;
    case Standing::waiting: break;
    case Standing::stated:
    case Standing::absent:
      if (s.linked)
        let_go(s, p, c, now, d);
      else
        list_stranger(s, d);
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
