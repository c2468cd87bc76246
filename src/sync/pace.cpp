#include "sync/pace.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace rollcall::sync {
namespace {

// Minutes since midnight on the wall.
int wall_minutes(Instant at) {
  const std::time_t t = std::chrono::system_clock::to_time_t(at);
  std::tm tm{};
  localtime_r(&t, &tm);
  return tm.tm_hour * 60 + tm.tm_min;
}

struct Hours {
  int from = 0, to = 0;
  bool hold(int minute) const { return from <= to ? minute >= from && minute < to : minute >= from || minute < to; }
};

}  // namespace

Instant quiet_until(std::string_view hours, Instant now) {
  int h1 = 0, m1 = 0, h2 = 0, m2 = 0;
  if (std::sscanf(std::string(hours).c_str(), "%d:%d-%d:%d", &h1, &m1, &h2, &m2) != 4) return {};
  const Hours quiet{h1 * 60 + m1, h2 * 60 + m2};
  if (!quiet.hold(wall_minutes(now))) return {};
  // Minute by minute: the wall skips an hour in spring and shows one twice in autumn.
  Instant at = std::chrono::floor<std::chrono::minutes>(now);
  while (quiet.hold(wall_minutes(at)) && at < now + std::chrono::hours{26}) at += std::chrono::minutes{1};
  return at;
}

void Pace::remember(std::vector<Instant> sent) { sent_.assign(sent.begin(), sent.end()); }

bool Pace::full(Instant now) {
  if (!settings_.wave) return false;
  while (!sent_.empty() && sent_.front() <= now - settings_.wave->per) sent_.pop_front();
  return static_cast<std::int64_t>(sent_.size()) >= settings_.wave->count;
}

std::string Pace::wait_reason(Instant now) {
  if (quiet_until(settings_.quiet, now) != Instant{}) return "quiet hours (" + settings_.quiet + ")";
  return full(now) ? "the wave is full: " + std::to_string(settings_.wave->count) + " went out" : "";
}

Instant Pace::next(Instant now) {
  if (const Instant end = quiet_until(settings_.quiet, now); end != Instant{}) return end;
  return full(now) ? sent_[sent_.size() - static_cast<std::size_t>(settings_.wave->count)] + settings_.wave->per : now;
}

void Pace::claim(Instant now) {
  if (settings_.wave) sent_.insert(std::upper_bound(sent_.begin(), sent_.end(), now), now);
}

void Pace::give_back(Instant claimed) {
  if (auto it = std::find(sent_.begin(), sent_.end(), claimed); it != sent_.end()) sent_.erase(it);
}

}  // namespace rollcall::sync
