// What LoginRadius says and hears: profiles of the identity API, invitations and role assignments of the organisations' API. Requests
// and answers of one object are spelt differently; answers are read without case. Pure; no thread rule.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::providers::loginradius {

inline constexpr std::string_view custom_prefix = "CustomFields.";

// The member of a profile that blocks: `IsActive` false, or `IsLoginLocked` true. Which one a tenant uses is a setting.
struct Block {
  std::string member = "IsActive";
  bool blocked = false;   // its value in a blocked account
};
Block block_by(std::string_view member);

const std::set<std::string>& fields();   // that a mapping may name, CustomFields.NAME aside
Fields canonical(Fields desired);        // trimmed

// An Account of a profile; an answer without Uid is corrupt. One that is marked as deleted is nobody: an empty id.
Result<Account> read_profile(std::string_view body, const Block& block);
// The profiles of {"Data":[...]}, deleted ones left out.
Result<std::vector<Account>> read_profiles(std::string_view body, const Block& block);
// Role ids of {"Data":[{"RoleId":...,"OrgId":...}]} that belong to this organisation, or say nothing of one.
Result<std::set<std::string>> read_role_ids(std::string_view body, std::string_view organization);
Result<InviteAnswer> read_invitation(std::string_view body, std::string_view organization);
// Whether {"Resent":true} or {"IsDeleted":true}.
Result<bool> read_flag(std::string_view body, std::string_view member);
// The name of the organisation in {"Data":[...]}, "" when it is not among them, and whether it is active.
struct Organization {
  bool found = false, active = true;
  std::string name;
};
Result<Organization> read_organization(std::string_view body, std::string_view id);

// For PUT .../account/{uid}?nullsupport=true; null: nothing for this call. The address has a call of its own. `invalid` names the field.
Result<json::Value> write_update(const Fields& changes);
std::string write_email(const std::string& address);
std::string write_block(const Block& block, bool blocked);
std::string write_roles(const std::set<std::string>& ids);
std::string write_invitation(const InviteRequest& request, const std::string& organization, const std::string& inviter);

// A template of a path: {uid} and {orgid} filled in, encoded.
std::string path_of(std::string path, std::string_view uid, std::string_view organization);

}  // namespace rollcall::providers::loginradius
