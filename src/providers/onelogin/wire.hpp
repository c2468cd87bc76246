// What OneLogin /1 and /2 say and hear, as JSON: /1 wraps everything in {"status","pagination","data"}, /2 says the same objects bare.
// Sections are those of the vendor's pages, told in README.md beside this file. Pure; no thread rule.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"
#include "rollcall/http.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::providers::onelogin {

enum class Api { v1, v2 };

inline constexpr std::string_view custom_prefix = "custom_attributes.";
inline constexpr std::string_view group_name = "group";                      // the group by its name; the user's own member is `group_id`
inline constexpr std::string_view clear_password = "password";                // as the vendor gets it
inline constexpr std::string_view salted_password = "password_using_salt";    // "SALT:HEX", HEX the SHA-256 of salt and password

const std::set<std::string>& fields(Api api);         // that a mapping may name, custom attributes aside
const std::set<std::string>& listed_fields(Api api);  // that a listing shows of each user

AccountStatus status_of(std::string_view native);

// ---- answers ----

struct UserDocument {
  Account account;
  bool signed_in = false;       // has been in at least once
};
Result<UserDocument> read_user(Api api, std::string_view body);
struct UserPage {
  AccountPage page;             // `next` is what the vendor's next page wants, "" at the end
  std::int64_t items = 0;       // on this page, unusable ones included
  std::int64_t total = 0;       // that the vendor counts on all pages; 0: it does not say
  bool shows_roles = true;      // false: a user of this page came without roles
};
Result<UserPage> read_users(Api api, const HttpResponse& response);
struct RolePage {
  std::vector<Role> roles;
  std::string next;
};
Result<RolePage> read_roles(Api api, const HttpResponse& response, const std::string& what = "roles");   // groups look the same
struct MemberPage {
  std::vector<std::string> users;
  std::string next;
};
Result<MemberPage> read_members(const HttpResponse& response);                 // of a role, /2
Result<std::set<std::string>> read_roles_of_user(std::string_view body);       // /1
Result<std::string> read_invite_link(std::string_view body);                   // a secret; no error holds it
// Whether one of these events shows that the person came: signed in, opened an app, or chose a password.
Result<bool> read_presence(std::string_view body, const std::string& user);
struct RateLimit {
  std::int64_t limit = 0, remaining = 0;
  std::chrono::seconds reset{0};
};
Result<RateLimit> read_rate_limit(std::string_view body);

// ---- requests ----

std::string user_query(LookupBy by, std::string_view value);   // "username=ada": a star or a mark of negation finds more, never less
bool is_named(const Account& account, LookupBy by, std::string_view value);
std::string listed_query();                                    // /2: the fields that a listing shall show

// The user's members, "" clears. `invalid` names the field that the vendor does not have or whose text it cannot take.
Result<json::Value> write_user(Api api, const Fields& fields);
std::string write_custom(const Fields& fields);                // /1: those of `fields` that are custom attributes
struct SaltedPassword {
  std::string salt, hex;
};
Result<SaltedPassword> read_salted(std::string_view value);
Result<std::string> write_password(std::string_view field, const std::string& value);  // /1
std::string write_state(std::string_view state);
std::string write_role_ids(const std::set<std::string>& ids);  // /1
std::string write_ids(const std::set<std::string>& ids);       // /2: a bare array
Result<void> check_role_ids(const std::set<std::string>& ids);
std::string write_invite(std::string_view email, std::string_view personal_email);

}  // namespace rollcall::providers::onelogin
