#include "core/undo.hpp"

#include <algorithm>
#include <map>

#include "core/decide.hpp"
#include "core/invite.hpp"
#include "core/order.hpp"
#include "language/unicode.hpp"

namespace rollcall::core {
namespace {

struct Work {
  const Subject& s;
  const UndoFacts& facts;
  const Policy& policy;
  const Capabilities& c;
  Undoing out;
  std::set<std::string> taken = {};      // roles that the plan takes already
  bool cancelled = false, suspended = false;

  void cannot(const std::string& why) { out.impossible.push_back(s.name + ": " + why); }
  Action& add(ActionKind kind, Phase phase, const std::string& why) {
    Action a = action_of(s, kind, phase, "undo of run " + facts.run + ": " + why);
    a.undoes = facts.run;
    a.stated = false;                    // the sources do not say so: it is counted with the absent
    out.actions.push_back(std::move(a));
    return out.actions.back();
  }
};

std::optional<std::string> nonempty(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

std::string quoted(const std::optional<std::string>& text) { return text ? "\"" + *text + "\"" : "nothing"; }

std::string role_in(const PastAction& past) {
  for (const auto& c : past.changes)
    if (c.field == "role") return c.to ? *c.to : c.from.value_or("");
  return {};
}

// ---- one row of the table each ----

const std::string* value_now(const LinkedAccount& l, const std::string& field) {
  if (auto it = l.account.fields.find(field); it != l.account.fields.end()) return &it->second;
  auto written = l.written.find(field);
  return written == l.written.end() ? nullptr : &written->second;
}

void undo_update(Work& w, const PastAction& past) {
  std::vector<Change> back;
  for (const auto& c : past.changes) {
    const std::string* now = value_now(*w.s.linked, c.field);
    const auto is = [&](const std::optional<std::string>& value) {
      return now && (w.c.case_insensitive_fields.contains(c.field) ? language::fold(*now) == language::fold(value.value_or(""))
                                                                  : *now == value.value_or(""));
    };
    if (w.c.set_only.contains(c.field) || c.from == "***" || c.to == "***")
      w.cannot(c.field + " is a secret and cannot be restored");
    else if (!now)
      w.cannot(c.field + " is not shown by the provider and is left as it is");
    else if (is(c.to))
      back.push_back({c.field, nonempty(*now), c.from});
    else if (!is(c.from))
      w.cannot(c.field + " was changed since the run, to " + quoted(nonempty(*now)) + ", and is left as it is");
  }
  if (!back.empty()) w.add(ActionKind::update, Phase::align, "back to what it was").changes = std::move(back);
}

void take_role(Work& w, const std::string& role, const std::string& why) {
  const auto has = known_roles(*w.s.linked, w.c);
  if (w.taken.contains(role) || (has && !has->contains(role))) return;
  if (!has) return w.cannot("role \"" + role + "\" stays: it is not known which roles the account has");
  if (!w.c.removes_roles) return w.cannot("role \"" + role + "\" stays: this provider cannot take roles away; remove it by hand");
  if (w.facts.roles && !w.facts.roles->contains(role)) return w.cannot("role \"" + role + "\" does not exist at the provider any more");
  w.taken.insert(role);
  w.add(ActionKind::revoke, Phase::contain, why).changes.push_back({"role", role, std::nullopt});
}

void give_role(Work& w, const std::string& role) {
  const auto has = known_roles(*w.s.linked, w.c);
  if (has && has->contains(role)) return;
  if (!has) return w.cannot("role \"" + role + "\" is not given back: it is not known which roles the account has");
  if (!w.facts.roles || !w.facts.roles->contains(role))
    return w.cannot("role \"" + role + "\" is not given back: " +
                    (w.facts.roles ? "it does not exist at the provider any more" : "the provider's roles could not be read"));
  w.add(ActionKind::assign, Phase::grant, "the run took it away").changes.push_back({"role", std::nullopt, role});
}

void undo_suspend(Work& w, const PastAction& past) {
  const LinkedAccount& l = *w.s.linked;
  if (!l.suspended_by_us && l.account.status != AccountStatus::suspended) return;
  if (!l.suspended_by_us || l.suspended_at > past.finished) return w.cannot("the account was suspended again since the run and stays so");
  if (w.s.standing == Standing::stated && !past.stated)
    return w.cannot("a newer statement says that this person has left (" + w.s.left_reason + "); the account stays suspended");
  w.add(ActionKind::reactivate, Phase::admit, "the run suspended it")
      .changes.push_back({"status", nonempty(l.account.native_status), nonempty(l.status_before)});
}

void suspend_account(Work& w, const std::string& why) {
  const LinkedAccount& l = *w.s.linked;
  if (w.suspended || l.suspended_by_us || l.account.status == AccountStatus::suspended) return;
  w.suspended = true;
  w.add(ActionKind::suspend, Phase::contain, why).changes.push_back({"status", nonempty(l.account.native_status), "suspended"});
}

// Everything that rollcall gave: there is no other way to close the account.
void strip(Work& w) {
  w.cannot("the account that the run made stays: this provider cannot suspend, so only the roles are taken away");
  const auto has = known_roles(*w.s.linked, w.c);
  for (const auto& role : has.value_or(std::set<std::string>{}))
    if (w.policy.managed_roles.contains(role) || (w.s.linked->written_roles && w.s.linked->written_roles->contains(role)))
      take_role(w, role, "the run made this account, and the provider cannot suspend it");
}

void undo_invitation(Work& w, bool named, const std::string& why) {
  const InviteState state = w.s.invitation;
  const bool accepted = state == InviteState::accepted || (w.facts.accepted && (state == InviteState::sent || state == InviteState::in_doubt));
  const bool went_out = state == InviteState::sent || state == InviteState::in_doubt;
  if (accepted || state == InviteState::expired) {
    if (named) w.cannot(std::string("the invitation ") + (accepted ? "was accepted" : "has expired") + "; a mail cannot be unsent");
    return;
  }
  if (w.cancelled || (!went_out && state != InviteState::pending)) return;
  w.cancelled = true;
  w.add(ActionKind::cancel, Phase::contain, why).changes.push_back({"invitation", nonempty(w.s.invited_address), std::nullopt});
  if (went_out && !w.c.cancels_invitations)
    w.cannot("the mail to " + w.s.invited_address + " cannot be unsent, and this provider cannot make its link useless");
}

void undo_create(Work& w) {
  undo_invitation(w, false, "its account is taken back");
  if (w.c.suspends)
    suspend_account(w, "the run made this account; it may hold data by now, so it is suspended and not deleted");
  else
    strip(w);
}

void undo_adopt(Work& w) {
  if (w.s.linked->ownership == Ownership::adopted)
    w.add(ActionKind::unlink, Phase::retire, "the run took it over").changes.push_back({"ownership", "rollcall", std::nullopt});
}

void undo_unlink(Work& w, const PastAction& past) {
  if (w.s.linked) return;                // somebody linked it again
  if (!w.facts.adoptable || !w.policy.listing_complete)
    return w.cannot("account " + past.account + " cannot be taken over again: " +
                    (w.facts.adoptable ? "the provider could not be listed completely" : "it is gone, protected or somebody else's"));
  w.add(ActionKind::adopt, Phase::admit, "the run gave it back").account = past.account;
}

// ---- what forbids it ----

std::string kinds_of(const std::vector<PastAction>& past) {
  std::string out;
  std::set<ActionKind> seen;
  for (const auto& a : past)
    if (seen.insert(a.kind).second) out += (out.empty() ? "" : ", ") + std::string(to_string(a.kind));
  return out;
}

// Why nothing at all is done about this person, or "".
std::string untouchable(const std::vector<PastAction>& past, const Subject& s, const UndoFacts& f) {
  if (f.is_protected) return "the account is protected now";
  if (s.contained) return "the person is suspended by hand; `rollcall release " + s.person + "` comes first";
  if (s.standing == Standing::waiting) return "the person was not found by the last read, and it is not certain yet that they left";
  if (s.standing != Standing::in) {
    // Whoever had left when the run came is what the run was about.
    const bool was_leaver = std::any_of(past.begin(), past.end(), [](const auto& a) { return a.kind == ActionKind::suspend; });
    const bool since = f.left_at == Instant{} ? !was_leaver : f.left_at > past.front().finished;
    if (since) return "the person has left since the run (" + s.left_reason + ")";
  }
  return {};
}

// Why the account of one action cannot be touched, or "".
std::string lost(const PastAction& past, const Subject& s, const Capabilities& c) {
  if (past.kind == ActionKind::unlink || (past.kind == ActionKind::invite && !c.account_before_acceptance)) return {};
  if (!s.linked) return "account " + past.account + " is not linked to this person any more";
  if (s.linked->gone || s.linked->missing) return "account " + s.linked->account.id + " is gone at the provider";
  if (!past.account.empty() && past.account != s.linked->account.id) return "account " + past.account + " is not this person's any more";
  return {};
}

void undo_one(Work& w, const PastAction& past) {
  switch (past.kind) {
    case ActionKind::update: return undo_update(w, past);
    case ActionKind::assign: return take_role(w, role_in(past), "the run gave it");
    case ActionKind::revoke: return give_role(w, role_in(past));
    case ActionKind::suspend: return undo_suspend(w, past);
    case ActionKind::reactivate: return suspend_account(w, "the run reactivated it");
    case ActionKind::create: return undo_create(w);
    case ActionKind::adopt: return undo_adopt(w);
    case ActionKind::invite:
      return past.reminder ? w.cannot("a reminder cannot be unsent; the invitation itself is older than the run")
                           : undo_invitation(w, true, "the run sent it");
    case ActionKind::unlink: return undo_unlink(w, past);
    case ActionKind::cancel:
    case ActionKind::remove: return;     // named before
  }
}

}  // namespace

Undoing undo(const std::vector<PastAction>& past, const Subject& s, const UndoFacts& facts, const Policy& policy,
             const Capabilities& capabilities) {
  Work w{s, facts, policy, capabilities, {}};
  if (past.empty()) return {};
  const std::string never = untouchable(past, s, facts);
  if (!never.empty()) {
    w.cannot(never + "; nothing is taken back (" + kinds_of(past) + ")");
    return std::move(w.out);
  }
  std::map<std::string, std::vector<PastAction>> unreachable;   // why -> what
  for (const auto& a : past) {
    if (a.kind == ActionKind::cancel) {
      w.cannot("a cancelled invitation stays cancelled; send a new one with `rollcall invitations resend " + s.person + "`");
    } else if (a.kind == ActionKind::remove) {
      w.cannot("account " + a.account + " was deleted and cannot be brought back");
    } else if (const std::string why = lost(a, s, capabilities); !why.empty()) {
      unreachable[why].push_back(a);
    } else {
      undo_one(w, a);
    }
  }
  for (const auto& [why, actions] : unreachable) w.cannot(why + "; nothing is taken back (" + kinds_of(actions) + ")");
  return std::move(w.out);
}

std::vector<std::pair<ActionKind, std::string>> redone_by(const Action& a) {
  switch (a.kind) {
    case ActionKind::update: return {{ActionKind::update, ""}};
    case ActionKind::revoke: return {{ActionKind::assign, role_of(a)}};
    case ActionKind::assign: return {{ActionKind::revoke, role_of(a)}};
    case ActionKind::suspend: return {{ActionKind::reactivate, ""}};
    case ActionKind::reactivate: return {{ActionKind::suspend, ""}};
    case ActionKind::cancel: return {{ActionKind::invite, ""}};
    case ActionKind::unlink: return {{ActionKind::adopt, ""}, {ActionKind::create, ""}};
    default: return {};
  }
}

}  // namespace rollcall::core
