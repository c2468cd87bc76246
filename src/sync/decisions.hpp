// What a person decides about a person where rollcall must not guess: `suspend`, `release`, `link`, `unlink`, `unjoin`, `retire`
// (contract section 1). They write the state alone; the next run acts on it, and `suspend` is carried out at once by its command.
// Call them inside a transaction. Thread rule: the thread of the state that is handed in.
#pragma once

#include <string>
#include <vector>

#include "store/state.hpp"
#include "sync/house.hpp"
#include "sync/io.hpp"

namespace rollcall::sync {

struct Desk {
  store::State& state;
  House& house;
  Io& io;
  Instant now;
  std::string by;                // who decides: the name of the user who gave the command
};

// The emergency brake at one provider, or with "" at all. Answers the accounts that it concerns, as "PROVIDER ACCOUNT".
Result<std::vector<std::string>> suspend_by_hand(Desk& desk, const std::string& person, const std::string& provider);
// Takes every emergency brake off this person; not_found: there was none.
Result<void> release(Desk& desk, const std::string& person);

// This account is this person's. conflict: one of the two is linked already; refused: the account is protected.
Result<void> link(Desk& desk, const std::string& person, const std::string& provider, const std::string& account);
// The account that is linked is not this person's, and is not taken for it again. Answers its id.
Result<std::string> unlink(Desk& desk, const std::string& person, const std::string& provider);
// The record (by key, DN or user name) is not its person's. Answers the key under which it stands from now on.
Result<std::string> unjoin(Desk& desk, const std::string& source, const std::string& record);
// The deletion that waits for `delete-after` is due now. Answers the accounts as "PROVIDER ACCOUNT"; conflict: none waits.
Result<std::vector<std::string>> retire(Desk& desk, const std::string& person);

}  // namespace rollcall::sync
