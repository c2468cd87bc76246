// An access token (OAuth 2.0, RFC 6749) that all calls share until it is due or refused. How one is asked for and read is the vendor's.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "json/json.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::providers {

struct AccessToken {
  Secret text, refresh;  // refresh may be empty: not every vendor gives one
  Instant renew_at{};    // before it ends
};
// The answer's `expires_in`, at most `longest`; an hour where it does not say.
std::chrono::seconds lifetime(const json::Value& answer, std::chrono::seconds longest);
// A minute before the life is over, or at half time where it is shorter than two.
Instant renewal(Instant now, std::chrono::seconds life);

// One token. Whoever comes while it is being fetched waits for that. Thread rule: its owner's executor.
class KeptToken {
 public:
  using Fetch = std::function<boost::asio::awaitable<Result<AccessToken>>()>;
  explicit KeptToken(Clock clock) : clock_(std::move(clock)) {}
  // `fetch` is asked where none is held or the one that is held is due.
  boost::asio::awaitable<Result<Secret>> get(Fetch fetch);
  // The vendor refused this one: the next call gets another.
  void refuse(const Secret& text);
  // The one that is held, due or not; and the same for whoever ends or replaces it.
  const std::optional<AccessToken>& held() const { return token_; }
  std::optional<AccessToken> drop() { return std::exchange(token_, std::nullopt); }

 private:
  Clock clock_;
  std::optional<AccessToken> token_;
  bool fetching_ = false;
  boost::asio::steady_timer* arrived_ = nullptr;  // of who fetches: it never expires, but is cancelled at the end
};

}  // namespace rollcall::providers
