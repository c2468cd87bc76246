// The I/O context on its own thread, and the bridge from a thread that blocks: run(awaitable) waits for the answer.
// Thread rule: run() from any thread but the I/O thread.
#pragma once

#include <future>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace rollcall::sync {

class Io {
 public:
  Io() : guard_(boost::asio::make_work_guard(context_)), thread_([this] { context_.run(); }) {}
  ~Io() { finish(); }
  // Ends the thread; what was registered on the context may then be destroyed without a race. Idempotent.
  void finish() {
    guard_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Io(const Io&) = delete;
  Io& operator=(const Io&) = delete;

  boost::asio::io_context::executor_type executor() { return context_.get_executor(); }

  template <class T>
  T run(boost::asio::awaitable<T> task) {
    return boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future).get();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread thread_;
};

}  // namespace rollcall::sync
