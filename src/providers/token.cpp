#include "providers/token.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::providers {

namespace asio = boost::asio;
using std::chrono::seconds;

seconds lifetime(const json::Value& answer, seconds longest) {
  const json::Value* expires = answer.find("expires_in");
  return expires && expires->as_int() && *expires->as_int() > 0 ? std::min(seconds(*expires->as_int()), longest) : std::chrono::hours(1);
}

Instant renewal(Instant now, seconds life) { return now + (life > seconds(120) ? life - seconds(60) : life / 2); }

void KeptToken::refuse(const Secret& text) {
  if (token_ && token_->text.reveal() == text.reveal()) token_.reset();
}

asio::awaitable<Result<Secret>> KeptToken::get(Fetch fetch) {
  while (fetching_) {
    boost::system::error_code cancelled;
    co_await arrived_->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (token_ && clock_() < token_->renew_at) co_return token_->text;
  asio::steady_timer arrived(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  arrived_ = &arrived;
  fetching_ = true;
  auto fresh = co_await fetch();
  fetching_ = false;
  arrived.cancel();
  if (!fresh) co_return tl::unexpected(std::move(fresh).error());
  token_ = std::move(*fresh);
  co_return token_->text;
}

}  // namespace rollcall::providers
