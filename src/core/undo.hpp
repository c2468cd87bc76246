// What takes back the actions of a finished run, one person at one provider at a time: the inverse of each against what is the case
// now, and what has none.
//
//   the run did   taken back by             only if now
//   -----------   -----------------------   ----------------------------------------------------------------------------
//   update        update                    the field still has the value that the run wrote; a secret cannot be restored
//   assign        revoke                    the account has the role, and the provider can take roles away
//   revoke        assign                    the account lacks it, and the provider still knows the role
//   suspend       reactivate, as before     that suspension still stands, and no newer statement says that the person left
//   reactivate    suspend                   it is not suspended
//   create        suspend, never delete     (it may hold data by now); cannot suspend: revoke what rollcall gave. Its living
//                                           invitation is cancelled
//   invite        cancel                    it lives and was not accepted; the mail itself cannot be unsent
//   adopt         unlink                    rollcall still owns it by that adoption
//   unlink        adopt                     the account is there and free
//   cancel        nothing: `rollcall invitations resend`
//   delete        nothing
//
// Nothing is done to who left after the run or is suspended by hand, nor to an account that is protected, unlinked, gone or another one by now. Pure.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/subject.hpp"

namespace rollcall::core {

// An action of the run that succeeded, as the history keeps it.
struct PastAction {
  ActionKind kind = ActionKind::update;
  bool stated = true;                    // suspend: on a statement
  bool reminder = false;                 // invite: the invitation was there already
  std::string account;
  std::vector<Change> changes;
  Instant finished{};
};

struct UndoFacts {
  std::string run;                       // its id
  bool is_protected = false;
  bool accepted = false;                 // the account shows that its invitation was accepted
  bool adoptable = false;                // the account that an unlink gave back is there, free and not protected
  Instant left_at{};                     // when the person left; 0 unknown
  std::optional<std::set<std::string>> roles;   // that the provider has, by name; nullopt: could not be read
};

struct Undoing {
  std::vector<Action> actions;           // without ids (core/order.hpp)
  std::vector<std::string> impossible;   // what is not taken back, and why; each begins with the person's name
};

// `past` are one person's actions, newest first.
Undoing undo(const std::vector<PastAction>& past, const Subject& subject, const UndoFacts& facts, const Policy& policy,
             const Capabilities& capabilities);

// What the next plan would do to do an undone thing again: kind and role.
std::vector<std::pair<ActionKind, std::string>> redone_by(const Action& undo);

}  // namespace rollcall::core
