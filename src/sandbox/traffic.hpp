// What the sandbox counts of its requests, and the limit that it keeps. Pure; owned by the Sandbox; one thread at a
// time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "json/json.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/result.hpp"

namespace rollcall::sandbox {

class Traffic {
 public:
  void begin(const std::string& pattern, Instant now);
  void answered(const std::string& pattern, int status);  // 0: closed without an answer
  void end() { --under_way_; }
  // Zero, but for what is under way.
  void reset();

  std::int64_t total() const { return total_; }
  std::int64_t count(const std::string& pattern) const;
  int most_at_once() const { return most_at_once_; }
  std::int64_t most_per_second() const { return most_per_second_; }  // in any second, not by the clock's
  json::Value value() const;

 private:
  struct Pattern {
    std::int64_t count = 0;
    std::map<int, std::int64_t> by_status;
  };
  std::map<std::string, Pattern> patterns_;
  std::map<int, std::int64_t> by_status_;
  std::deque<Instant> last_second_;
  std::int64_t total_ = 0, most_per_second_ = 0;
  int under_way_ = 0, most_at_once_ = 0;
};

// So many requests in each window, which begins with the first request after the last one: what over it comes is
// refused.
struct RateLimit {
  std::int64_t limit = 0;  // 0: none
  Duration period{1000};
  std::int64_t used = 0;
  Instant window{};

  // Nothing: the request may pass. Otherwise what is left of the window.
  std::optional<Duration> over(Instant now);
};
// "20/s", "600/m", "5000/h".
Result<RateLimit> parse_rate(std::string_view text);

}  // namespace rollcall::sandbox
