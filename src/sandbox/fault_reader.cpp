#include "sandbox/faults.hpp"

#include "sandbox/request.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace rollcall::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 11> kinds{{
    {"latency", FaultKind::latency},
    {"status", FaultKind::status},
    {"html-error", FaultKind::html_error},
    {"drop-before", FaultKind::drop_before},
    {"drop-after", FaultKind::drop_after},
    {"garbage", FaultKind::garbage},
    {"truncate", FaultKind::truncate},
    {"hang-before", FaultKind::hang_before},
    {"hang-after", FaultKind::hang_after},
    {"hide", FaultKind::hide},
    {"hang", FaultKind::hang_before},
}};

Error wrong(std::string message) { return {ErrorKind::invalid, std::move(message), "faults", std::nullopt, false}; }

Result<int> whole_number(const json::Value& value, std::string_view name, int least, int most) {
  const std::int64_t* n = value.as_int();
  if (n && *n >= least && *n <= most) return static_cast<int>(*n);
  return tl::unexpected(
      wrong(std::string(name) + ": expected a number from " + std::to_string(least) + " to " + std::to_string(most)));
}

Result<std::string> text(const json::Value& value, std::string_view name) {
  if (const std::string* s = value.as_string()) return *s;
  return tl::unexpected(wrong(std::string(name) + ": expected a string"));
}

Result<void> compile(Match& match) {
  try {
    match.compiled.assign(match.regex, std::regex::ECMAScript | std::regex::optimize);
    return {};
  } catch (const std::regex_error&) {
    return tl::unexpected(wrong("regex: \"" + match.regex + "\" is no regular expression"));
  }
}

Result<void> read_match_member(Match& match, const std::string& name, const json::Value& value) {
  constexpr int most = 1'000'000'000;
  if (name == "nth" || name == "every" || name == "times") {
    ROLLCALL_TRY(const int n, whole_number(value, name, 1, most));
    (name == "nth" ? match.nth : name == "every" ? match.every : match.times) = n;
    return {};
  }
  if (name != "method" && name != "path" && name != "regex" && name != "body")
    return tl::unexpected(
        wrong("match." + name + " is not known: method, path, regex, body, nth, every and times are"));
  ROLLCALL_TRY(const std::string s, text(value, name));
  (name == "method" ? match.method : name == "path" ? match.path : name == "regex" ? match.regex : match.body) = s;
  if (name == "regex") return compile(match);
  return {};
}

Result<void> read_match(Match& match, const json::Value& value) {
  const json::Object* object = value.as_object();
  if (!object) return tl::unexpected(wrong("match: expected an object"));
  for (const auto& [name, member] : *object) ROLLCALL_CHECK(read_match_member(match, name, member));
  // "The third request" is one request, "the third and every second from there" are many.
  if (value.find("nth") && !value.find("every") && !value.find("times")) match.times = 1;
  return {};
}

Result<void> read_headers(Headers& headers, const json::Value& value) {
  const json::Object* object = value.as_object();
  if (!object) return tl::unexpected(wrong("headers: expected an object"));
  for (const auto& [name, member] : *object) {
    ROLLCALL_TRY(std::string header, text(member, "headers." + name));
    if (header.find_first_of("\r\n") != std::string::npos)
      return tl::unexpected(wrong("headers." + name + ": a line break"));
    headers.emplace_back(name, std::move(header));
  }
  return {};
}

Result<void> read_hide_fields(Fault& fault, const json::Value& value) {
  const json::Array* array = value.as_array();
  if (!array) return tl::unexpected(wrong("fields: expected an array of strings"));
  for (const json::Value& item : *array) {
    ROLLCALL_TRY(std::string field, text(item, "fields"));
    fault.fields.insert(std::move(field));
  }
  return {};
}

