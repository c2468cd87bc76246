// What Zitadel says and hears about users: the REST form of zitadel.user.v2 (protojson: members with default values are left out,
// 64-bit numbers are strings). Roles are in grants.hpp, tokens in token.hpp. Pure; no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::providers::zitadel {

inline constexpr std::string_view metadata_prefix = "metadata.";
inline constexpr int search_limit = 1000;  // the vendor's largest page

const std::set<std::string>& fields();         // that a mapping may name, metadata aside
const std::set<std::string>& listed_fields();  // that a search shows of each user
AccountStatus status_of(std::string_view native);

// What the vendor would read back: trimmed, names cut at 200 characters, an international phone number without layout, the default
// of a display name.
Fields canonical(Fields desired);
// An id that Zitadel takes for this person: the key itself, or a hash of it where the key is too long or unprintable.
std::string own_id(std::string_view key);

struct UserSearch {
  AccountPage page;          // `next` is left to the caller
  std::int64_t total = 0;    // that the vendor counts, on all pages
  std::int64_t items = 0;    // on this page, unusable ones included
};
Result<UserSearch> read_users(std::string_view body);
struct UserDocument {
  Account account;
  std::string organization;
};
Result<UserDocument> read_user(std::string_view body);      // {"user":{...}}
Result<std::string> read_user_id(std::string_view body);    // of a create
Result<bool> read_authentication_methods(std::string_view body);  // whether there is one
Result<Fields> read_metadata(std::string_view body);        // as metadata.KEY; a value that is no text is left out
Result<InviteAnswer> read_invitation(std::string_view body, bool with_code);

// Humans of this organization ("" is whatever the caller sees), oldest first.
std::string write_search(std::int64_t offset, const std::string& organization, int limit = search_limit);
std::string write_search_by(LookupBy by, std::string_view value, const std::string& organization);
// `verified`: the address counts as verified; otherwise it is not, and the code for it comes back to us: nobody gets mail either way.
// `invalid` names the field that is missing, too long or cannot be.
Result<std::string> write_create(const Fields& fields, const std::string& organization, bool verified);
// Of fields that PUT /v2/users/human takes; a change of the profile needs both names. Null: nothing for this call.
Result<json::Value> write_update(const Fields& changes, bool verified);
std::string write_metadata(const Fields& changes);          // the metadata fields that have a value
// The landing page of the configuration as the vendor's template: {userId} {code} {orgId} become {{.UserID}} {{.Code}} {{.OrgID}}.
std::string url_template(std::string_view landing);
std::string write_invitation(bool send, std::string_view landing, std::string_view application_name);

}  // namespace rollcall::providers::zitadel
