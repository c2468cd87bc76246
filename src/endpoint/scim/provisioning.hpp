// The truth about a pushed person at each provider, for the read-only Provisioning extension (contract section 6): what became of what the
// client asked for. Thread rule: the Context's.
#pragma once

#include "endpoint/scim/context.hpp"

namespace rollcall::endpoint {

// The extension's value; null where no provider has or shall have an account of this person.
scim::Answer<json::Value> provisioning_of(const Context& c, const store::ResourceRow& user);

}  // namespace rollcall::endpoint
