#include "sync/quarantine.hpp"

#include <algorithm>

#include "sync/throttle.hpp"

namespace rollcall::sync {
namespace {

constexpr Duration first_wait = std::chrono::minutes{1}, longest_wait = std::chrono::hours{1};

Duration wait_after(std::int64_t strikes) {
  const Duration doubled = first_wait * (1L << std::min<std::int64_t>(strikes - 1, 10));
  return std::min(longest_wait, doubled);
}

}  // namespace

Result<void> note_health(store::State& state, const ProviderSeat& seat, Instant now) {
  if (!seat.throttle) return {};
  const auto& calls = *seat.throttle;
  return state.transaction([&]() -> Result<void> {
    ROLLCALL_TRY(auto row, state.provider(seat.rules.settings.name));
    if (!row) return {};
    // A listing that never came is the whole of a run's calls.
    const bool sick = calls.tripped() || (calls.given_up() > 0 && calls.answered() == 0);
    if (sick) {
      ++row->strikes;
      row->circuit = std::to_string(calls.given_up()) + " of " + std::to_string(calls.given_up() + calls.answered()) + " calls failed for good" +
                     (row->detail.empty() ? "" : ": " + row->detail);
      row->retry_at = now + wait_after(row->strikes);
    } else if (calls.answered() > 0 && !row->circuit.empty()) {
      row->strikes = 0;
      row->circuit.clear();
      row->retry_at = {};
    } else {
      return {};
    }
    return state.put_provider(*row);
  });
}

Result<Instant> quarantined_until(store::State& state, const std::string& provider, Instant now) {
  ROLLCALL_TRY(const auto row, state.provider(provider));
  return row && !row->circuit.empty() && now < row->retry_at ? row->retry_at : Instant{};
}

}  // namespace rollcall::sync
