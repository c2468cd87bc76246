#include "sync/journal.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;

asio::awaitable<Result<store::JournalRow>> Journal::intend(std::int64_t action, std::string step, store::WriteQueue::Job also) {
  store::JournalRow row;
  row.action = action;
  row.step = std::move(step);
  row.intent_at = clock_();
  store::WriteQueue::Job job = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(row.id, state.put_journal(row));
    return also ? also(state) : Result<void>{};
  };
  auto written = co_await queue_.submit(std::move(job));
  if (!written) co_return tl::unexpected<Error>(std::move(written).error());
  co_return row;
}

asio::awaitable<Result<void>> Journal::conclude(store::JournalRow entry, std::string outcome, const Error* error,
                                                store::WriteQueue::Job also) {
  store::JournalRow row = std::move(entry);
  row.outcome_at = clock_();
  row.outcome = std::move(outcome);
  if (error) {
    row.error_kind = std::string(to_string(error->kind));
    row.detail = error->message;
  }
  store::WriteQueue::Job job = [&](store::State& state) -> Result<void> {
    ROLLCALL_CHECK(state.put_journal(row).map([](auto) {}));
    return also ? also(state) : Result<void>{};
  };
  co_return co_await queue_.submit(std::move(job));
}

asio::awaitable<Result<void>> Journal::write(store::WriteQueue::Job job) { co_return co_await queue_.submit(std::move(job)); }

}  // namespace rollcall::sync
