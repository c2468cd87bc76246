#include "sync/ledger.hpp"

#include "core/desired.hpp"
#include "core/order.hpp"
#include "sync/bodies.hpp"
#include "sync/house.hpp"

namespace rollcall::sync {
namespace {

// One person in the ledger of one provider.
struct Line {
  store::State& state;
  const core::ProviderRules& rules;
  const Capabilities& capabilities;
  store::InvitationRow row;
  std::optional<store::DesiredRow> desired;
  std::optional<store::AccountRow> account;

  const std::string& provider() const { return rules.settings.name; }
  std::string who() const { return desired && !desired->name.empty() ? desired->name + " (" + row.person + ")" : row.person; }
};

tl::unexpected<Error> refuse(const Line& l, const std::string& why) {
  return fail(ErrorKind::refused, l.provider() + ": " + l.who() + " " + why);
}

Result<Line> line_of(store::State& state, const core::ProviderRules& rules, const Capabilities& capabilities, const std::string& person) {
  Line l{state, rules, capabilities, {}, {}, {}};
  l.row.person = person;
  if (!rules.settings.invite.present)
    return fail(ErrorKind::refused, l.provider() + ": nobody is invited here: the configuration has no [provider." + l.provider() + ".invite]");
  ROLLCALL_TRY(l.desired, state.desired(l.provider(), person));
  ROLLCALL_TRY(l.account, state.account_of(l.provider(), person));
  ROLLCALL_TRY(auto row, state.invitation(l.provider(), person));
  if (!row) return refuse(l, "was never invited here: rollcall invites whom it creates, once the roles are there");
  l.row = std::move(*row);
  return l;
}

// By the ledger, or by what the account shows. The ledger may speak of an account that is gone: then this one has no invitation yet.
Result<bool> has_accepted(const Line& l) {
  // Of an account that only an invitation could make again, one that is gone says nothing.
  const bool gone = !l.account || (!l.capabilities.account_before_acceptance && l.account->missing_runs >= 2);
  if (gone) return l.row.state == "accepted" && l.row.account.empty();
  if (l.row.state == "accepted" && (l.row.account.empty() || l.row.account == l.account->id)) return true;
  if (writes_password(l.rules, l.capabilities)) return false;
  ROLLCALL_TRY(const Account account, read_account(l.account->body));
  return account.accepted;
}

Result<void> must_be_invitable(const Line& l) {
  if (!l.desired || l.desired->leaving == "stated" || l.desired->leaving == "absent")
    return refuse(l, "has left or is out of scope, and is not invited");
  ROLLCALL_TRY(const auto identity, l.state.identity(l.row.person));
  if (!identity) return refuse(l, "is no longer known");
  ROLLCALL_TRY(const IdentityBody body, read_identity(identity->body));
  if (!core::invite_wanted(body.identity, l.rules)) return refuse(l, "is not to be invited: `when` of the invite table says so");
  if (core::invite_address(body.identity, l.rules).empty()) return refuse(l, "has no address to send it to");
  return {};
}

// The next run looks at the person again.
Result<void> write(Line& l) {
  ROLLCALL_CHECK(l.state.put_invitation(l.row));
  return l.desired ? l.state.settle(l.provider(), l.row.person, "", l.desired->due) : Result<void>{};
}

bool went_out(const store::InvitationRow& row) { return row.state == "sent" || row.state == "in-doubt"; }

}  // namespace

Result<Asked> ask_to_resend(store::State& state, const core::ProviderRules& rules, const Capabilities& capabilities,
                            const std::string& person, Instant now) {
  ROLLCALL_TRY(Line l, line_of(state, rules, capabilities, person));
  ROLLCALL_TRY(const bool accepted, has_accepted(l));
  if (accepted) return refuse(l, "has accepted the invitation already; there is nothing to send again");
  ROLLCALL_CHECK(must_be_invitable(l));
  const bool pending = l.row.state == "pending";
  l.row.next_at = pending ? Instant{} : now;
  if (!pending) l.row.detail = "a person asked for a new one";
  ROLLCALL_CHECK(state.erase_hold(core::hold_id(l.provider(), to_string(ActionKind::invite), person, "")));   // decided herewith
  ROLLCALL_CHECK(write(l));
  return Asked{l.provider() + ": " + l.who() + (pending ? " has not been sent one yet; the next run does it when its turn has come"
                                                        : " is sent a new invitation by the next run"), "", true};
}

Result<Asked> ask_to_cancel(store::State& state, const core::ProviderRules& rules, const Capabilities& capabilities,
                            const std::string& person) {
  ROLLCALL_TRY(Line l, line_of(state, rules, capabilities, person));
  ROLLCALL_TRY(const bool accepted, has_accepted(l));
  if (accepted) return refuse(l, "has accepted the invitation already; there is nothing to cancel");
  const bool living = went_out(l.row) || l.row.state == "pending";
  const bool recalled = living && capabilities.cancels_invitations && !l.row.vendor_id.empty();
  Asked out;
  out.waits = recalled;
  if (recalled) {
    out.answer = l.provider() + ": the next run recalls the invitation of " + l.who();
  } else {
    out.answer = l.provider() + ": the invitation of " + l.who() + " is cancelled";
    if (went_out(l.row))
      out.warning = l.provider() + ": the link mailed to " + l.who() + " cannot be recalled: " +
                    (capabilities.cancels_invitations ? "the provider's answer with its id never came" : "this provider offers no way to make it useless");
    l.row.state = "cancelled";
  }
  out.answer += "; it is not sent again before `rollcall invitations resend`";
  l.row.next_at = store::never;
  l.row.detail = "a person asked for it; `rollcall invitations resend` sends a new one";
  ROLLCALL_CHECK(write(l));
  return out;
}

}  // namespace rollcall::sync