Result<FaultKind> kind_of(std::string_view name) {
  for (const auto& [known, kind] : kinds)
    if (known == name) return kind;
  std::string list;
  for (const auto& [known, kind] : kinds) list += (list.empty() ? "" : ", ") + std::string(known);
  return tl::unexpected(wrong("kind \"" + std::string(name) + "\" is not known: " + list + " are"));
}

Result<void> read_member(Fault& fault, const std::string& name, const json::Value& value) {
  if (name == "match") return read_match(fault.match, value);
  if (name == "headers") return read_headers(fault.headers, value);
  if (name == "fields") return read_hide_fields(fault, value);
  if (name == "status") {
    ROLLCALL_TRY(fault.status, whole_number(value, name, 200, 599));
  } else if (name == "ms") {
    ROLLCALL_TRY(const int ms, whole_number(value, name, 0, 86'400'000));
    fault.delay = Duration(ms);
  } else if (name == "body") {
    ROLLCALL_TRY(fault.body, text(value, name));
  } else if (name == "effect") {
    if (!value.as_bool()) return tl::unexpected(wrong("effect: expected true or false"));
    fault.effect = *value.as_bool();
  } else if (name == "share") {
    fault.share = value.as_double() ? *value.as_double() : value.as_int() ? static_cast<double>(*value.as_int()) : -1;
    if (!(fault.share >= 0 && fault.share <= 1)) return tl::unexpected(wrong("share: expected a number from 0 to 1"));
  } else if (name != "kind" && name != "seen" && name != "fired") {
    return tl::unexpected(
        wrong(name + " is not known: match, kind, status, ms, headers, body, effect, share and fields are"));
  }
  return {};
}

Result<Fault> read_fault(const json::Value& value) {
  Fault fault;
  if (!value.as_object()) return tl::unexpected(wrong("expected an object with match and kind"));
  ROLLCALL_TRY(fault.kind, kind_of(value.text("kind")));
  fault.effect = fault.kind == FaultKind::garbage;  // success is what it pretends
  for (const auto& [name, member] : *value.as_object()) ROLLCALL_CHECK(read_member(fault, name, member));
  const bool hang = fault.kind == FaultKind::hang_before || fault.kind == FaultKind::hang_after;
  if (hang && fault.delay == Duration(0)) fault.delay = std::chrono::seconds(60);
  if (fault.kind == FaultKind::html_error && fault.status == 0) fault.status = 500;
  if (fault.kind == FaultKind::status && fault.status == 0)
    return tl::unexpected(wrong("status: which one is missing"));
  if (fault.kind == FaultKind::latency && fault.delay == Duration(0))
    return tl::unexpected(wrong("latency: ms is missing"));
  if (fault.kind == FaultKind::hide && fault.share == 0 && fault.fields.empty())
    return tl::unexpected(wrong("hide: share or fields is missing"));
  return fault;
}

