// A password that a client pushed, on its way to the provider: opened just before it is sent, forgotten with the outcome.
#include "sync/retry.hpp"
#include "sync/steps.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;

asio::awaitable<Result<std::optional<Steps::Password>>> Steps::waiting_password() {
  const std::string& provider = counter_.seat.rules.settings.name;
  std::optional<store::SealedRow> row;
  store::WriteQueue::Job look = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(row, state.sealed(provider, subject_.person));
    return {};
  };
  auto looked = co_await counter_.journal.write(std::move(look));
  if (!looked) co_return tl::unexpected<Error>(std::move(looked).error());
  if (!row) co_return std::nullopt;
  auto text = counter_.seat.seal->open(row->body, row->about());
  if (!text)
    co_return fail(ErrorKind::invalid, "the password that was pushed for this person cannot be opened: " + text.error().message +
                                           ". Put the [state] key back with which it was sealed, or have it pushed again");
  Password opened;
  opened.row = std::move(*row);
  opened.text = std::move(*text);
  co_return std::move(opened);
}

Result<void> Steps::forget(store::State& state, const std::optional<Password>& delivered) const {
  return delivered ? state.erase_sealed(delivered->row, subject_.person) : Result<void>{};
}

asio::awaitable<Result<void>> Steps::deliver_password(Job job) {
  auto password = co_await waiting_password();
  if (!password) co_return tl::unexpected<Error>(std::move(password).error());
  if (!*password) co_return Result<void>{};
  const auto verb = [this, text = (*password)->text] {
    Fields fields;
    fields[counter_.seat.password_field] = text.reveal();
    return counter_.seat.provider->update(id(), std::move(fields));
  };
  const auto learned = [this, &password](store::State& state) { return forget(state, *password); };
  co_return co_await step(job, "password", std::set<std::string>(), verb, learned);
}

}  // namespace rollcall::sync
