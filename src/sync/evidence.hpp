// What the provider accepted must show at the next listing; an "accepted" that never appears (a full licence, a field that is ignored)
// is a failure and is reported as one. What was written since the last listing is kept with the account, and its hash bears a mark, so
// that the listing looks at it whatever it shows. Thread rule: the thread of the state.
#pragma once

#include <string>
#include <vector>

#include "store/state.hpp"
#include "sync/bodies.hpp"
#include "sync/house.hpp"

namespace rollcall::sync {

// The hash of a row whose account is as written: with the mark where something waits for its confirmation.
std::string hash_as_written(const Account& account, const std::string& written);
bool awaits_confirmation(const std::string& hash);

// Against the account as it is listed (roles by name): what was accepted and does not show, for people, one line each. The actions that
// wrote it are failed from now on; the row's `written` waits for nothing any more, and doubts that the listing answers are over: a
// suspension whose answer was lost was ours.
Result<std::vector<std::string>> confirm(store::State& state, const ProviderSeat& seat, const Account& listed);
// The account is in no listing and found by no look-up.
Result<std::vector<std::string>> confirm_gone(store::State& state, const store::AccountRow& row);

}  // namespace rollcall::sync