std::vector<std::string_view> words(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(separators);
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

// The value behind KIND=: a status, a time, a share, or the fields to hide.
Result<void> set_argument(json::Value& fault, std::string_view kind, std::string_view argument) {
  if (kind == "status" || kind == "html-error") {
    const auto status = number<std::int64_t>(argument);
    fault.set("status", status ? json::Value(*status) : json::Value(argument));
  } else if (kind == "latency" || kind.substr(0, 4) == "hang") {
    ROLLCALL_TRY(const Duration delay, parse_duration(argument));
    fault.set("ms", static_cast<std::int64_t>(delay.count()));
  } else if (kind == "hide") {
    if (const auto share = number<double>(argument)) {
      fault.set("share", *share);
    } else {
      json::Array fields;
      for (std::string_view field : words(argument, ",")) fields.emplace_back(field);
      fault.set("fields", std::move(fields));
    }
  } else {
    return tl::unexpected(wrong(std::string(kind) + " takes no value"));
  }
  return {};
}

Result<void> read_pair(json::Value& fault, json::Value& match, json::Value& headers, std::string_view word) {
  const std::string name(word.substr(0, word.find('=')));
  const std::string_view value = word.substr(name.size() + 1);
  if (name == "nth" || name == "every" || name == "times") {
    const auto n = number<std::int64_t>(value);
    match.set(name, n ? json::Value(*n) : json::Value(value));
  } else if (name == "body" || name == "regex") {
    match.set(name, value);
  } else if (name == "effect") {
    fault.set(name, value == "true" ? json::Value(true) : value == "false" ? json::Value(false) : json::Value(value));
  } else if (name == "retry-after") {
    headers.set("Retry-After", value);
  } else if (name == "reset") {
    headers.set("X-RateLimit-Reset", value);
  } else {
    return tl::unexpected(
        wrong(name + "= is not known: nth, every, times, body, regex, effect, retry-after and reset are"));
  }
  return {};
}

bool is_method(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<json::Value> short_form(std::string_view text) {
  const std::vector<std::string_view> all = words(text, " \t\n");
  const std::string_view kind = all[0].substr(0, all[0].find('='));
  json::Value fault, match = json::Object(), headers = json::Object();
  fault.set("kind", kind);
  if (kind.size() < all[0].size()) ROLLCALL_CHECK(set_argument(fault, kind, all[0].substr(kind.size() + 1)));
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (is_method(all[i])) {
      match.set("method", all[i]);
    } else if (all[i].find('=') == std::string_view::npos) {
      match.set("path", all[i]);
    } else {
      ROLLCALL_CHECK(read_pair(fault, match, headers, all[i]));
    }
  }
  fault.set("match", std::move(match));
  if (!headers.as_object()->empty()) fault.set("headers", std::move(headers));
  return fault;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = number<std::int64_t>(text.substr(0, digits));
  for (const auto& [unit, factor] : units)
    if (count && unit == text.substr(digits) && *count <= 86'400'000 / factor) return Duration(*count * factor);
  return tl::unexpected(wrong("\"" + std::string(text) + "\" is no duration: 50ms, 2s, 5m, 1h, a day at most"));
}

Result<std::vector<Fault>> read_faults(const json::Value& value) {
  std::vector<Fault> faults;
  if (!value.as_array()) {
    ROLLCALL_TRY(Fault fault, read_fault(value));
    faults.push_back(std::move(fault));
    return faults;
  }
  for (const json::Value& item : *value.as_array()) {
    ROLLCALL_TRY(Fault fault, read_fault(item));
    faults.push_back(std::move(fault));
  }
  return faults;
}

Result<std::vector<Fault>> parse_faults(std::string_view text) {
  const std::size_t start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  if (start < text.size() && (text[start] == '[' || text[start] == '{')) {
    ROLLCALL_TRY(const json::Value value, json::parse(text, "faults"));
    return read_faults(value);
  }
  json::Array faults;
  for (std::string_view item : words(text, ";")) {
    if (words(item, " \t\r\n").empty()) continue;
    ROLLCALL_TRY(json::Value fault, short_form(item));
    faults.push_back(std::move(fault));
  }
  return read_faults(json::Value(std::move(faults)));
}

json::Value fault_value(const Fault& fault) {
  json::Value match = json::Object(), value;
  for (const auto& [name, text] : {std::pair("method", &fault.match.method), std::pair("path", &fault.match.path),
                                   std::pair("regex", &fault.match.regex), std::pair("body", &fault.match.body)})
    if (!text->empty()) match.set(name, *text);
  match.set("nth", fault.match.nth);
  match.set("every", fault.match.every);
  if (fault.match.times > 0) match.set("times", fault.match.times);
  for (const auto& [name, kind] : kinds)
    if (kind == fault.kind && name != "hang") value.set("kind", name);
  value.set("match", std::move(match));
  value.set("seen", fault.seen);
  value.set("fired", fault.fired);
  return value;
}

}  // namespace rollcall::sandbox
