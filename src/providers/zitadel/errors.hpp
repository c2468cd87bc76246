// What an answer of Zitadel that is no success means. The gRPC code and the error's id decide, never a text: texts follow
// Accept-Language. REST says the code as a number, Connect as a word; a body may also be HTML or nothing. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/errors.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers::zitadel {

using providers::Call;

// An answer's error as the vendor says it.
struct Said {
  int code = 0;         // google.rpc.Code; 0: no error document of Zitadel
  std::string id;       // "COMMAND-7yiox1isql"; "" when there is none
  std::string message;  // safe to show
};
Said said_by(const HttpResponse& response, const std::vector<std::string>& secrets);

// The ids that decide (README.md has the table).
inline constexpr std::string_view id_taken = "COMMAND-7yiox1isql";         // the user's own id is in use
inline constexpr std::string_view already_inactive = "COMMAND-5gunjw0cd7";
inline constexpr std::string_view not_deactivatable = "COMMAND-gvx4kct9r2";  // initial: lock it first
inline constexpr std::string_view not_inactive = "COMMAND-s5qqcz97hf";
inline constexpr std::string_view not_lockable = "COMMAND-lgws8wtsqf";
inline constexpr std::string_view can_sign_in = "COMMAND-EF34g";           // no invitation for who has a credential
inline constexpr std::string_view invitee_unknown = "COMMAND-Wgvn4";
inline constexpr std::string_view grantee_unknown = "COMMAND-4f8sg";
inline constexpr std::string_view grant_unchanged = "COMMAND-Rs8fy";

bool is_success(int status);
Error error_of(const HttpResponse& response, const Call& call, Instant now);
// A success whose body cannot be understood: `corrupt`, and in doubt for a write.
Error misunderstood(Error reason, const Call& call);

}  // namespace rollcall::providers::zitadel
