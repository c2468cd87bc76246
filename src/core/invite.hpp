// The invitation of one person at one provider: what follows from the ledger, from what the account shows, and from what a person
// asked for (contract 4.7). A part of decide(). Pure.
//
//   ledger               outcome for who is in, with an account that rollcall made
//   -------------------  ---------------------------------------------------------------------------------------------
//   none, failed         invite
//   pending              invite, once its turn has come (Policy::mail_from)
//   sent                 nothing; after `remind` a reminder, at most `reminders` of them
//   sent, expired        as a reminder and counted as one: at most `reminders`, then nothing
//   sent, in-doubt, to   cancel, invite
//    another address
//   in-doubt, accepted   nothing
//   cancelled            invite: who left has come back. Nothing if a person cancelled it
//   any but accepted,    cancel what may still work, then invite
//    resend asked for
//
// Where there is no account before acceptance the invitation stands for it: the same table for who is in and has none, and besides
//
//   sent, other roles    cancel, invite: roles travel inside it
//   accepted, and the    invite: who has come back needs a new account
//    account is gone
//
// Whoever has signed in needs no link, whatever became of the invitation. Who leaves has it cancelled.
#pragma once

#include <string>

#include "core/subject.hpp"

namespace rollcall::core {

Action action_of(const Subject& subject, ActionKind kind, Phase phase, std::string reason);

// Of whoever gets an account now. `again`: for one that was removed at the provider; that alone invites nobody.
void invite_newcomer(const Subject& subject, const Policy& policy, const Capabilities& capabilities, bool again, Decision& decision);
// Of whoever has one, or whose invitation stands for it. After the conflicts of the person are known.
void keep_invited(const Subject& subject, const Policy& policy, const Capabilities& capabilities, Instant now, Decision& decision);
// Of whoever has left.
void uninvite(const Subject& subject, const Policy& policy, const Capabilities& capabilities, Decision& decision);
// Of whoever turns out to match an account that is there: no invitation makes another beside it.
void withdraw(const Subject& subject, const Capabilities& capabilities, Decision& decision);
// Whether a living invitation, or one that nobody followed, is all that there is of the person: as good as an account.
bool stands_for_account(const Subject& subject, const Capabilities& capabilities);

}  // namespace rollcall::core
