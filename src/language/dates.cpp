#include "language/dates.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace rollcall::language {
namespace {

using std::chrono::hours, std::chrono::minutes, std::chrono::seconds, std::chrono::milliseconds;
using Day = std::chrono::sys_days;

// Takes digits and signs from the front; every function says whether it could.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  bool number(int digits, int& out) {
    if (static_cast<int>(rest_.size()) < digits || !all_digits(rest_.substr(0, digits))) return false;
    std::from_chars(rest_.data(), rest_.data() + digits, out);
    rest_.remove_prefix(digits);
    return true;
  }
  bool one_of(std::string_view chars, char* taken = nullptr) {
    if (rest_.empty() || chars.find(rest_.front()) == std::string_view::npos) return false;
    if (taken) *taken = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  bool digit_next() const { return !rest_.empty() && all_digits(rest_.substr(0, 1)); }
  // Digits behind a decimal sign, as a part of `unit`, to the millisecond.
  milliseconds fraction(milliseconds unit) {
    double part = 0, scale = 0.1;
    for (; digit_next(); rest_.remove_prefix(1), scale /= 10) part += (rest_.front() - '0') * scale;
    return milliseconds(static_cast<std::int64_t>(part * static_cast<double>(unit.count()) + 1e-6));
  }
  bool done() const { return rest_.empty(); }

 private:
  static bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  std::string_view rest_;
};

std::optional<Day> day_of(int year, int month, int day) {
  const auto date = std::chrono::year(year) / month / day;
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

constexpr milliseconds end_of_day = hours(24) - seconds(1);

std::optional<Instant> in_range(Instant instant) {
  static const Instant first = Day(std::chrono::year(0) / 1 / 1), past = Day(std::chrono::year(10000) / 1 / 1);
  if (instant < first || instant >= past) return std::nullopt;
  return instant;
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Z, +HH, +HHMM or, for RFC 3339, +HH:MM; nothing is UTC. False: something else stands there.
bool zone(Reader& in, bool colon, minutes& offset) {
  if (in.done()) return true;
  if (in.one_of("Zz")) return in.done();
  char sign = '+';
  int h = 0, m = 0;
  if (!in.one_of("+-", &sign) || !in.number(2, h)) return false;
  if (colon ? !in.one_of(":") || !in.number(2, m) : in.digit_next() && !in.number(2, m)) return false;
  if (h > 23 || m > 59) return false;
  offset = (hours(h) + minutes(m)) * (sign == '-' ? -1 : 1);
  return in.done();
}

// 100 ns since 1601-01-01 (MS-ADTS: accountExpires).
std::optional<Instant> from_filetime(std::string_view text) {
  const auto ticks = integer(text);
  if (!ticks || *ticks <= 0 || *ticks == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return in_range(Instant(milliseconds(*ticks / 10'000 - 11'644'473'600'000)));
}

// shadowExpire: days since 1970-01-01; -1 is never.
std::optional<Instant> from_days(std::string_view text) {
  const auto days = integer(text);
  if (!days || *days < 0 || *days > 4'000'000) return std::nullopt;
  return in_range(Day(std::chrono::days(*days)) + end_of_day);
}

// RFC 4517 section 3.3.13: minutes and seconds may be left out, and a fraction is one of the last part that is there.
std::optional<Instant> from_generalized(std::string_view text) {
  Reader in(text);
  int year = 0, month = 0, day = 0, h = 0, m = 0, s = 0;
  if (!in.number(4, year) || !in.number(2, month) || !in.number(2, day)) return std::nullopt;
  const auto date = day_of(year, month, day);
  if (!date) return std::nullopt;
  if (in.done()) return in_range(*date + end_of_day);
  milliseconds unit = hours(1);
  if (!in.number(2, h)) return std::nullopt;
  if (in.digit_next()) {
    if (!in.number(2, m)) return std::nullopt;
    unit = minutes(1);
    if (in.digit_next()) {
      if (!in.number(2, s)) return std::nullopt;
      unit = seconds(1);
    }
  }
  milliseconds part{0};
  if (in.one_of(".,")) {
    if (!in.digit_next()) return std::nullopt;
    part = in.fraction(unit);
  }
  minutes offset{0};
  if (h > 23 || m > 59 || s > 60 || !zone(in, false, offset)) return std::nullopt;
  return in_range(*date + hours(h) + minutes(m) + seconds(s) + part - offset);
}

// printf takes ten times as long, and two of them stand in every SCIM resource.
std::string padded(std::int64_t number, std::size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width ? digits.insert(0, width - digits.size(), '0') : digits;
}

}  // namespace

const std::vector<std::string>& date_form_names() {
  static const std::vector<std::string> names = {"filetime", "generalized", "days", "rfc3339"};
  return names;
}

std::optional<DateForm> date_form(std::string_view name) {
  const auto& names = date_form_names();
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<DateForm>(it - names.begin());
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Reader in(text);
  int year = 0, month = 0, day = 0, h = 0, m = 0, s = 0;
  if (!in.number(4, year) || !in.one_of("-") || !in.number(2, month) || !in.one_of("-") || !in.number(2, day))
    return std::nullopt;
  const auto date = day_of(year, month, day);
  if (!date) return std::nullopt;
  if (in.done()) return in_range(*date + end_of_day);
  if (!in.one_of("Tt ") || !in.number(2, h) || !in.one_of(":") || !in.number(2, m) || !in.one_of(":") ||
      !in.number(2, s))
    return std::nullopt;
  milliseconds part{0};
  if (in.one_of(".")) {
    if (!in.digit_next()) return std::nullopt;
    part = in.fraction(seconds(1));
  }
  minutes offset{0};
  if (h > 23 || m > 59 || s > 60 || !zone(in, true, offset)) return std::nullopt;  // :60 is a leap second
  return in_range(*date + hours(h) + minutes(m) + seconds(s) + part - offset);
}

bool is_bare_date(std::string_view text) { return text.size() == 10 && parse_rfc3339(text).has_value(); }

std::optional<Instant> parse_date(DateForm form, std::string_view text) {
  switch (form) {
    case DateForm::filetime:
      return from_filetime(text);
    case DateForm::generalized:
      return from_generalized(text);
    case DateForm::days:
      return from_days(text);
    case DateForm::rfc3339:
      return parse_rfc3339(text);
  }
  return std::nullopt;
}

std::string rfc3339(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<seconds>(instant - day));
  std::string out = padded(static_cast<int>(date.year()), 4);
  out.append("-").append(padded(static_cast<unsigned>(date.month()), 2)).append("-").append(padded(static_cast<unsigned>(date.day()), 2));
  out.append("T").append(padded(time.hours().count(), 2)).append(":").append(padded(time.minutes().count(), 2));
  return out.append(":").append(padded(time.seconds().count(), 2)).append("Z");
}

}  // namespace rollcall::language
