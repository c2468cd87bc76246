// The credentials of the service account: a personal access token, or a JSON key whose signed assertion buys access tokens (JWT
// profile, RFC 7523 section 2.1). What stands above Credentials is pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "providers/token.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::providers::zitadel {

struct ServiceKey {
  std::string id, user;
  Secret pem;
};
Result<ServiceKey> read_service_key(std::string_view json);  // the file that the vendor hands out; no error shows its content
// Signed RS256, good for an hour; the vendor takes one that is at most an hour old.
Result<std::string> assertion(const ServiceKey& key, const std::string& audience, Instant now);
std::string token_form(std::string_view assertion);

Result<AccessToken> read_token(std::string_view body, Instant now);

// Hands out the token, and gets a new one when it is due or was refused. Owned by the provider; thread rule: the provider's executor.
class Credentials {
 public:
  Credentials(Secret personal, Secret key_file, std::string url, std::string audience, std::chrono::milliseconds timeout,
              HttpClient& client, Clock clock = system_now);

  boost::asio::awaitable<Result<Secret>> token();
  // The vendor refused this token: another is worth a try only where we can get one.
  bool refuse(const Secret& token);

 private:
  boost::asio::awaitable<Result<AccessToken>> fetch();

  Secret personal_;
  std::optional<Result<ServiceKey>> key_;
  std::string url_, audience_;
  std::chrono::milliseconds timeout_;
  HttpClient& client_;
  Clock clock_;
  KeptToken kept_;
};

}  // namespace rollcall::providers::zitadel
