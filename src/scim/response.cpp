#include "scim/response.hpp"

#include "json/json.hpp"
#include "language/unicode.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <class Text>
std::string list_of(const Page& page, const std::vector<Text>& resources) {
  std::size_t size = 256;
  for (const Text& each : resources) size += each.size() + 1;
  std::string out;
  out.reserve(size);
  out += R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"])";
  if (page.total) out += ",\"totalResults\":" + std::to_string(*page.total);
  if (page.start_index) out += ",\"startIndex\":" + std::to_string(*page.start_index);
  out += ",\"itemsPerPage\":" + std::to_string(resources.size());
  if (page.previous_cursor) out += ",\"previousCursor\":" + json::quote(*page.previous_cursor);
  if (page.next_cursor) out += ",\"nextCursor\":" + json::quote(*page.next_cursor);
  out += ",\"Resources\":[";
  for (const Text& each : resources) {
    if (&each != &resources.front()) out += ',';
    out += each;
  }
  return out += "]}";
}

// The next of a list of entity tags, without W/ and quotes; the header moves on. A comma may stand in a tag.
std::string_view next_tag(std::string_view& header) {
  header = trimmed(header);
  while (header.starts_with(',')) header = trimmed(header.substr(1));
  if (header.starts_with("W/") || header.starts_with("w/")) header.remove_prefix(2);
  const bool quoted = header.starts_with('"');
  if (quoted) header.remove_prefix(1);
  const std::size_t end = std::min(header.find(quoted ? '"' : ','), header.size());
  const std::string_view out = quoted ? header.substr(0, end) : trimmed(header.substr(0, end));
  header.remove_prefix(std::min(end + 1, header.size()));
  return out;
}

}  // namespace

std::string list_response(const Page& page, const std::vector<std::string>& resources) { return list_of(page, resources); }
std::string list_response(const Page& page, const std::vector<std::string_view>& resources) { return list_of(page, resources); }

std::string etag(std::string_view version) { return "W/\"" + std::string(version) + "\""; }

bool names_version(std::string_view header, std::string_view version) {
  if (trimmed(header) == "*") return true;
  while (!trimmed(header).empty())
    if (const std::string_view tag = next_tag(header); !tag.empty() && tag == version) return true;
  return false;
}

bool is_json_media_type(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  const std::string_view type = trimmed(content_type.substr(0, semicolon));
  if (!same_name(type, media_type) && !same_name(type, "application/json")) return false;
  if (semicolon == content_type.npos) return true;
  const std::string rest = language::lower(content_type.substr(semicolon + 1));
  const std::size_t charset = rest.find("charset=");
  if (charset == rest.npos) return true;
  const std::string_view value = std::string_view(rest).substr(charset + 8);
  return value.starts_with("utf-8") || value.starts_with("\"utf-8\"") || value.starts_with("utf8");
}

}  // namespace rollcall::scim
