// Durations and instants as text: `30d` as configuration writes it, and RFC 3339 in UTC. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rollcall/clock.hpp"

namespace rollcall::report {

// The largest of d, h, m, s (and ms, for what is no whole second) that divides it: "30d", "15m", "90s", "0s".
std::string duration_text(Duration duration);

// How long ago or ahead in at most two units, rounded down: "3d 4h", "12m 5s", "0s". The sign is dropped.
std::string rough_duration(Duration duration);

// "2026-11-21T10:00:00Z": whole seconds, rounded down.
std::string rfc3339(Instant instant);

// Date, time, optional fraction (cut after milliseconds) and Z or a numeric offset (RFC 3339 section 5.6); a leap
// second is the second that follows it. Anything else, and dates that do not exist, are nullopt.
std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace rollcall::report
