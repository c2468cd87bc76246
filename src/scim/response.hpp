// What answers are made of: lists, versions. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::scim {

inline constexpr std::string_view media_type = "application/scim+json";

struct Page {
  std::optional<std::int64_t> total;        // unknown only with a cursor (RFC 9865 section 2)
  std::optional<std::int64_t> start_index;  // pages by index
  std::optional<std::string> next_cursor, previous_cursor;
};

// A ListResponse (RFC 7644 section 3.4.2) around resources that are JSON already. `Resources` is there even when it is empty.
std::string list_response(const Page& page, const std::vector<std::string>& resources);
std::string list_response(const Page& page, const std::vector<std::string_view>& resources);

// RFC 9110 section 8.8.3; `version` is opaque and without quotes.
std::string etag(std::string_view version);
// Whether an If-Match or If-None-Match header names this version: `*`, or a list. Weak and strong compare alike: clients send back what
// they got (RFC 7644 section 3.14).
bool names_version(std::string_view header, std::string_view version);

// Whether a Content-Type is one that is read: application/scim+json or application/json, in UTF-8.
bool is_json_media_type(std::string_view content_type);

}  // namespace rollcall::scim
