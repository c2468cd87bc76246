// What a SCIM service says and hears: users, groups, lists, discovery (RFC 7643, RFC 7644, RFC 9865). Fields as places are in fields.hpp.
// Pure; no thread rule.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "providers/scim/fields.hpp"
#include "rollcall/http.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::providers::scim {

// What /ServiceProviderConfig says; the defaults stand where there is none.
struct Service {
  bool patch = true, filter = true;
  bool etag = true;        // false: what stands in the header ETag is a web server's own
  bool by_cursor = false;  // RFC 9865: pages by cursor are the service's own way, or its only one
  int page = 100;          // resources that are asked for at once
};
Result<Service> read_service(std::string_view body);
Result<Attributes> read_schemas(std::string_view body);

struct Listed {
  json::Array resources;
  std::optional<std::int64_t> total;
  std::string next_cursor;  // "" at the end, and where pages go by index
};
Result<Listed> read_list(std::string_view body);

// One resource and its version: the header ETag, else meta.version; "" where the service has none.
struct Document {
  json::Value resource;
  std::string version;
};
Result<Document> read_document(const HttpResponse& response);

// Account::roles are the ids of the groups that `groups` shows as the person's own; nothing where it shows none.
Result<Account> read_user(const json::Value& user, const std::set<std::string>& enforced, const Attributes& attributes);
struct Group {
  std::string id, name;
  std::set<std::string> users;  // members that are no groups
};
Result<Group> read_group(const json::Value& group);

// `invalid` names the field that is missing or cannot be.
Result<std::string> write_create(const Fields& fields, const Attributes& attributes);
Result<json::Value> changed(json::Value user, const Fields& changes, const Attributes& attributes);
// The operations that make `before` into changed(before, changes); multi-valued attributes go as a whole. Without `before` what stands
// there is not known: nothing when that cannot be said without knowing it.
Result<std::optional<json::Array>> operations(const Fields& changes, const Attributes& attributes, const json::Value* before = nullptr);
std::string write_patch(json::Array operations);
std::string write_replace(json::Value resource);  // PUT: without what only the service sets

using Membership = std::map<std::string, bool>;  // user id: member, or not
json::Array member_operations(const Membership& changes);
json::Value with_members(json::Value group, const Membership& changes);
Membership needed(const Membership& changes, const Group& now);

std::string equality(std::string_view path, std::string_view value);  // `path eq "value"`, ready for a query

}  // namespace rollcall::providers::scim
