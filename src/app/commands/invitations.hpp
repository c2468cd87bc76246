// `rollcall invitations`, `invitations resend USER`, `invitations cancel USER`: the ledger, and what a person asks of it. Works beside a
// running daemon, and needs no secret.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int invitations(const Options& options, std::ostream& out, std::ostream& err);
int resend_invitation(const Options& options, std::ostream& out, std::ostream& err);
int cancel_invitation(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
