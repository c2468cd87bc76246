// What OneLogin v3 says and hears: users and roles as XML, invitations as JSON. Sections are those of the vendor's v3
// pages, told in README.md beside this file. Pure; no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/provider.hpp"

namespace rollcall::providers::onelogin_v3 {

inline constexpr std::string_view custom_prefix = "custom_attribute_";

// Fields that a mapping may name, custom attributes aside: the element's name with _ for -.
const std::set<std::string>& fields();
const std::set<std::string>& listed_fields();  // what users.xml shows of each user
bool is_field(std::string_view name);
bool goes_with_create(std::string_view name);  // the others are for an update

AccountStatus status_of(std::string_view native);

struct UserList {
  AccountPage page;          // `next` is left to the caller
  std::int64_t highest = 0;  // the highest id on the page
  bool empty = true;         // the end of the listing
};
Result<UserList> read_users(std::string_view body);
Result<Account> read_user(std::string_view body);
Result<std::vector<Role>> read_roles(std::string_view body);
Result<std::string> read_invite_link(std::string_view body);  // the link is a secret; no error holds it

// `<user>` with these fields, "" clears, and with the whole list of roles where one is given. `invalid` names the field
// that v3 does not have, or whose text XML cannot carry.
Result<std::string> write_user(const Fields& fields,
                               const std::optional<std::set<std::string>>& role_ids = std::nullopt);
std::string write_invite(std::string_view api_key, std::string_view email, std::string_view personal_email);

}  // namespace rollcall::providers::onelogin_v3
