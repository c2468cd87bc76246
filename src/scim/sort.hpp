// `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3): keys of resources and their order. A multi-valued attribute is represented by its
// primary value, else its first. What has no value is last when ascending and first when descending. Immutable; any thread.
#pragma once

#include <string_view>

#include "scim/error.hpp"
#include "scim/path.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {

class Sort {
 public:
  // invalidPath: no such attribute, one that is complex, or one that is never returned.
  static Answer<Sort> parse(std::string_view sort_by, bool descending, const ResourceType& type);

  Scalar key(const Value& resource) const;
  // Whether a stands before b. Equal keys are for the caller to settle, by the id.
  bool before(const Scalar& a, const Scalar& b) const;

 private:
  Path path_;
  bool descending_ = false;
};

}  // namespace rollcall::scim
