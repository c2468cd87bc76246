// Lists and searches (RFC 7644 section 3.4.2): candidates from an index where the filter allows one, every candidate tried with the filter,
// sorted, and the wanted page shown. A search that must look at everybody lets other requests in between. Thread rule: the endpoint's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "endpoint/scim/context.hpp"
#include "scim/query.hpp"

namespace rollcall::endpoint {

// The ListResponse. The Context outlives the search.
boost::asio::awaitable<scim::Answer<std::string>> search(const Context& c, scim::Query query, std::vector<RecordKind> kinds);

}  // namespace rollcall::endpoint
