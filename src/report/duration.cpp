#include "report/duration.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace rollcall::report {
namespace {

using namespace std::chrono;

constexpr std::array<std::pair<milliseconds, const char*>, 4> units = {
    {{days{1}, "d"}, {hours{1}, "h"}, {minutes{1}, "m"}, {seconds{1}, "s"}}};

// Reads from the front; a step that does not fit ends in failure for good.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int sum = 0;
    for (std::size_t i = 0; i < digits; ++i) sum = sum * 10 + (next("0123456789") - '0');
    return sum;
  }
  char next(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_[0]) == allowed.npos) {
      ok_ = false;
      return allowed[0];
    }
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  bool sees(std::string_view letters) const { return !rest_.empty() && letters.find(rest_[0]) != letters.npos; }
  void refuse() { ok_ = false; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

milliseconds fraction(Reader& in) {
  if (!in.sees(".")) return milliseconds{0};
  in.next(".");
  int sum = in.number(1) * 100;
  for (int weight = 10; in.sees("0123456789"); weight /= 10) sum += in.number(1) * weight;
  return milliseconds{sum};
}

minutes offset(Reader& in) {
  const char sign = in.next("Zz+-");
  if (sign == 'Z' || sign == 'z') return minutes{0};
  const int hour = in.number(2);
  in.next(":");
  const int minute = in.number(2);
  if (hour > 23 || minute > 59) in.refuse();  // RFC 3339 section 5.6: time-hour, time-minute
  return (hours{hour} + minutes{minute}) * (sign == '-' ? -1 : 1);
}

}  // namespace

std::string duration_text(Duration duration) {
  if (duration == Duration{0}) return "0s";
  for (const auto& [unit, name] : units)
    if (duration % unit == Duration{0}) return std::to_string(duration / unit) + name;
  return std::to_string(duration.count()) + "ms";
}

std::string rough_duration(Duration duration) {
  duration = abs(duration);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto& [unit, name] = units[i];
    if (duration < unit) continue;
    std::string text = std::to_string(duration / unit) + name;
    if (i + 1 < units.size() && duration % unit >= units[i + 1].first)
      text += " " + std::to_string(duration % unit / units[i + 1].first) + units[i + 1].second;
    return text;
  }
  return "0s";
}

std::string rfc3339(Instant instant) {
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(instant - day)};
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return buffer;
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Reader in(text);
  const year y{in.number(4)};
  in.next("-");
  const month m{static_cast<unsigned>(in.number(2))};
  in.next("-");
  const day d{static_cast<unsigned>(in.number(2))};
  in.next("Tt ");
  const int h = in.number(2);
  in.next(":");
  const int min = in.number(2);
  in.next(":");
  const int s = in.number(2);
  const milliseconds part = fraction(in);
  const minutes ahead = offset(in);
  const year_month_day date{y, m, d};
  if (!in.done() || !date.ok() || h > 23 || min > 59 || s > 60) return std::nullopt;
  return Instant{sys_days{date}} + hours{h} + minutes{min} + seconds{s} + part - ahead;
}

}  // namespace rollcall::report
