// Attribute paths (RFC 7644 section 3.10) and the paths of PATCH (figure 7), resolved against a schema. Names compare without case.
// A Path points into the constant data of its resource type. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "language/filter.hpp"
#include "scim/error.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

struct Path {
  const Attribute* extension = nullptr;  // the attribute that bears the extension's URN
  const Attribute* attribute = nullptr;  // null: the whole extension, or the whole resource (the core URN alone)
  const Attribute* sub = nullptr;

  bool whole() const { return !attribute; }
  const Attribute* leaf() const { return sub ? sub : attribute ? attribute : extension; }
  std::string text() const;  // as the schema spells it
  bool operator==(const Path&) const = default;
};

// Nothing: the type has no such attribute.
std::optional<Path> resolve(const ResourceType& type, std::string_view path);
// `name` or `name.sub` among the sub-attributes of `scope`; no URNs.
std::optional<Path> resolve_within(const Attribute& scope, std::string_view path);

// `attribute`, `attribute[filter]`, `attribute[filter].sub`: not yet resolved.
struct ValuePath {
  std::string path;
  std::optional<language::Filter> filter;
  std::string sub;   // behind the brackets
  std::string text;  // as the client wrote it
};
// Errors: invalidPath, and invalidFilter for what stands in the brackets.
Answer<ValuePath> parse_value_path(std::string_view text, const language::FilterLimits& limits);

}  // namespace rollcall::scim
