// When an invitation may go out: not in the quiet hours, which are by the clock on the wall of the schedule's zone (the process has
// taken that zone over), and no more than the wave holds. Thread rule: one thread.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::sync {

// The end of the quiet hours that `now` falls into ("20:00-07:00", also past midnight); 0: it falls into none.
Instant quiet_until(std::string_view hours, Instant now);

class Pace {
 public:
  explicit Pace(const InviteSettings& settings) : settings_(settings) {}

  bool has_wave() const { return settings_.wave.has_value(); }
  // What went out, or may have, since now - wave.per. In order.
  void remember(std::vector<Instant> sent);

  // Why nothing may go out now; "" when it may.
  std::string wait_reason(Instant now);
  // When something may go out: `now` itself, or later.
  Instant next(Instant now);
  void claim(Instant now);         // one goes out
  void give_back(Instant claimed); // it did not

 private:
  bool full(Instant now);

  const InviteSettings& settings_;
  std::deque<Instant> sent_;
};

}  // namespace rollcall::sync
