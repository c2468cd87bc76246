// PATCH (RFC 7644 section 3.5.2), complete, and as Entra ID, Okta, OneLogin, JumpCloud and SailPoint send it. A request is parsed once,
// then applied to a resource: all of it or nothing. For groups whose members are rows, see members.hpp. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scim/error.hpp"
#include "scim/limits.hpp"
#include "scim/path.hpp"
#include "scim/resource.hpp"

namespace rollcall::scim {

enum class PatchVerb { add, remove, replace };

struct PatchOperation {
  PatchVerb verb = PatchVerb::add;
  std::optional<ValuePath> path;
  std::optional<Value> value;  // also null, where the client sent null
  std::size_t index = 0;       // in the request, for errors
};

struct Patch {
  std::vector<PatchOperation> operations;
};

// invalidSyntax for what is no PatchOp; invalidPath and invalidFilter for its paths; noTarget for a remove without a path; invalidValue
// for an add or a replace without a value. `op` and the names of members compare without case.
Answer<Patch> parse_patch(const Value& body, const Limits& limits);

struct PatchOptions {
  // Some Entra ID tenants send Replace for `emails[type eq "work"].value` where there is no such value: then it is made, not refused.
  bool replace_creates = false;
};

struct Patched {
  Value resource;        // in the form of resource.hpp; `password`, if it was set, is in it: take() it out
  bool changed = false;  // false: neither version nor lastModified moves
};

// `stored` is in the form of resource.hpp, with id and meta if it has them.
Answer<Patched> apply(const Patch& patch, const ResourceType& type, const Value& stored, const Limits& limits = {}, const PatchOptions& options = {});

}  // namespace rollcall::scim
