// What a list or a search asks for (RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865), from a query string or a SearchRequest. Nothing is
// resolved against a schema yet. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scim/error.hpp"

namespace rollcall::scim {

struct Paging {
  std::int64_t default_count = 100, max_count = 200;
};

struct Query {
  std::optional<std::string> filter;
  std::optional<std::string> sort_by;
  bool descending = false;
  std::int64_t start_index = 1;  // never below 1
  std::int64_t count = 0;        // never below 0, never above the maximum; 0: only totalResults
  std::optional<std::string> cursor;  // empty: the first page
  std::vector<std::string> attributes, excluded;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Percent-decoded; `+` is a space. invalidValue for what is no valid escape or no UTF-8.
Answer<Parameters> parse_parameters(std::string_view query_string);

// Names compare without case; unknown ones are ignored; of a name that stands twice the last counts.
Answer<Query> parse_query(const Parameters& parameters, const Paging& paging);
Answer<Query> parse_search(const Value& body, const Paging& paging);

}  // namespace rollcall::scim
