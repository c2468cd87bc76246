// What an answer of OneLogin /1 or /2 that is no success means. /1 has a status envelope, which may hide an error behind 200; /2 has
// {"statusCode","name","message"}; a body may also be HTML or nothing. The status decides, then the text. Pure.
#pragma once

#include <optional>
#include <string>

#include "json/json.hpp"
#include "providers/errors.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers::onelogin {

using providers::Call;

// `type` is "onelogin-v1" or "onelogin-v2", for Error::where.
Error error_of(const HttpResponse& response, const Call& call, std::string_view type, Instant now);
// Of an answer with a status of success: the error that its envelope holds, if it holds one.
std::optional<Error> hidden_error(const HttpResponse& response, const Call& call, std::string_view type, Instant now);
bool is_success(int status);
Error misunderstood(Error reason, const Call& call, std::string_view type);

// The vendor's words for a list of roles that the user has already (page "Assign Role to User"): what was wanted is so.
bool says_already_included(const Error& error);

}  // namespace rollcall::providers::onelogin
