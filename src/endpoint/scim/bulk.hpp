// A bulk request carried out (RFC 7644 section 3.7): every operation is a savepoint of one transaction, so that a failed one leaves the
// others, and all of them are durable by one commit. Thread rule: the store's thread.
#pragma once

#include <string>
#include <vector>

#include "endpoint/scim/context.hpp"
#include "scim/bulk.hpp"

namespace rollcall::endpoint {

struct BulkOutcome {
  std::vector<scim::BulkResult> results;   // in the order of the request; what was not begun is not here
  bool changed = false;
  bool dropped_password = false;
};
BulkOutcome carry_out(const Context& c, const scim::BulkRequest& request);

// `/Users/ID` and `/Groups`: the kind, and the id or "". Nothing: no resource stands there.
struct Target {
  RecordKind kind = RecordKind::person;
  std::string id;
};
std::optional<Target> target_of(std::string_view path);

}  // namespace rollcall::endpoint
