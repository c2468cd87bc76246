// What people give `test-mapping` to look at: a record as LDIF or JSON, a SCIM resource, or an identity as JSON.
// Values; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/identity.hpp"
#include "rollcall/record.hpp"
#include "rollcall/result.hpp"

namespace rollcall::app {

struct RecordInput {
  std::string dn;  // empty where none is given
  Attributes attributes;
};

// What begins with { is JSON, anything else is LDIF.
bool looks_like_json(std::string_view text);

// The first record of a file of content records (RFC 2849).
Result<RecordInput> read_ldif_record(std::string_view text);
// {"uid": "jdoe", "mail": ["a", "b"], "objectGUID": {"base64": "..."}}; `dn` is the DN; also {"dn": ..., "attributes":
// {...}}.
Result<RecordInput> read_json_record(const json::Value& value);
// {"userName": "jdoe", "active": true, "groups": ["sales"], ...}; a value may also be {"value": ...}, as `explain`
// writes it.
Result<Identity> read_identity(const json::Value& value);

}  // namespace rollcall::app
