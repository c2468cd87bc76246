// What is known of one person at one provider when a plan is made: the whole input of decide(). Values; no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rollcall/account.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/plan.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::core {

// What the sources say of the person, for this provider.
enum class Standing {
  in,       // active and in scope
  waiting,  // missing or out of scope, not confirmed yet: everything stands as it is
  stated,   // a statement: inactive, end date past, deleted
  absent,   // confirmed absence
};

enum class Ownership { made, adopted };

struct LinkedAccount {
  Account account;                       // as last shown; fields that the listing lacks are filled from `written`
  Ownership ownership = Ownership::made;
  Fields written;                        // what rollcall wrote last, for fields that cannot be read
  std::optional<std::set<std::string>> written_roles;
  std::set<std::string> doubtful;        // fields and "role NAME" whose last write got no answer: it may have been done
  bool suspended_by_us = false;
  std::string status_before;
  Instant suspended_at{};
  bool gone = false;                     // missing from listing and look-up in two runs
  bool missing = false;                  // missing, not confirmed yet: nothing but waiting
};

// An account nobody is linked to that the `match` fields point at.
struct Candidate {
  std::string account, name;
  std::vector<std::string> by;           // match fields
  std::string family_name;               // as the account shows it
  bool isolated = false;                 // protected
  bool refused = false;                  // a person said that it is not this one's (`rollcall unlink`)
  std::string linked_to;                 // person key when it is somebody else's already
};

// Another person who maps to the same unique value.
struct Rival {
  std::string field;                     // "userName" or "email"
  std::string value, person, name;
  bool linked = false;
  std::string account;                   // when linked
  std::string record;                    // "source: locator"
};

enum class InviteState { none, pending, sent, accepted, expired, cancelled, in_doubt, failed };
// What a person asked for: `rollcall invitations resend`, or `cancel`, which stands until a `resend`.
enum class InviteWish { none, resend, cancel };

struct Subject {
  std::string person, name;
  Standing standing = Standing::in;
  std::string left_reason;               // "inactive in hr", "not found in corp", ...
  DesiredAccount desired;
  std::string external_id;               // the person's key unless the mapping sets the field
  std::string given_name, family_name, user_name;
  bool delayed = false;                  // a start date lies ahead
  bool contained = false;                // suspended by hand (`rollcall suspend`), until `release`
  bool retired = false;                  // `rollcall retire`: the deletion that waits is due now
  std::string ambiguous;                 // why it is unclear whose record this is, or ""
  std::vector<std::string> invalid;      // why no account can be made of this person
  std::optional<LinkedAccount> linked;
  std::vector<Candidate> candidates;
  std::vector<Rival> rivals;
  std::vector<std::string> records;      // "source: locator", for conflicts
  InviteState invitation = InviteState::none;
  std::string invited_address;           // where the last invitation went
  std::string invited_account;           // whose account it led to; "" until there is one
  std::set<std::string> invited_roles;   // that travel inside it, by name
  bool invitation_known = true;          // the vendor said its id: it can be recalled where the provider can
  Instant invited_at{};                  // when it, or its last reminder, went out
  Instant invite_expires{};              // as the vendor said; 0 when it did not
  InviteWish wish = InviteWish::none;
  int reminders = 0;                     // that went out
  std::string invite_to;                 // where it would go now; empty: no address
  bool invite_wanted = false;            // [invite] is there and `when` holds
};

struct Policy {
  std::string provider;                  // its name, for the commands that settle a conflict
  std::string on_leave;                  // keep suspend delete
  std::optional<Duration> delete_after;
  bool adopt = false;
  bool adopts_created_only = false;
  bool invites = false;
  std::optional<Duration> remind;        // after so long without acceptance, again
  int reminders = 0;                     // at most
  Instant mail_from{};                   // no invitation goes out before: quiet hours, a full wave; 0: now
  std::set<std::string> managed_roles;   // named by a rule
  std::set<std::string> missing_roles;   // named by a rule, unknown at the provider
  bool roles_readable = true;            // the provider's role list could be read in this run
  bool listing_complete = true;
  bool password_written = false;         // the mapping sets a password: what the listing says is no sign of an acceptance
};

// The decision about one person: actions in phase order with `after` filled in, ids not yet (core/order.hpp gives them).
struct Decision {
  std::vector<Action> actions;
  std::vector<Conflict> conflicts;
  std::vector<std::string> warnings;
  std::optional<UnmanagedAccount> unmanaged;
  bool no_address = false;               // would be invited, has no address
  bool roles_unknown = false;            // the first assign of an adopted account: held
  bool settled = false;                  // nothing to do, nothing to wait for
  bool accepted = false;                 // the invitation was accepted
  bool expired = false;                  // the invitation that went out has come to its end
  Instant due{};                         // look again then; 0 never
};

}  // namespace rollcall::core
