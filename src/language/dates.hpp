// The spellings of time that directories and HR tools use, as instants. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/clock.hpp"

namespace rollcall::language {

enum class DateForm { filetime, generalized, days, rfc3339 };
const std::vector<std::string>& date_form_names();  // in the order of DateForm
std::optional<DateForm> date_form(std::string_view name);

// Nothing: it does not parse, or it says "never" (filetime 0 and 2^63-1, days below 0). A bare date is the end of that
// day, and a time without a zone is UTC: a leaver's date that is understood late is better than one that is not
// understood.
std::optional<Instant> parse_date(DateForm form, std::string_view text);

// RFC 3339 section 5.6, `T` and `Z` in either case; times without a zone and dates as above.
std::optional<Instant> parse_rfc3339(std::string_view text);
bool is_bare_date(std::string_view text);  // YYYY-MM-DD that exists

// "2026-11-21T10:00:00Z": whole seconds, UTC. Only for years 0 to 9999, which is all that parse_date() answers.
std::string rfc3339(Instant instant);

}  // namespace rollcall::language
