// What an answer of a SCIM service that is no success means (RFC 7644 section 3.12). The status decides, then the scimType, never a
// text; and only an Error document of SCIM proves that somebody is not there, for a proxy has a page for 404 as well. Pure.
#pragma once

#include <string>
#include <vector>

#include "providers/errors.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers::scim {

using providers::Call;

// An answer's error as the service says it.
struct Said {
  bool scim = false;   // it is an Error document
  std::string type;    // scimType, "" when there is none
  std::string detail;  // safe to show
};
Said said_by(const HttpResponse& response, const std::vector<std::string>& secrets);

bool is_success(int status);
Error error_of(const HttpResponse& response, const Call& call, Instant now);
// A success whose body cannot be understood: `corrupt`, and in doubt for a write.
Error misunderstood(Error reason, const Call& call);
// Neither for want of the service nor of credentials: the content was refused.
bool is_refusal(ErrorKind kind);

}  // namespace rollcall::providers::scim
