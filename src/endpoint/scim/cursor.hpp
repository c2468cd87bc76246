// Cursors of lists (RFC 9865): where the next page begins, sealed together with what was asked for, so that a cursor that was made up or
// belongs to another query is found out. Nothing is kept on the server. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "scim/error.hpp"

namespace rollcall::endpoint {

// `key` is the state's own, so that cursors survive a restart; `question` is the source and all that must be the same on every page.
std::string make_cursor(const std::string& key, const std::string& question, std::int64_t position);
scim::Answer<std::int64_t> read_cursor(const std::string& key, const std::string& question, const std::string& cursor);

}  // namespace rollcall::endpoint
