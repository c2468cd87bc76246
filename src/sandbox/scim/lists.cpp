// GET of all users or groups: filter, pages by index and by cursor.
#include <algorithm>

#include "sandbox/scim/emulator.hpp"
#include "scim/filter.hpp"
#include "scim/response.hpp"

namespace rollcall::sandbox::scim {
namespace {

using protocol::refuse;
using protocol::Value;

// A cursor is the number of resources before the page; "" is none.
protocol::Answer<std::size_t> position_of(const std::string& cursor) {
  if (cursor.empty()) return 0;
  const auto position = cursor.starts_with("at-") ? number<std::size_t>(std::string_view(cursor).substr(3)) : std::nullopt;
  if (!position) return refuse(protocol::ErrorType::invalid_cursor, "the cursor is none of ours");
  return *position;
}

}  // namespace

Scim::Reply Scim::list(const Asked& asked, const protocol::ResourceType& type) {
  ROLLCALL_TRY(const auto parameters, protocol::parse_parameters(asked.query));
  ROLLCALL_TRY(const auto query, protocol::parse_query(parameters, service(asked.base).paging));
  if (query.filter && options_.filter == Filtering::off) return refuse(501, "filters are not offered");
  ROLLCALL_TRY(const auto all, chosen(asked, type, query));
  return page(asked, query, all, protocol::Projection(type, query.attributes, query.excluded));
}

protocol::Answer<std::vector<Value>> Scim::chosen(const Asked& asked, const protocol::ResourceType& type, const protocol::Query& query) const {
  protocol::Filter filter;
  if (query.filter && options_.filter == Filtering::on) {
    ROLLCALL_TRY(filter, protocol::Filter::parse(*query.filter, type));
  }
  std::vector<Value> out;
  if (&type == &person_type()) {
    for (const auto& [id, account] : tenant_.accounts())
      if (Value user = user_value(asked, account); filter.matches(user)) out.push_back(std::move(user));
    return out;
  }
  const bool members = query.filter || protocol::Projection(type, query.attributes, query.excluded).shows("members");
  for (const auto& [id, name] : tenant_.roles())
    if (Value group = group_value(asked, id, members); filter.matches(group)) out.push_back(std::move(group));
  return out;
}

Scim::Reply Scim::page(const Asked& asked, const protocol::Query& query, const std::vector<Value>& all, const protocol::Projection& projection) const {
  const bool by_cursor = options_.by_cursor && (query.cursor || !options_.by_index);
  std::size_t begin = static_cast<std::size_t>(query.start_index) - 1;
  if (by_cursor) {
    ROLLCALL_TRY(begin, position_of(query.cursor.value_or("")));
  }
  begin = std::min(begin, all.size());
  const std::size_t end = std::min(all.size(), begin + static_cast<std::size_t>(query.count));
  std::vector<std::string> resources;
  for (std::size_t i = begin; i < end; ++i) {
    Value shown = projection.apply(all[i]);
    const bool person = asked.path[0] == "Users";
    if (person && asked.distortion.hides(*number<std::int64_t>(all[i].text("id")))) continue;  // counted and not shown
    for (const auto& field : asked.distortion.hide_fields) (void)protocol::take(shown, field);
    resources.push_back(json::write(shown));
  }
  protocol::Page page;
  page.total = static_cast<std::int64_t>(all.size());
  if (!by_cursor) page.start_index = query.start_index;
  if (by_cursor && end < all.size()) page.next_cursor = "at-" + std::to_string(end);
  HttpResponse response;
  response.headers.emplace_back("Content-Type", std::string(protocol::media_type));
  response.body = protocol::list_response(page, resources);
  return response;
}

}  // namespace rollcall::sandbox::scim
