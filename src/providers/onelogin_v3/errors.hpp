// What an answer of OneLogin v3 that is no success means. There is no code in the XML errors: the HTTP status decides,
// then the title, then the beginning of the message; a body may also be HTML, JSON or nothing. Pure.
#pragma once

#include <string>
#include <vector>

#include "providers/errors.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers::onelogin_v3 {

using providers::Call;

bool is_success(const std::string& method, int status);
Error error_of(const HttpResponse& response, const Call& call, Instant now);
// The JSON calls answer 200 with an error inside, too: nullopt when the body is a success or no envelope.
std::optional<Error> envelope_error(const HttpResponse& response, const Call& call, Instant now);
// A success whose body cannot be understood: `corrupt`, and in doubt for a write.
Error misunderstood(Error reason, const Call& call);

}  // namespace rollcall::providers::onelogin_v3
