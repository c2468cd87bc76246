// The journal: an intent is on disk before its request is sent, and its outcome together with what it changed in one commit
// (promise 4). Thread rule: the I/O thread; the writes happen on the store thread.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "rollcall/clock.hpp"
#include "store/write_queue.hpp"

namespace rollcall::sync {

class Journal {
 public:
  Journal(store::WriteQueue& queue, Clock clock) : queue_(queue), clock_(std::move(clock)) {}

  // Commits the intent; answers the journal's row.
  boost::asio::awaitable<Result<store::JournalRow>> intend(std::int64_t action, std::string step, store::WriteQueue::Job also = {});
  // Commits the outcome, and `also` with it: account, invitation, whatever the step changed.
  boost::asio::awaitable<Result<void>> conclude(store::JournalRow entry, std::string outcome, const Error* error,
                                                store::WriteQueue::Job also = {});
  boost::asio::awaitable<Result<void>> write(store::WriteQueue::Job job);
  Instant now() const { return clock_(); }

 private:
  store::WriteQueue& queue_;
  Clock clock_;
};

}  // namespace rollcall::sync
