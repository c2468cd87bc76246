#include "providers/scim/pages.hpp"

#include "providers/http.hpp"

namespace rollcall::providers::scim {

Walk::Walk(const Service& service, std::string endpoint, std::string query, std::string what)
    : endpoint_(std::move(endpoint)), query_(std::move(query)), what_(std::move(what)), count_(service.page), by_cursor_(service.by_cursor) {}

std::string Walk::target() const {
  std::string out = endpoint_ + "?";
  if (!query_.empty()) out += query_ + "&";
  if (by_cursor_) return out + "cursor=" + percent_encoded(cursor_) + "&count=" + std::to_string(count_);
  return out + "startIndex=" + std::to_string(position_ + 1) + "&count=" + std::to_string(count_);
}

std::vector<json::Value> Walk::take(Listed page) {
  std::vector<json::Value> fresh;
  const std::size_t items = page.resources.size();
  for (auto& resource : page.resources) {
    const json::Value* id = member(resource, "id");
    // One without an id is handed on, to be named as unusable.
    if (!id || !id->as_string() || seen_.insert(*id->as_string()).second) fresh.push_back(std::move(resource));
  }
  position_ += static_cast<std::int64_t>(items);
  if (page.total) total_ = page.total;
  turn(page, fresh.size());
  return fresh;
}

void Walk::turn(const Listed& page, std::size_t fresh) {
  // A service that has cursors only shows one without being asked (RFC 9865 section 2.4).
  if (!page.next_cursor.empty() && !behind_) by_cursor_ = true;
  if (!by_cursor_) return by_index(page, fresh);
  if (page.next_cursor.empty()) return end();
  if (page.next_cursor == cursor_) problem_ = "the SCIM service gives the same cursor again: the list of " + what_ + " does not end";
  ended_ = problem_.has_value();
  cursor_ = page.next_cursor;
}

void Walk::by_index(const Listed& page, std::size_t fresh) {
  if (!total_) {
    problem_ = "the SCIM service does not say how many " + what_ + " there are (totalResults)";
    ended_ = true;
    return;
  }
  if (behind_ || fresh == 0) return end();
  if (position_ < *total_) return;
  // Some count the page and call it the total: behind a full one there may be more.
  behind_ = static_cast<int>(page.resources.size()) >= count_;
  if (!behind_) end();
}

void Walk::end() {
  ended_ = true;
  const auto seen = static_cast<std::int64_t>(seen_.size());
  if (!total_ || *total_ == seen) return;
  problem_ = "the SCIM service counts " + std::to_string(*total_) + " " + what_ + " and shows " + std::to_string(seen) +
             ": the token may not see them all, or they are changing just now";
}

}  // namespace rollcall::providers::scim
