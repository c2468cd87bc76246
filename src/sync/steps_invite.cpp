// Steps of invitations: sent by the postman, recalled here.
#include "sync/lookups.hpp"
#include "sync/postman.hpp"
#include "sync/retry.hpp"
#include "sync/steps.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;

// Where an account comes to be by acceptance, it may have come to be just before: nobody would look for it later.
asio::awaitable<Result<void>> Steps::recall(std::string vendor_id, std::string address, std::optional<Account>& came) {
  Result<void> done;
  if (!vendor_id.empty()) done = co_await counter_.seat.provider->cancel_invitation(std::move(vendor_id));
  if (!done || counter_.seat.capabilities.account_before_acceptance) co_return done;
  auto found = co_await counter_.seat.provider->find(LookupBy::email, std::move(address));
  if (!found) co_return tl::unexpected<Error>(std::move(found).error());
  came = std::move(*found);
  co_return done;
}

asio::awaitable<Result<void>> Steps::cancel(Job job) {
  std::optional<Account> came;
  const auto note = [this, &came, why = job.action->reason](store::State& state) -> Result<void> {
    ROLLCALL_TRY(auto row, state.invitation(counter_.seat.rules.settings.name, subject_.person));
    if (!row) return {};
    if (came) {
      ROLLCALL_TRY(came_, link_accepted(state, counter_.seat, *row, *came, counter_.journal.now()));
    }
    if (came_) row->account = came->id;
    row->state = came_ ? "accepted" : "cancelled";
    row->detail = why;
    return state.put_invitation(*row);
  };
  if (!counter_.seat.capabilities.cancels_invitations) co_return co_await counter_.journal.write(note);
  store::InvitationRow living;
  const auto look = [this, &living](store::State& state) -> Result<void> {
    ROLLCALL_TRY(const auto row, state.invitation(counter_.seat.rules.settings.name, subject_.person));
    if (row) living = *row;
    return {};
  };
  auto looked = co_await counter_.journal.write(look);
  if (!looked) co_return looked;
  const bool went_out = !living.vendor_id.empty() || (!counter_.seat.capabilities.account_before_acceptance && living.sent != Instant{});
  if (!went_out) co_return co_await counter_.journal.write(note);   // nothing that could be recalled
  const auto verb = [this, &living, &came] { return recall(living.vendor_id, living.email, came); };
  std::set<std::string> nothing;
  co_return co_await step(job, "cancel", std::move(nothing), verb, note);
}

asio::awaitable<Result<void>> Steps::invite(Job job) {
  if (!counter_.postman) co_return fail(ErrorKind::refused, "this provider has no [invite] table");
  if (came_) {
    waits_ = "the person has accepted meanwhile";
    co_return Result<void>{};
  }
  std::map<std::string, std::string> ids;
  for (const auto& grant : subject_.desired.roles)
    if (const auto known = role_id(grant.role)) ids.emplace(grant.role, *known);
  auto waits = co_await counter_.postman->invite(job.row, subject_, id(), std::move(ids));
  if (!waits) co_return tl::unexpected<Error>(std::move(waits).error());
  waits_ = std::move(*waits);
  co_return Result<void>{};
}

}  // namespace rollcall::sync
