// The endpoint's reading connection. Requests that are waiting at the same time are answered from one instant of the state, and what was
// found out stays good for as long as nobody commits: the state's own data version says so, and nothing is ever kept past it. The instant is
// never older than the request: it ends with a turn of the executor that was queued before it began, so that whatever is handled under
// it had come before. Owned by the handler's Core. Thread rule: the executor's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>

#include "store/state.hpp"

namespace rollcall::endpoint {

class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(boost::asio::any_io_executor executor, std::unique_ptr<store::State> state) : executor_(std::move(executor)), state_(std::move(state)) {}

  // The state at this instant; good until the next await.
  store::State& now();

  // An answer that hangs on its question and the state alone. What is kept is bounded: when it is full it begins anew.
  struct Kept {
    std::string resource, etag, body;
  };
  const Kept* find(const std::string& question);
  void keep(const std::string& question, Kept answer);
  Result<std::optional<store::TokenRow>> token(const std::string& id);
  std::int64_t version();                       // of the instant; the same: nobody has committed
  void forget();                                // the configuration has changed

  static constexpr std::size_t most = 192 << 20, largest = 64 << 10;

 private:
  void open();

  boost::asio::any_io_executor executor_;
  std::unique_ptr<store::State> state_;
  bool open_ = false;
  std::int64_t version_ = 0;
  std::map<std::string, store::TokenRow> tokens_;
  std::unordered_map<std::string, Kept> answers_;
  std::size_t size_ = 0;
};

}  // namespace rollcall::endpoint
