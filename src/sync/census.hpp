// One listing of one provider into the state: what differs is written, what is missing is looked up by id, protected accounts are
// split off before anything is compared. Thread rule: the reconciling thread; provider calls run on the I/O context.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rollcall/plan.hpp"
#include "store/state.hpp"
#include "sync/house.hpp"
#include "sync/io.hpp"

namespace rollcall::sync {

struct Census {
  bool complete = false;
  bool listed = false;                         // completely, just now; else `complete` is the word of the last listing
  bool reached = true;
  std::string detail;
  std::int64_t accounts = 0, calls = 0;
  std::optional<std::vector<Role>> roles;      // nullopt: could not be read, or was not
  bool roles_later = false;                    // nobody asked for them yet: they are read where somebody is decided about
  bool missed_changes = false;                 // what changed since the last listing could not be listed: that listing stands
  std::vector<Warning> warnings;
  std::vector<store::HoldRow> read_holds;
  std::int64_t unconfirmed = 0;                // writes that the provider accepted and does not show
  std::map<std::string, std::string> unclear;  // people of whom a look-up could not say whose account is theirs, and why
};

// Of a provider that lists accounts (sync/lookups.hpp is for others). `audit`: the share of linked accounts that are read one by one for the fields that the listing lacks.
Result<Census> count_accounts(store::State& state, const ProviderSeat& seat, Io& io, Instant now, double audit);

// The names under which an account can be found: user name, e-mail, external id and the `match` fields, folded.
std::vector<store::DesiredKey> account_keys(const Account& account, const ProviderSeat& seat);

// Rules name roles, answers show their ids; without a catalogue ids are the names.
Account by_role_name(Account account, const std::optional<std::vector<Role>>& catalogue);

// Whether a condition of `protect` holds: such an account is never touched, whoever made it.
bool is_protected(const ProviderSeat& seat, const Account& account);

// The catalogue of roles into the census; where it cannot be read, a warning.
void read_roles(const ProviderSeat& seat, Io& io, Census& out);

// Of an account that a listing shows: the hash that the state knows it by ("" for a stranger), and whether it is to be taken anew even
// so. What was written to it is confirmed.
struct KnownBy {
  std::string hash;
  bool anew = false;
};
Result<void> take_listed(store::State& state, const ProviderSeat& seat, const Account& account, const KnownBy& known, Census& out);

// Writes an account as it was just shown, or as a verb answered it.
Result<void> note_account(store::State& state, const ProviderSeat& seat, const Account& account,
                          const std::function<void(store::AccountRow&)>& change = {});

}  // namespace rollcall::sync
