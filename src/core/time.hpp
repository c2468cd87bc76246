// RFC 3339 texts and instants (always UTC, whole seconds when written), and durations as the configuration writes them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rollcall/clock.hpp"

namespace rollcall::core {

std::string rfc3339(Instant at);                               // "2026-11-21T10:00:00Z"
std::optional<Instant> parse_rfc3339(std::string_view text);   // with offset and fraction
std::string duration_text(Duration duration);                  // "30d" "15m" "90s": the largest unit that divides it

}  // namespace rollcall::core
