#include "sandbox/traffic.hpp"

#include <algorithm>

#include "sandbox/request.hpp"

namespace rollcall::sandbox {

void Traffic::begin(const std::string& pattern, Instant now) {
  ++total_;
  ++patterns_[pattern].count;
  most_at_once_ = std::max(most_at_once_, ++under_way_);
  last_second_.push_back(now);
  while (now - last_second_.front() >= std::chrono::seconds(1)) last_second_.pop_front();
  most_per_second_ = std::max(most_per_second_, static_cast<std::int64_t>(last_second_.size()));
}

void Traffic::answered(const std::string& pattern, int status) {
  ++patterns_[pattern].by_status[status];
  ++by_status_[status];
}

void Traffic::reset() {
  const int under_way = under_way_;
  *this = Traffic();
  under_way_ = most_at_once_ = under_way;
}

std::int64_t Traffic::count(const std::string& pattern) const {
  const auto found = patterns_.find(pattern);
  return found == patterns_.end() ? 0 : found->second.count;
}

json::Value Traffic::value() const {
  const auto statuses = [](const std::map<int, std::int64_t>& counts) {
    json::Value value = json::Object();
    for (const auto& [status, count] : counts) value.set(status == 0 ? "dropped" : std::to_string(status), count);
    return value;
  };
  json::Value by_pattern = json::Object(), value;
  for (const auto& [name, pattern] : patterns_) {
    json::Value entry = statuses(pattern.by_status);
    entry.set("count", pattern.count);
    by_pattern.set(name, std::move(entry));
  }
  value.set("total", total_);
  value.set("by-pattern", std::move(by_pattern));
  value.set("by-status", statuses(by_status_));
  value.set("under-way", under_way_);
  value.set("most-at-once", most_at_once_);
  value.set("most-per-second", most_per_second_);
  return value;
}

std::optional<Duration> RateLimit::over(Instant now) {
  if (limit == 0) return std::nullopt;
  if (used == 0 || now - window >= period) {
    window = now;
    used = 0;
  }
  if (used < limit) {
    ++used;
    return std::nullopt;
  }
  return window + period - now;
}

Result<RateLimit> parse_rate(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto limit = number<std::int64_t>(text.substr(0, slash));
  const std::string_view unit = text.substr(slash);
  if (!limit || *limit < 1 || (unit != "/s" && unit != "/m" && unit != "/h"))
    return fail(ErrorKind::invalid, "\"" + std::string(text) + "\" is no rate: 20/s, 600/m, 5000/h");
  RateLimit rate;
  rate.limit = *limit;
  rate.period = unit == "/s" ? Duration(1000) : unit == "/m" ? Duration(60'000) : Duration(3'600'000);
  return rate;
}

}  // namespace rollcall::sandbox
