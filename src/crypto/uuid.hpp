// Ids that sort by the time when they were given (RFC 9562 section 5.7, version 7), so that what comes later stands behind it in an index
// instead of somewhere within. Pure but for randomness; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace rollcall::crypto {

std::string ordered_uuid(std::int64_t milliseconds);   // since 1970

}  // namespace rollcall::crypto
