// The small grammars of configuration values (contract section 2): durations, rates, brakes, shares, hours, zones. A
// reader answers the value, or a text for people that says what is expected. Pure but for known_zone, which looks at
// the host.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "rollcall/settings.hpp"

namespace rollcall::app {

template <class T>
using Parsed = tl::expected<T, std::string>;

Parsed<Duration> parse_duration(std::string_view text);        // 30s 5m 24h 30d
Parsed<std::int64_t> parse_size(std::string_view text);        // 64KiB 1MiB, bytes without a unit
Parsed<double> parse_share(std::string_view text);             // 10% -> 0.10
Parsed<Rate> parse_rate(std::string_view text);                // 4000/h
Parsed<Limit> parse_limit(std::string_view text);              // "100, 10%", either alone
Parsed<std::string> parse_quiet_hours(std::string_view text);  // 20:00-07:00
Parsed<std::string> parse_zone(std::string_view text);         // an IANA name that this host knows
Parsed<std::string> parse_name(std::string_view text);         // of a source or provider: [a-z0-9_-]
Parsed<std::string> parse_listen(std::string_view text);       // 127.0.0.1:9464, [::1]:9464
Parsed<std::string> parse_filter(std::string_view text);       // RFC 4515, as far as balance goes

// A URL of one of these schemes, without user information; a trailing slash is taken off. `clear` are the schemes of
// clear text, which are accepted to loopback addresses only.
Parsed<std::string> parse_url_of(std::string_view text, const std::vector<std::string>& schemes,
                                 const std::vector<std::string>& clear);

}  // namespace rollcall::app
