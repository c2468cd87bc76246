// How much one request may ask for. Each answers with an error that names the limit. Values.
#pragma once

#include <cstddef>

#include "language/filter.hpp"

namespace rollcall::scim {

struct Limits {
  std::size_t depth = 32;              // of JSON; objects and arrays
  std::size_t patch_operations = 1000;  // in one PATCH
  std::size_t bulk_operations = 1000;   // in one bulk request
  std::size_t values = 200'000;         // of one multi-valued attribute
  language::FilterLimits filter;        // of `filter`, and of what stands in the brackets of a path
};

}  // namespace rollcall::scim
