// One search to its very end: paged where the server lets us, entry by entry, without ever holding more than one. Also
// the reading of one entry whose values come in ranges. Free functions over one connection; one thread. RFC 4511
// section 4.5, RFC 2696 (paging), MS-ADTS 3.1.1.3.1.3.3 (ranges).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sources/entry.hpp"
#include "sources/ldap/connection.hpp"

namespace rollcall::sources {

struct SearchRequest {
  std::string base, scope, filter;
  int page_size = 0;  // 0: not paged
};

struct SearchEnd {
  std::string problem;  // empty: the answer is whole, over every page
  bool lost = false;    // the connection cannot be used any more
  std::int64_t entries = 0;
  std::int64_t references = 0;  // continuation references, which are not followed
};

// `ranged`: the entry holds only parts of some values and has to be read again by read_whole().
using OnEntry = std::function<void(const Entry& entry, bool ranged)>;

SearchEnd search(Connection& connection, const SearchRequest& request, Wanted& wanted, const OnEntry& on_entry);

// Every value of every wanted attribute of one entry, range after range; begun anew when the entry changes meanwhile.
Result<void> read_whole(Connection& connection, const std::string& dn, Wanted& wanted,
                        const std::function<void(const Entry&)>& use);

}  // namespace rollcall::sources
