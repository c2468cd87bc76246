// What is the same in every vendor's failures: the kind that a bare status means, the sentence that it begins with, whether a write is in
// doubt, and that no secret is shown. What a body says, and which codes decide, each vendor's own errors.hpp knows. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers {

// What an error has to know of the call that met it.
struct Call {
  std::string verb;                  // for Error::where
  bool writes = false;               // a lost effect is then in doubt
  std::vector<std::string> secrets;  // never shown, even where the vendor repeats them
};

// Of a status that is no success, where nothing else tells more. A 404 is `invalid`: only the vendor's own word proves somebody gone.
ErrorKind kind_of_status(int status);

// "Zitadel has it already (409)", "Zitadel answered with a redirect (302): check the provider's url".
std::string sentence(std::string_view what, int status, std::string_view advice = {});
// What a vendor says of a kind in words of its own.
struct Headline {
  ErrorKind kind;
  std::string_view what, advice = {};
};
// The vendor's own words for this kind, else those that all share.
std::string headline(std::string_view vendor, std::span<const Headline> own, ErrorKind kind, int status);

// The three ways to fail; `type` is for Error::where. An answer that is no success: `message` is the whole text.
Error failed(ErrorKind kind, std::string message, const HttpResponse& response, const Call& call, std::string_view type, Instant now);
// No answer at all: as the client says it, in doubt for a write only.
Error unanswered(Error reason, const Call& call, std::string_view type);
// A success whose body cannot be understood: `corrupt`, and in doubt for a write. `vendor` for people.
Error misunderstood(Error reason, const Call& call, std::string_view vendor, std::string_view type);

}  // namespace rollcall::providers
