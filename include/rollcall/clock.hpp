// Time as rollcall stores and passes it: UTC, milliseconds. Decisions never read a clock; `now` is passed in.
#pragma once

#include <chrono>
#include <functional>

namespace rollcall {

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Duration>;  // stored as BIGINT milliseconds since 1970
using Clock = std::function<Instant()>;

inline Instant system_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

}  // namespace rollcall
