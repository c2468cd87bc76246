#include "sync/throttle.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "providers/http.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;
namespace {

// A request may reach the server a little later than its neighbour: a margin keeps the server's windows clean too.
constexpr auto margin = std::chrono::milliseconds{20};

class ThrottledClient : public HttpClient {
 public:
  ThrottledClient(HttpClient& inner, std::shared_ptr<Throttle> throttle) : inner_(inner), throttle_(std::move(throttle)) {}

  asio::awaitable<Result<HttpResponse>> send(HttpRequest request) override {
    // Whoever calls decides whether it is worth the wait; a request is no place to sleep for an hour.
    if (const auto wait = throttle_->held_for(); wait > request.timeout) {
      Error error{ErrorKind::rate_limited, "the provider asked to be left alone for another " + std::to_string(wait.count() / 1000) + " s",
                  {}, wait, false};
      co_return tl::unexpected<Error>(std::move(error));
    }
    co_await throttle_->enter();
    const auto begin = Throttle::Steady::now();
    auto answer = co_await inner_.send(std::move(request));
    throttle_->leave();
    ++throttle_->requests;
    if (throttle_->observer) {
      const std::chrono::duration<double> took = Throttle::Steady::now() - begin;
      throttle_->observer(answer ? answer->status : 0, took.count());
    }
    if (answer && (answer->status == 429 || answer->status == 503)) heed(*answer);
    co_return answer;
  }

 private:
  // Retry-After, or where the limit was met the vendors' own header of it: some send that one with every answer.
  void heed(const HttpResponse& answer) {
    const bool told = !header_value(answer.headers, "Retry-After").empty();
    const auto pause = told || answer.status == 429 ? providers::retry_after(answer.headers, system_now()) : std::nullopt;
    if (pause) throttle_->not_before(Throttle::Steady::now() + *pause);
  }

  HttpClient& inner_;
  std::shared_ptr<Throttle> throttle_;
};

}  // namespace

Throttle::Steady::time_point Throttle::earliest() const {
  auto at = held_until_;
  if (rate_.count > 0 && static_cast<std::int64_t>(recent_.size()) >= rate_.count)
    at = std::max(at, recent_[recent_.size() - static_cast<std::size_t>(rate_.count)] + rate_.per + margin);
  return at;
}

asio::awaitable<void> Throttle::enter() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    const auto now = Steady::now();
    while (!recent_.empty() && recent_.front() + rate_.per + margin <= now) recent_.pop_front();
    const auto at = earliest();
    if (free_ > 0 && at <= now) break;
    if (free_ > 0) {
      timer.expires_at(at);
      co_await timer.async_wait(asio::use_awaitable);
      continue;
    }
    timer.expires_at(Steady::time_point::max());     // until a place is free: leave() calls the one who waits longest
    waiting_.push_back(&timer);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  --free_;
  if (rate_.count > 0) recent_.push_back(Steady::now());
}

void Throttle::leave() {
  ++free_;
  if (waiting_.empty()) return;
  waiting_.front()->cancel();
  waiting_.pop_front();
}

std::chrono::milliseconds Throttle::held_for() const {
  return std::max(std::chrono::milliseconds{0}, std::chrono::ceil<std::chrono::milliseconds>(held_until_ - Steady::now()));
}

void Throttle::not_before(Steady::time_point at) { held_until_ = std::max(held_until_, at); }

std::unique_ptr<HttpClient> throttled(HttpClient& inner, std::shared_ptr<Throttle> throttle) {
  return std::make_unique<ThrottledClient>(inner, std::move(throttle));
}

}  // namespace rollcall::sync
