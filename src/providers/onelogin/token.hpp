// The access token of a pair of API credentials (OAuth 2.0 client credentials, RFC 6749 section 4.4). The vendor hands out one token to
// all who hold the pair until it ends, so one is kept for all: both types of one credential share it. What stands above TokenKeeper
// is pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>

#include "providers/token.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::providers::onelogin {

// Of `/auth/oauth2/v2/token`, and of the older endpoint, which wraps it. A token that was handed out before has what is left of its life;
// newer tenants give none to refresh it with.
Result<AccessToken> read_token(std::string_view body, Instant now);
std::string write_generate();
std::string write_refresh(const AccessToken& token);
std::string write_revoke(const Secret& token);

struct Credentials {
  std::string url;       // without a trailing slash
  std::string client_id;
  Secret client_secret;
  std::string type;      // for errors
};

// The token of one pair of credentials. Owned by the pool; thread rule: the executor of its context.
class TokenKeeper {
 public:
  explicit TokenKeeper(Clock clock = system_now) : clock_(clock), kept_(std::move(clock)) {}
  boost::asio::awaitable<Result<Secret>> token(const Credentials& credentials, std::chrono::milliseconds timeout, HttpClient& client);
  void refuse(const Secret& token) { kept_.refuse(token); }
  // Ends the token at the vendor, for everybody who holds it. Without one: nothing to do.
  boost::asio::awaitable<Result<void>> revoke(const Credentials& credentials, std::chrono::milliseconds timeout, HttpClient& client);

 private:
  boost::asio::awaitable<Result<AccessToken>> fetch(const Credentials& credentials, std::chrono::milliseconds timeout, HttpClient& client);

  Clock clock_;
  KeptToken kept_;
};

// The keepers of all credentials that are used on one I/O context, which owns it.
class TokenPool : public boost::asio::execution_context::service {
 public:
  using key_type = TokenPool;
  inline static boost::asio::execution_context::id id;
  explicit TokenPool(boost::asio::execution_context& context) : service(context) {}
  TokenKeeper& keeper(const Credentials& credentials);

 private:
  void shutdown() override {}
  std::map<std::string, TokenKeeper> keepers_;  // by a hash of url, id and secret
};
// The keeper on the context of the coroutine that asks.
boost::asio::awaitable<TokenKeeper*> keeper_of(const Credentials& credentials);

}  // namespace rollcall::providers::onelogin
