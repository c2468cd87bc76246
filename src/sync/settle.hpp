// What a crash left in doubt is settled by looking, never by sending again blindly (promise 4). Runs before every plan.
// Thread rule: the reconciling thread.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "core/subject.hpp"
#include "store/state.hpp"
#include "sync/house.hpp"
#include "sync/io.hpp"

namespace rollcall::sync {

struct Settled {
  std::int64_t entries = 0;      // journal entries that were open
  std::vector<Warning> warnings; // mails and invitations that nobody can know of, by person
};
Result<Settled> settle_doubts(store::State& state, House& house, Io& io, Instant now, const std::string& provider);   // "": of all

// Whether an account whose create is in doubt is there: by external id, user name or e-mail, whatever the provider can find.
boost::asio::awaitable<Result<std::optional<Account>>> settle_lookup(const ProviderSeat& seat, const core::Subject& subject);

}  // namespace rollcall::sync
