#include "scim/query.hpp"

#include <algorithm>
#include <charconv>

#include "language/unicode.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

constexpr std::string_view search_urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

Answer<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned byte = 0;
    const char* const begin = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2)
      return refuse(ErrorType::invalid_value, "the query has a % that begins no escape; a percent sign is written %25");
    out += static_cast<char>(byte);
    i += 2;
  }
  if (!language::is_utf8(out)) return refuse(ErrorType::invalid_value, "the query is not valid UTF-8");
  return out;
}

// Whole numbers of any length: what is too large is as large as a number can be.
std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t out = 0;
  const bool negative = text.starts_with('-');
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) return negative ? INT64_MIN : INT64_MAX;
  return out;
}

// Some clients repeat the parameter instead of writing commas.
void list_more(std::vector<std::string>& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (std::string one = language::trim(text.substr(0, comma)); !one.empty()) out.push_back(std::move(one));
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
}

Answer<bool> descending(std::string_view order) {
  if (same_name(order, "ascending") || order.empty()) return false;
  if (same_name(order, "descending")) return true;
  return refuse(ErrorType::invalid_value, "sortOrder must be ascending or descending");
}

// RFC 9865 section 2.1: only unreserved characters of a URI; others cannot be one of ours.
Answer<std::string> cursor(std::string text) {
  const bool fine = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").find(c) != std::string_view::npos;
  });
  if (!fine) return refuse(ErrorType::invalid_cursor, "this cursor was not given out by this service; begin again with an empty one");
  return text;
}

// RFC 7644 section 3.4.2.4: below 1 is 1, a negative count is 0; a count above the maximum is the maximum.
void clamp(Query& query, const Paging& paging) {
  query.start_index = std::max<std::int64_t>(query.start_index, 1);
  query.count = std::clamp<std::int64_t>(query.count, 0, paging.max_count);
}

tl::unexpected<Failure> no_number(std::string_view name, bool with_cursor) {
  const bool count = with_cursor && same_name(name, "count");
  return refuse(count ? ErrorType::invalid_count : ErrorType::invalid_value, std::string(name) + " must be a whole number");
}

Answer<void> set(Query& query, const std::string& name, const std::string& value, bool with_cursor) {
  if (same_name(name, "filter")) {
    // To look at one of two would answer more than was asked for.
    if (query.filter) return refuse(ErrorType::invalid_filter, "filter stands twice; join the terms with `and` in one");
    query.filter = value;
  } else if (same_name(name, "sortBy")) {
    if (!value.empty()) query.sort_by = value;
  } else if (same_name(name, "sortOrder")) {
    ROLLCALL_TRY(query.descending, descending(value));
  } else if (same_name(name, "startIndex") || same_name(name, "count")) {
    const auto number = integer(value);
    if (!number) return no_number(name, with_cursor);
    (same_name(name, "count") ? query.count : query.start_index) = *number;
  } else if (same_name(name, "cursor")) {
    ROLLCALL_TRY(query.cursor, cursor(value));
  } else if (same_name(name, "attributes")) {
    list_more(query.attributes, value);
  } else if (same_name(name, "excludedAttributes")) {
    list_more(query.excluded, value);
  }
  return {};
}

// A member of a SearchRequest as the text that the query string would have: arrays of names with commas.
Answer<std::string> as_parameter(const std::string& name, const Value& value) {
  const bool list = same_name(name, "attributes") || same_name(name, "excludedAttributes");
  const bool number = same_name(name, "startIndex") || same_name(name, "count");
  if (const auto* text = value.as_string(); text && !number) return *text;
  if (const auto* whole = value.as_int(); whole && number) return std::to_string(*whole);
  const Array* const array = list ? value.as_array() : nullptr;
  if (!array) return refuse(ErrorType::invalid_value, name + (list ? " must be an array of strings" : number ? " must be a whole number" : " must be a string"));
  std::string out;
  for (const Value& each : *array) {
    if (!each.as_string()) return refuse(ErrorType::invalid_value, name + " must be an array of strings");
    out += *each.as_string() + ",";
  }
  return out;
}

Answer<void> check_search_schemas(const Value& urns) {
  if (const Array* array = urns.as_array())
    for (const Value& urn : *array)
      if (urn.as_string() && same_name(*urn.as_string(), search_urn)) return {};
  return refuse(ErrorType::invalid_syntax, "schemas must name " + std::string(search_urn));
}

}  // namespace

Answer<Parameters> parse_parameters(std::string_view query_string) {
  Parameters out;
  while (!query_string.empty()) {
    const std::size_t end = query_string.find('&');
    const std::string_view pair = query_string.substr(0, end);
    const std::size_t equal = pair.find('=');
    ROLLCALL_TRY(std::string name, decoded(pair.substr(0, equal)));
    ROLLCALL_TRY(std::string value, decoded(equal == pair.npos ? std::string_view() : pair.substr(equal + 1)));
    if (!name.empty()) out.emplace_back(std::move(name), std::move(value));
    query_string = end == query_string.npos ? std::string_view() : query_string.substr(end + 1);
  }
  return out;
}

Answer<Query> parse_query(const Parameters& parameters, const Paging& paging) {
  Query out;
  out.count = paging.default_count;
  const bool with_cursor = std::any_of(parameters.begin(), parameters.end(), [](const auto& p) { return same_name(p.first, "cursor"); });
  for (const auto& [name, value] : parameters) ROLLCALL_CHECK(set(out, name, value, with_cursor));
  clamp(out, paging);
  return out;
}

Answer<Query> parse_search(const Value& body, const Paging& paging) {
  const Object* const object = body.as_object();
  if (!object) return refuse(ErrorType::invalid_syntax, "a SearchRequest is a JSON object");
  Parameters parameters;
  const Value* schemas = nullptr;
  constexpr std::string_view known[] = {"attributes", "excludedAttributes", "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor"};
  for (const json::Member& member : *object) {
    if (same_name(member.first, "schemas")) schemas = &member.second;
    if (member.second.is_null() || std::none_of(std::begin(known), std::end(known), [&](auto name) { return same_name(name, member.first); })) continue;
    ROLLCALL_TRY(std::string value, as_parameter(member.first, member.second));
    parameters.emplace_back(member.first, std::move(value));
  }
  if (schemas) ROLLCALL_CHECK(check_search_schemas(*schemas));
  return parse_query(parameters, paging);
}

}  // namespace rollcall::scim
