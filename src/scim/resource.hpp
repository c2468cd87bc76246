// Resources: what a client sent, checked against the schema and in the one form in which they are kept. Such a resource has `schemas`
// first, then id, externalId, the attributes in the schema's order, extensions under their URNs, `meta`. It is what the functions of
// this room take as `stored` and give back. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "rollcall/clock.hpp"
#include "scim/error.hpp"
#include "scim/limits.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

// A request's body: an object, not too deep, valid UTF-8, no name twice. Else invalidSyntax.
Answer<Value> parse_body(std::string_view text, const Limits& limits);

// POST (RFC 7644 section 3.3): readOnly attributes, `id` and `meta` among them, are ignored, and so is what the schema does not know.
Answer<Value> create(const ResourceType& type, const Value& body, const Limits& limits = {});
// PUT (section 3.5.1): what the body leaves out is cleared; readOnly attributes stay as stored; an immutable one must be equal.
Answer<Value> replace(const ResourceType& type, const Value& body, const Value& stored, const Limits& limits = {});

// Takes a top-level member out, null when it is not there: `password`, which is never stored readable; `members`, kept as rows.
Value take(Value& resource, std::string_view name);

struct Meta {
  std::string_view resource_type;  // "User"
  Instant created, last_modified;
  std::string location;  // the full URI
  std::string version;   // the opaque part of the ETag
};
// The endpoint's own members, set at their place.
void set_id(const ResourceType& type, Value& resource, std::string_view id);
void set_meta(const ResourceType& type, Value& resource, const Meta& meta);
// All of this at once, for a text in the form in which resources are stored: it is not taken apart. The same members, but that what was
// computed stands at the end. `computed`: names of attributes and URNs of extensions, with values. Nothing: the text has another form.
std::optional<std::string> spliced(std::string_view stored, std::string_view id, const json::Object& computed, const Meta& meta);
// What the endpoint computes, by its path: `groups`, the Provisioning extension (its URN), `members` from rows, the manager's displayName
// (only where there is a manager). Null takes it away. `schemas` follows.
void set_computed(const ResourceType& type, Value& resource, std::string_view path, Value value);

std::string timestamp(Instant at);  // RFC 3339, UTC, milliseconds

// For the files of this room: `schemas` from what is there (RFC 7643 section 3), and what must be there.
void derive_schemas(const ResourceType& type, Value& resource);
Answer<void> check_required(const ResourceType& type, const Value& resource);

}  // namespace rollcall::scim
