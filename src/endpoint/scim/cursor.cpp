#include "endpoint/scim/cursor.hpp"

#include <charconv>

#include "crypto/hash.hpp"

namespace rollcall::endpoint {
namespace {

// The key on both sides of the hash, as an outer and an inner one: a cursor cannot be lengthened into another.
std::string seal(const std::string& key, const std::string& question, std::string_view position) {
  const std::string inner = crypto::sha256_hex(key + "\n" + std::string(position) + "\n" + question);
  return crypto::sha256_hex(key + "\n" + inner).substr(0, 32);
}

}  // namespace

std::string make_cursor(const std::string& key, const std::string& question, std::int64_t position) {
  const std::string text = std::to_string(position);
  return text + "-" + seal(key, question, text);
}

scim::Answer<std::int64_t> read_cursor(const std::string& key, const std::string& question, const std::string& cursor) {
  if (cursor.empty()) return 0;
  const std::string_view text = std::string_view(cursor).substr(0, cursor.find('-'));
  std::int64_t position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  const bool sound = error == std::errc() && end == text.data() + text.size() && text.size() < cursor.size() &&
                     crypto::equal_constant_time(cursor.substr(text.size() + 1), seal(key, question, text));
  if (!sound || position < 0)
    return scim::refuse(scim::ErrorType::invalid_cursor, "this cursor is not of this query; begin again with an empty one");
  return position;
}

}  // namespace rollcall::endpoint
