#include "core/invite.hpp"

#include <algorithm>

#include "language/unicode.hpp"

namespace rollcall::core {
namespace {

// A link may be in the person's hands.
bool went_out(InviteState state) { return state == InviteState::sent || state == InviteState::in_doubt; }

bool living(InviteState state) { return went_out(state) || state == InviteState::pending; }

bool has_come(const Subject& s, const Policy& p) {
  return s.linked && !s.linked->gone && s.linked->account.accepted && !p.password_written;
}

bool newly_accepted(const Subject& s, const Policy& p) {
  return s.invitation != InviteState::none && s.invitation != InviteState::accepted && has_come(s, p);
}

bool wants_mail(const Subject& s, const Policy& p) { return p.invites && s.invite_wanted && !has_come(s, p); }

void look_again(Decision& d, Instant at) { d.due = d.due == Instant{} ? at : std::min(d.due, at); }

std::set<std::string> wanted_roles(const Subject& s) {
  std::set<std::string> out;
  for (const auto& grant : s.desired.roles) out.insert(grant.role);
  return out;
}

void invite(const Subject& s, const Policy& p, const Capabilities& c, std::string reason, Decision& d) {
  if (!wants_mail(s, p)) return;
  if (s.invite_to.empty()) {
    d.no_address = true;
    return;
  }
  Action a = action_of(s, ActionKind::invite, Phase::invite, std::move(reason));
  a.changes.push_back({"invitation", std::nullopt, s.invite_to});
  if (!c.account_before_acceptance)
    for (const auto& role : wanted_roles(s)) a.changes.push_back({"role", std::nullopt, role});
  a.passed = s.invitation == InviteState::pending || s.wish == InviteWish::resend;   // a person's decision is no batch
  d.actions.push_back(std::move(a));
}

// First of all that is done for the person.
void cancel(const Subject& s, const Capabilities& c, const std::string& reason, Decision& d) {
  Action a = action_of(s, ActionKind::cancel, Phase::contain, reason);
  a.changes.push_back({"invitation", s.invited_address, std::nullopt});
  d.actions.insert(d.actions.begin(), std::move(a));
  const bool recalled = c.cancels_invitations && s.invitation_known;
  if (!recalled && went_out(s.invitation))
    d.warnings.push_back("the invitation link mailed to " + s.name + " (" + s.person + ") cannot be recalled: " +
                         (c.cancels_invitations ? "the provider's answer with its id never came" : "this provider offers no way to make it useless"));
}

// One that nobody has accepted goes again, as often as `reminders` says: `remind` after the last, or when the link has expired.
void remind_when_due(const Subject& s, const Policy& p, const Capabilities& c, Instant now, bool expired, Decision& d) {
  if (!p.remind || s.reminders >= p.reminders || !wants_mail(s, p) || s.invite_to.empty()) return;
  const Instant due = std::max(expired ? now : s.invited_at + *p.remind, p.mail_from);
  if (now < due) return look_again(d, due);
  invite(s, p, c, (expired ? "the last one expired: reminder " : "reminder ") + std::to_string(s.reminders + 1) + " of " +
                   std::to_string(p.reminders), d);
}

// What a person asked for. The old one stays until the new one may go.
void resend(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  if (now < p.mail_from && wants_mail(s, p)) return look_again(d, p.mail_from);
  const auto actions = d.actions.size();
  invite(s, p, c, "a person asked for a new one", d);
  if (went_out(s.invitation) && d.actions.size() > actions) cancel(s, c, "a person asked for a new one", d);
}

void invite_if_owed(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  if (s.invitation == InviteState::pending && now < p.mail_from && wants_mail(s, p)) return look_again(d, p.mail_from);
  // Whoever had an account that is no more cannot get another but by an invitation.
  const bool back = !c.account_before_acceptance && !s.linked && s.invitation == InviteState::accepted && !s.invited_account.empty();
  const bool owed = s.invitation == InviteState::none || s.invitation == InviteState::pending ||
                    s.invitation == InviteState::cancelled || s.invitation == InviteState::failed;
  if (back) return invite(s, p, c, "the account of before is gone", d);
  if (owed) invite(s, p, c, s.invitation == InviteState::none ? "not invited yet" : "the invitation did not go out", d);
}

// What travels inside an invitation cannot be changed there. One in doubt that cannot be recalled stays: two would live.
bool other_roles(const Subject& s, const Capabilities& c) {
  const bool known = s.invitation == InviteState::sent || (s.invitation == InviteState::in_doubt && s.invitation_known);
  return !c.account_before_acceptance && !s.linked && known && s.invited_roles != wanted_roles(s);
}

bool moved_house(const Subject& s) {
  return went_out(s.invitation) && !s.invited_address.empty() && language::fold(s.invited_address) != language::fold(s.invite_to);
}

// Notes that the vendor's time is over, or when it will be.
bool is_over(const Subject& s, Instant now, Decision& d) {
  if (s.invitation == InviteState::expired) return true;
  if (s.invitation != InviteState::sent || s.invite_expires == Instant{}) return false;
  d.expired = s.invite_expires <= now;
  if (!d.expired) look_again(d, s.invite_expires);
  return d.expired;
}

}  // namespace

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

void invite_newcomer(const Subject& s, const Policy& p, const Capabilities& c, bool again, Decision& d) {
  if (s.wish == InviteWish::cancel) {
    if (living(s.invitation)) cancel(s, c, "a person asked for it", d);
  } else if (s.wish == InviteWish::resend) {
    invite(s, p, c, "a person asked for a new one", d);
  } else if (!again) {
    invite_if_owed(s, p, c, {}, d);
  }
}

void keep_invited(const Subject& s, const Policy& p, const Capabilities& c, Instant now, Decision& d) {
  d.accepted = newly_accepted(s, p);
  if (d.accepted) return;
  const bool moved = moved_house(s), expired = is_over(s, now, d);
  if (s.wish == InviteWish::cancel) {
    if (living(s.invitation)) cancel(s, c, "a person asked for it", d);
    return;
  }
  if (moved) cancel(s, c, "the address changed", d);
  const bool asked = s.wish == InviteWish::resend;
  if ((s.linked && s.linked->ownership != Ownership::made && !asked) || !d.conflicts.empty() || s.delayed || !p.listing_complete) return;
  const bool replaced = !moved && !asked && other_roles(s, c) && wants_mail(s, p) && !s.invite_to.empty();
  if (replaced) cancel(s, c, "the roles changed", d);
  if (moved || replaced)
    invite(s, p, c, moved ? "the address changed" : "the roles changed", d);
  else if (asked)
    resend(s, p, c, now, d);
  else if (expired || s.invitation == InviteState::sent)
    remind_when_due(s, p, c, now, expired, d);
  else
    invite_if_owed(s, p, c, now, d);
}

void uninvite(const Subject& s, const Policy& p, const Capabilities& c, Decision& d) {
  d.accepted = newly_accepted(s, p);
  if (!d.accepted && living(s.invitation)) cancel(s, c, s.left_reason, d);
}

void withdraw(const Subject& s, const Capabilities& c, Decision& d) {
  if (!c.account_before_acceptance && !s.linked && living(s.invitation)) cancel(s, c, "an account that is there matches", d);
}

bool stands_for_account(const Subject& s, const Capabilities& c) {
  return !c.account_before_acceptance && !s.linked && (living(s.invitation) || s.invitation == InviteState::expired);
}

}  // namespace rollcall::core
