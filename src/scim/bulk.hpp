// Bulk (RFC 7644 section 3.7): several operations in one request, which refer to each other's new resources by `bulkId:x`. Here is what
// can be decided before and between the operations; the endpoint carries them out. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scim/error.hpp"
#include "scim/limits.hpp"

namespace rollcall::scim {

struct BulkOperation {
  std::string method;  // POST PUT PATCH DELETE
  std::string bulk_id, version, path;
  Value data;
  std::optional<Failure> failure;  // wrong in itself: this is its answer, and the others go on
};

struct BulkRequest {
  std::optional<std::int64_t> fail_on_errors;  // stop after so many errors
  std::vector<BulkOperation> operations;
};

// 413 for too many operations; invalidSyntax for what is no BulkRequest.
Answer<BulkRequest> parse_bulk(const Value& body, const Limits& limits);

// The order in which to carry the operations out: as sent, but what is referred to first. In a circle one resource is created without
// the references that do not exist yet, and a step at the end of the circle adds them.
struct BulkStep {
  std::size_t operation = 0;
  std::set<std::string> without;  // the bulkIds that do not exist yet
  bool completes = false;         // the second visit: PATCH the resource with completion()
};
std::vector<BulkStep> plan_bulk(const BulkRequest& request);

using BulkIds = std::map<std::string, std::string>;  // bulkId -> id of the resource that was created for it

struct BulkCall {
  std::string path;
  Value data;
};
// Path and data with ids for references; values that refer to one of `without` are left out. 409: a reference to a resource that this
// request did not create.
Answer<BulkCall> resolve(const BulkOperation& operation, const BulkIds& ids, const std::set<std::string>& without = {});
// The PatchOp that adds what was left out. Without operations when nothing was.
Answer<Value> completion(const BulkOperation& operation, const BulkIds& ids, const std::set<std::string>& without);

struct BulkResult {
  std::string method, bulk_id, version, location;  // empty: not shown
  int status = 200;
  Value response;  // the Error document, or null
};
Value bulk_response(const std::vector<BulkResult>& results);

}  // namespace rollcall::scim
