// What every provider does with HTTP: paths, credentials, pauses, and texts of answers that are safe to show. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"

namespace rollcall::providers {

// One path segment or query value. Everything but A-Z a-z 0-9 - _ ~ is encoded: '.' too, which RFC 3986 would leave,
// for a name may be "..", or end as a format does (".xml").
std::string percent_encoded(std::string_view text);

std::string basic_authorization(std::string_view user, std::string_view password);  // RFC 7617, the header's value

// Retry-After in seconds or as an HTTP date (RFC 9110 section 10.2.3), else X-RateLimit-Reset in seconds or as a time
// since 1970. Dates are measured from the answer's own Date where it has one. Between nothing and a day.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, Instant now);

// The text of a body of any kind, for a message: mark-up, scripts and layout taken out, control characters and
// direction overrides escaped, cut at `limit` bytes.
std::string excerpt(std::string_view body, std::size_t limit = 300);
bool is_html(std::string_view body);

// Every secret, and whatever follows `token=`, as ***.
std::string redacted(std::string text, const std::vector<std::string>& secrets);

}  // namespace rollcall::providers
