// What Zitadel says and hears about roles: a grant (later called an authorization) gives one user keys of one project's roles. Two
// forms: v1 is REST under /management/v1, v2 is Connect. Pure; no thread rule.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/account.hpp"
#include "rollcall/result.hpp"

namespace rollcall::providers::zitadel {

enum class RoleApi { v1, v2 };

struct Grant {
  std::string id, user;
  std::set<std::string> keys;
};
struct GrantSearch {
  std::vector<Grant> grants;
  std::int64_t total = 0;  // that the vendor counts, on all pages
};
struct RoleSearch {
  std::vector<Role> roles;  // id and name are the key (contract 4.4)
  std::int64_t total = 0, items = 0;
};
Result<GrantSearch> read_grants(RoleApi api, std::string_view body);
Result<RoleSearch> read_roles(RoleApi api, std::string_view body);
Result<std::string> read_grant_id(RoleApi api, std::string_view body);  // of a create

// What stands in a request beside method and headers.
struct Wanted {
  std::string method, target, body;
};
// `user` "" is everybody.
Wanted search_grants(RoleApi api, std::int64_t offset, const std::string& project, const std::string& user, const std::string& organization);
Wanted search_roles(RoleApi api, std::int64_t offset, const std::string& project);
Wanted create_grant(RoleApi api, const std::string& user, const std::string& project, const std::string& organization, const std::set<std::string>& keys);
Wanted replace_keys(RoleApi api, const Grant& grant, const std::set<std::string>& keys);
Wanted delete_grant(RoleApi api, const Grant& grant);

}  // namespace rollcall::providers::zitadel
