// The store thread: the only one that writes during a run. Jobs that wait are committed together (up to 64), each behind a savepoint, so
// that one failed job leaves the others. A job is answered only after the commit is durable.
// Thread rule: submit and write from any thread.
#pragma once

#include <functional>
#include <future>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "store/state.hpp"

namespace rollcall::store {

class WriteQueue {
 public:
  using Job = std::function<Result<void>(State&)>;

  explicit WriteQueue(std::unique_ptr<State> state);
  ~WriteQueue();                                   // finishes what waits
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  // Resumes on the caller's executor once the commit is durable.
  boost::asio::awaitable<Result<void>> submit(Job job);
  // The same in a transaction of its own: for a job that makes many savepoints. Inside another savepoint each of them would cost what all
  // before it have changed (SQLite keeps that in a list, and walks it at every release).
  boost::asio::awaitable<Result<void>> submit_alone(Job job);
  // Blocks; for threads that are no event loop. In a transaction of its own.
  Result<void> write(Job job);
  // Reads on the store thread's connection, outside a transaction (the reconciler's own reads).
  Result<void> read(Job job);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace rollcall::store
