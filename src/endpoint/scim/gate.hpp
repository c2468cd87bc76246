// Who asks (RFC 6750): the token decides the source; its networks, its end and its rate decide whether it may. Tokens are looked up for
// every request, so that a revoked one is refused at once. Thread rule: the endpoint's thread.
#pragma once

#include <map>
#include <string>

#include "rollcall/http.hpp"
#include "rollcall/settings.hpp"
#include "endpoint/scim/reading.hpp"
#include "scim/error.hpp"

namespace rollcall::endpoint {

// So many requests in every window of the unit, as evenly as they come (a token bucket).
class Allowance {
 public:
  explicit Allowance(const Rate& rate) : rate_(rate), left_(static_cast<double>(rate.count)) {}
  // 0: go on; else how long to wait.
  Duration take(Instant now);

 private:
  Rate rate_;
  double left_;
  Instant at_{};
};

class Gate {
 public:
  explicit Gate(const Rate& rate) : rate_(rate) {}

  struct Refusal {
    scim::Failure failure;
    std::string challenge;        // WWW-Authenticate; 401 only
    Duration retry_after{};       // 429 only
  };
  // The token's row, or why not.
  tl::expected<store::TokenRow, Refusal> admit(Reading& reading, const Headers& headers, const std::string& peer, Instant now);

 private:
  Rate rate_;
  std::map<std::string, Allowance> allowances_;   // by token id
};

}  // namespace rollcall::endpoint
