// The census of a provider that lists no accounts: people are looked up one by one, and only those of whom something is to be known -
// newcomers before they are invited, leavers whose invitation may have been accepted, some who were invited, and a share of those who
// have an account. Thread rule: as sync/census.hpp.
#pragma once

#include <string>

#include "sync/census.hpp"

namespace rollcall::sync {

struct LookUps {
  bool full = true;              // also a share of the linked accounts
  double share = 0;              // of them, in a full run
  std::string user;              // only this person; "" is all
};

Result<Census> look_people_up(store::State& state, const ProviderSeat& seat, Io& io, Instant now, const LookUps& options);

// The account that came to be by this invitation becomes the person's own; false when it is somebody else's, or they have another.
// Inside a transaction.
Result<bool> link_accepted(store::State& state, const ProviderSeat& seat, const store::InvitationRow& invitation, const Account& account,
                           Instant now);

// Roles as an invitation's row keeps them, and back.
std::string write_role_lines(const std::set<std::string>& roles);
std::set<std::string> read_role_lines(const std::string& text);

}  // namespace rollcall::sync
