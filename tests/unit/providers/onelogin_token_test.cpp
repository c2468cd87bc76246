// The token that all share: fetched once, refreshed before it ends, generated anew where it was refused.
#include "providers/onelogin/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "json/json.hpp"
#include "support/run.hpp"

namespace rollcall::providers::onelogin {
namespace {

using testing::ElementsAre;

const Instant noon = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17) + std::chrono::hours(12);

class OneLoginKeeper : public testing::Test, public HttpClient {
 protected:
  // "client_credentials" or "refresh_token", or the path of another call.
  HttpResponse serve(const HttpRequest& request) {
    const std::string grant = json::parse(request.body)->text("grant_type");
    said.push_back(grant.empty() ? request.url : grant);
    if (grant == "refresh_token" && !refreshes) return {401, {}, R"({"status":{"error":true,"code":401,"message":"Authentication Failure"}})"};
    return {200, {}, "{\"access_token\":\"t" + std::to_string(++sold) + "\",\"refresh_token\":\"r\",\"expires_in\":3600}"};
  }
  // An answer takes a while: others come meanwhile.
  boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) override {
    const auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    co_return serve(request);
  }
  std::string token() { return std::string(test::run(keeper.token(credentials, std::chrono::seconds(5), *this))->reveal()); }

  int sold = 0;
  bool refreshes = true;
  Instant now = noon;
  std::vector<std::string> said;
  Credentials credentials{"https://o", "me", Secret("s3cret"), "onelogin-v1"};
  TokenKeeper keeper{[this] { return now; }};
};

TEST_F(OneLoginKeeper, ATokenIsKeptAndRefreshedBeforeItEnds) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(token(), "t1");
  now += std::chrono::minutes(58);
  EXPECT_EQ(token(), "t1");
  now += std::chrono::seconds(61);
  EXPECT_EQ(token(), "t2");
  EXPECT_THAT(said, ElementsAre("client_credentials", "refresh_token"));
}

TEST_F(OneLoginKeeper, WhereARefreshIsRefusedOneIsGeneratedAnew) {
  refreshes = false;
  (void)token();
  now += std::chrono::hours(1);
  EXPECT_EQ(token(), "t2");
  EXPECT_THAT(said, ElementsAre("client_credentials", "refresh_token", "client_credentials"));
}

TEST_F(OneLoginKeeper, ARefusedTokenIsGeneratedAnewAndAnOldRefusalHarmsNone) {
  const Secret first(token());
  keeper.refuse(first);
  EXPECT_EQ(token(), "t2");
  keeper.refuse(first);                          // of a request that was under way
  EXPECT_EQ(token(), "t2");
  EXPECT_THAT(said, ElementsAre("client_credentials", "client_credentials"));
}

TEST_F(OneLoginKeeper, WhoComesWhileATokenIsFetchedWaitsForIt) {
  boost::asio::io_context io;
  int got = 0;
  const auto one = [&]() -> boost::asio::awaitable<void> {
    auto token = co_await keeper.token(credentials, std::chrono::seconds(5), *this);
    got += token && token->reveal() == "t1";
  };
  for (int i = 0; i < 5; ++i) boost::asio::co_spawn(io, one(), boost::asio::detached);
  io.run();
  EXPECT_EQ(got, 5);
  EXPECT_EQ(sold, 1);
}

TEST_F(OneLoginKeeper, ATokenIsRevokedOnce) {
  (void)token();
  for (int twice = 0; twice < 2; ++twice) EXPECT_TRUE(test::run(keeper.revoke(credentials, std::chrono::seconds(5), *this)));
  EXPECT_THAT(said, ElementsAre("client_credentials", "https://o/auth/oauth2/revoke"));
}

TEST(OneLoginPool, HasAKeeperForEachPairOnEachContext) {
  boost::asio::io_context one, other;
  const auto keeper = [](boost::asio::io_context& context, const char* secret) {
    return test::run(context, keeper_of(Credentials{"https://o", "me", Secret(secret), "onelogin-v2"}));
  };
  EXPECT_EQ(keeper(one, "s"), keeper(one, "s"));
  EXPECT_NE(keeper(one, "s"), keeper(one, "t"));
  EXPECT_NE(keeper(one, "s"), keeper(other, "s"));
}

}  // namespace
}  // namespace rollcall::providers::onelogin
