// Promise 11: the provider's limits are kept. And how often a call is repeated.
#include "sync/throttle.hpp"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>

#include "support/run.hpp"
#include "sync/retry.hpp"

namespace rollcall::sync {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

// A server that takes its time, and writes down when it was asked and by how many at once.
class Server final : public HttpClient {
 public:
  std::vector<Steady::time_point> asked;
  int now = 0, most = 0;
  std::chrono::milliseconds takes{0};
  std::vector<HttpResponse> answers;   // one a request; then 200
  asio::awaitable<Result<HttpResponse>> send(HttpRequest) override {
    asked.push_back(Steady::now());
    most = std::max(most, ++now);
    if (takes > 0ms) {
      asio::steady_timer timer(co_await asio::this_coro::executor, takes);
      co_await timer.async_wait(asio::use_awaitable);
    }
    --now;
    HttpResponse answer;
    if (!answers.empty()) {
      answer = answers.front();
      answers.erase(answers.begin());
    }
    co_return answer;
  }
};

asio::awaitable<void> ask(HttpClient& client, int times) {
  for (int i = 0; i < times; ++i) {
    HttpRequest request;
    co_await client.send(std::move(request));
  }
}

void crowd(HttpClient& client, int people, int times) {
  asio::io_context context(1);
  for (int i = 0; i < people; ++i) asio::co_spawn(context, ask(client, times), asio::detached);
  context.run();
}

TEST(Throttle, Promise11NoWindowOfTheUnitHoldsMoreThanTheRate) {
  Server server;
  auto throttle = std::make_shared<Throttle>(Rate{50, 100ms}, 100);
  const auto client = throttled(server, throttle);
  crowd(*client, 12, 15);
  ASSERT_EQ(server.asked.size(), 180u);
  EXPECT_EQ(throttle->requests, 180);
  for (std::size_t i = 50; i < server.asked.size(); ++i) EXPECT_GE(server.asked[i] - server.asked[i - 50], 100ms) << i;
}

TEST(Throttle, Promise11TheConcurrencyIsNeverExceededAndIsUsed) {
  Server server;
  server.takes = 3ms;
  const auto client = throttled(server, std::make_shared<Throttle>(Rate{}, 3));
  crowd(*client, 10, 3);
  EXPECT_EQ(server.asked.size(), 30u);
  EXPECT_EQ(server.most, 3);
}

TEST(Throttle, TwoClientsOfOneUrlShareTheirLimits) {
  Server server;
  server.takes = 2ms;
  auto throttle = std::make_shared<Throttle>(Rate{}, 2);
  const auto one = throttled(server, throttle), two = throttled(server, throttle);
  asio::io_context context(1);
  for (int i = 0; i < 4; ++i) {
    asio::co_spawn(context, ask(*one, 2), asio::detached);
    asio::co_spawn(context, ask(*two, 2), asio::detached);
  }
  context.run();
  EXPECT_EQ(server.most, 2);
}

TEST(Throttle, Promise11RetryAfterIsTheEarliestTimeForEverybody) {
  Server server;
  HttpResponse wait;
  wait.status = 429;
  wait.headers = {{"retry-after", "1"}};
  server.answers = {wait};
  const auto client = throttled(server, std::make_shared<Throttle>(Rate{}, 1));
  crowd(*client, 2, 1);
  ASSERT_EQ(server.asked.size(), 2u);
  EXPECT_GE(server.asked[1] - server.asked[0], 1000ms);
}

TEST(Throttle, ARetryAfterThatOutlastsTheRequestIsAnsweredAtOnceWithTheTimeThatIsLeft) {
  Server server;
  HttpResponse wait;
  wait.status = 429;
  wait.headers = {{"Retry-After", "7200"}};
  server.answers = {wait};
  const auto client = throttled(server, std::make_shared<Throttle>(Rate{}, 1));
  crowd(*client, 1, 1);
  HttpRequest request;
  const auto answer = test::run(client->send(std::move(request)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::rate_limited);
  EXPECT_FALSE(answer.error().in_doubt);
  EXPECT_GT(answer.error().retry_after, 7000s);
  EXPECT_EQ(server.asked.size(), 1u);
}

TEST(Throttle, WhereTheLimitWasMetTheVendorsOwnHeaderIsHeeded) {
  Server server;
  HttpResponse wait;
  wait.status = 429;
  wait.headers = {{"X-RateLimit-Reset", "7200"}};
  server.answers.push_back(wait);
  const auto throttle = std::make_shared<Throttle>(Rate{}, 1);
  const auto client = throttled(server, throttle);
  crowd(*client, 1, 1);
  EXPECT_GT(throttle->held_for(), 7000s);
}

TEST(Throttle, OtherAnswersAndNonsenseDelayNobody) {
  Server server;
  for (const char* text : {"", "-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"}) {
    HttpResponse odd;
    odd.status = 503;
    // The limit's header is no pause of a failure: some vendors send it with every answer.
    odd.headers = {{"Retry-After", text}, {"X-RateLimit-Reset", text[0] == '\0' ? "3000" : ""}};
    server.answers.push_back(odd);
  }
  HttpResponse fine;
  fine.headers = {{"Retry-After", "60"}};
  server.answers.push_back(fine);
  const auto client = throttled(server, std::make_shared<Throttle>(Rate{}, 1));
  const auto begin = Steady::now();
  crowd(*client, 1, 6);
  EXPECT_LT(Steady::now() - begin, 30s);
}

TEST(Throttle, EveryAnswerIsObserved) {
  Server server;
  HttpResponse odd;
  odd.status = 418;
  server.answers = {odd};
  auto throttle = std::make_shared<Throttle>(Rate{}, 1);
  std::vector<int> seen;
  throttle->observer = [&](int status, double) { seen.push_back(status); };
  crowd(*throttled(server, throttle), 1, 2);
  EXPECT_EQ(seen, (std::vector<int>{418, 200}));
}

// ---- retries ----

Error broken(ErrorKind kind, bool in_doubt = false) { return {kind, "broken", "test", std::nullopt, in_doubt}; }

// Answers the errors one after the other, then 7.
struct Verb {
  std::vector<Error> errors;
  int calls = 0;
  asio::awaitable<Result<int>> operator()() {
    const auto n = static_cast<std::size_t>(calls++);
    if (n < errors.size()) co_return tl::unexpected<Error>(errors[n]);
    co_return 7;
  }
};

Result<int> tried(const ProviderSeat& seat, Verb& verb, Repeat repeat = Repeat::harmless) {
  return test::run(retried(seat, [&] { return verb(); }, repeat));
}

ProviderSeat seat(Duration patience = 10s) {
  ProviderSeat s;
  s.patience = patience;
  s.throttle = std::make_shared<Throttle>(Rate{}, 1);
  return s;
}

TEST(Retry, WhatWaitingMayCureIsRepeated) {
  for (const auto kind : {ErrorKind::unavailable, ErrorKind::timeout, ErrorKind::rate_limited}) {
    Verb verb{{broken(kind)}};
    EXPECT_EQ(tried(seat(), verb), 7);
    EXPECT_EQ(verb.calls, 2);
  }
}

TEST(Retry, WhatWaitingDoesNotCureIsNot) {
  for (const auto kind : {ErrorKind::invalid, ErrorKind::not_found, ErrorKind::already_exists, ErrorKind::conflict, ErrorKind::forbidden,
                          ErrorKind::unauthenticated, ErrorKind::unsupported, ErrorKind::corrupt, ErrorKind::internal}) {
    Verb verb{{broken(kind)}};
    EXPECT_EQ(tried(seat(), verb).error().kind, kind);
    EXPECT_EQ(verb.calls, 1);
  }
}

TEST(Retry, ACallInDoubtIsRepeatedOnlyWhereThatIsHarmless) {
  Verb create{{broken(ErrorKind::timeout, true)}};
  EXPECT_TRUE(tried(seat(), create, Repeat::never_in_doubt).error().in_doubt);
  EXPECT_EQ(create.calls, 1);
  Verb refused{{broken(ErrorKind::unavailable, false)}};
  EXPECT_EQ(tried(seat(), refused, Repeat::never_in_doubt), 7) << "it never reached the server";
  Verb update{{broken(ErrorKind::timeout, true)}};
  EXPECT_EQ(tried(seat(), update), 7);
}

TEST(Retry, RetryAfterIsWaitedForAndNotBeyondThePatience) {
  Error wait = broken(ErrorKind::rate_limited);
  wait.retry_after = 700ms;
  Verb verb{{wait}};
  const auto begin = Steady::now();
  EXPECT_EQ(tried(seat(), verb), 7);
  EXPECT_GE(Steady::now() - begin, 700ms);
  wait.retry_after = 1h;
  Verb hopeless{{wait}};
  EXPECT_EQ(tried(seat(), hopeless).error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(hopeless.calls, 1);
}

TEST(Retry, WithoutPatienceNothingIsRepeated) {
  Verb verb{{broken(ErrorKind::unavailable)}};
  EXPECT_FALSE(tried(seat(0s), verb));
  EXPECT_EQ(verb.calls, 1);
}

TEST(Retry, AfterThreeGivenUpCallsTheProviderIsLeftAlone) {
  const ProviderSeat s = seat(0s);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(s.throttle->open());
    Verb verb{{broken(ErrorKind::unavailable)}};
    EXPECT_FALSE(tried(s, verb));
  }
  EXPECT_TRUE(s.throttle->open());
  Verb verb;
  EXPECT_EQ(tried(s, verb).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(verb.calls, 0);
  EXPECT_FALSE(tried(s, verb).error().in_doubt) << "it was never sent";
  s.throttle->reset();
  EXPECT_EQ(tried(s, verb), 7);
}

TEST(Retry, AnyAnswerOfTheProviderClosesTheCircuit) {
  const ProviderSeat s = seat(0s);
  for (int i = 0; i < 6; ++i) {
    Verb verb{{broken(i % 2 ? ErrorKind::invalid : ErrorKind::unavailable)}};
    (void)tried(s, verb);
  }
  EXPECT_FALSE(s.throttle->open());
}

TEST(Retry, TheWaitDoublesToHalfAMinuteWithSomeChance) {
  std::minstd_rand random(1);
  for (int attempt = 1; attempt <= 40; ++attempt) {
    const auto most = std::min<std::int64_t>(30000, attempt < 9 ? 200LL << (attempt - 1) : 30000);
    for (int i = 0; i < 20; ++i) {
      const auto wait = backoff(attempt, random).count();
      EXPECT_LE(wait, most) << attempt;
      EXPECT_GE(wait, most / 2) << attempt;
    }
  }
}

}  // namespace
}  // namespace rollcall::sync
