// Stored rows as the resources that clients see: id, meta, and what is computed - groups, members, the Provisioning extension - as far as
// the request needs it. Thread rule: the Context's.
#pragma once

#include <string>

#include "endpoint/scim/context.hpp"
#include "scim/filter.hpp"
#include "scim/projection.hpp"

namespace rollcall::endpoint {

// What to compute: all of it costs look-ups, and members may be many.
struct Wanted {
  bool groups = false, members = false, provisioning = false;
};
Wanted wanted_by(const scim::Projection& projection);
Wanted wanted_by(const scim::Filter& filter);

scim::Answer<json::Value> view(const Context& c, const store::ResourceRow& row, const Wanted& wanted);
scim::Answer<std::string> rendered(const Context& c, const store::ResourceRow& row, const scim::Projection& projection);
// The members alone, as the attribute's value; null for none.
scim::Answer<json::Value> members_value(const Context& c, std::int64_t group);

inline std::string version_of(const store::ResourceRow& row) { return std::to_string(row.version); }

}  // namespace rollcall::endpoint
