// Runs one coroutine to its end on a context of its own, for tests: no socket, no thread, no sleep.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace rollcall::test {

template <class T>
T run(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr e, T value) {
    failure = e;
    result.emplace(std::move(value));
  });
  context.restart();
  context.run();
  if (failure) std::rethrow_exception(failure);
  if (!result) throw std::logic_error("the coroutine never ended");
  return std::move(*result);
}

template <class T>
T run(boost::asio::awaitable<T> work) {
  boost::asio::io_context context(1);
  return run(context, std::move(work));
}

}  // namespace rollcall::test
