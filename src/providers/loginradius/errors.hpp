// What an answer of LoginRadius that is no success means. Its ErrorCode decides, not the status: the identity family says 403 for
// "no such user", for a duplicate and for a bad key alike (README.md has the table). A body may also be HTML or nothing. Pure.
#pragma once

#include <string>
#include <vector>

#include "json/json.hpp"
#include "providers/errors.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers::loginradius {

using providers::Call;

// An answer's error as the vendor says it.
struct Said {
  int code = 0;         // ErrorCode; 0: no error document of LoginRadius
  std::string message;  // safe to show
};
Said said_by(const HttpResponse& response, const std::vector<std::string>& secrets);

// The codes that decide.
inline constexpr int user_unknown = 938, member_unknown = 8132;
inline constexpr int organization_unknown = 8118;
inline constexpr int invitation_unknown = 8169;
inline constexpr int already_member = 8170;
inline constexpr int role_held = 8130;

// Members are spelt differently by different pages (`orgId`, `OrgId`): the first whose name is the same without case. Null: none.
const json::Value* member(const json::Value& object, std::string_view name);
std::string text_of(const json::Value& object, std::string_view name);

bool is_success(int status);
Error error_of(const HttpResponse& response, const Call& call, Instant now);
// A success whose body cannot be understood: `corrupt`, and in doubt for a write.
Error misunderstood(Error reason, const Call& call);

}  // namespace rollcall::providers::loginradius
