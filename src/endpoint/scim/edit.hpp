// What a client changes: each function is one operation inside the caller's transaction, on the store's thread. The resource, the record
// that the engine reads, the members and who is to be looked at again are written together, so that nothing acknowledged is lost and
// nothing written is overlooked. A failure may leave a part written: the caller rolls back. Thread rule: the store's thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "endpoint/scim/context.hpp"
#include "scim/members.hpp"

namespace rollcall::endpoint {

struct Edited {
  store::ResourceRow row;
  bool changed = true;             // false: neither version nor lastModified moved
  bool dropped_password = false;   // it came with one that nobody takes
};

// The headers (RFC 9110 section 13.1), or a bulk operation's version; nothing: the last write wins (RFC 7644 section 3.14).
struct Conditions {
  std::string if_match, if_none_match;
};
scim::Answer<void> check_version(const store::ResourceRow& row, const Conditions& conditions);

scim::Answer<Edited> create_resource(const Context& c, RecordKind kind, const json::Value& body);
scim::Answer<Edited> replace_resource(const Context& c, RecordKind kind, const std::string& id, const json::Value& body, const Conditions& conditions);
scim::Answer<Edited> patch_resource(const Context& c, RecordKind kind, const std::string& id, const json::Value& body, const Conditions& conditions);
scim::Answer<void> delete_resource(const Context& c, RecordKind kind, const std::string& id, const Conditions& conditions);

// Members as a set: whether anything changed. The people concerned are to be looked at again.
scim::Answer<bool> change_members(const Context& c, std::int64_t group, const scim::MemberChange& change);
scim::Answer<void> leave_groups(const Context& c, const store::ResourceRow& member);

}  // namespace rollcall::endpoint
