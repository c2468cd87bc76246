#include <algorithm>

#include "sandbox/zitadel/emulator.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

using json::Value;

struct Query {
  std::string human_field, value;  // compared as a whole
  bool fold = false;
};

// Of the queries of zitadel.user.v2 these are served; one member each, all of them must hold.
Checked<std::optional<Query>> read_query(const Value& query, const std::string& organization, bool& nobody) {
  if (!query.as_object() || query.as_object()->size() != 1) return refuse(3, "", "queries: one member each");
  const auto& [name, what] = query.as_object()->front();
  if (name == "typeQuery") {
    nobody = nobody || what.text("type") != "TYPE_HUMAN";
    return std::nullopt;
  }
  if (name == "organizationIdQuery") {
    nobody = nobody || what.text("organizationId") != organization;
    return std::nullopt;
  }
  const bool user = name == "userNameQuery";
  if (!user && name != "emailQuery") return refuse(3, "", "unknown field \"" + name + "\"");
  const auto value = text_member(what, user ? "userName" : "emailAddress");
  if (!value) return tl::unexpected(value.error());
  const std::string method = what.text("method");
  if (method != "TEXT_QUERY_METHOD_EQUALS" && method != "TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE") return refuse(3, "", "method " + method + " is not rehearsed here");
  return Query{user ? "username" : "email", value->value_or(""), method.ends_with("IGNORE_CASE")};
}

bool holds(const Query& query, const Account& account) {
  const std::string* value = account.field(query.human_field);
  return value && (query.fold ? lower(*value) == lower(query.value) : *value == query.value);
}

std::size_t count_of(const Value* value, std::size_t fallback) {
  if (value && value->as_int()) return static_cast<std::size_t>(*value->as_int());
  return value && value->as_string() ? number<std::size_t>(*value->as_string()).value_or(fallback) : fallback;
}

}  // namespace

Zitadel::Reply Zitadel::search(const Asked& asked) {
  const auto body = read_body(asked.request, {"query", "sortingColumn", "queries"});
  if (!body) return tl::unexpected(body.error());
  const Value& page = member(*body, "query");
  const std::size_t offset = count_of(page.find("offset"), 0), limit = count_of(page.find("limit"), 100);
  if (limit > 1000) return refuse(3, "QUERY-4M0fs", "limit exceeds the maximum of 1000");
  std::vector<Query> queries;
  bool nobody = false;
  if (const json::Array* list = member(*body, "queries").as_array())
    for (const Value& item : *list) {
      auto query = read_query(item, options_.organization, nobody);
      if (!query) return tl::unexpected(query.error());
      if (*query) queries.push_back(std::move(**query));
    }
  json::Array result;
  std::size_t total = 0, shown = 0;
  for (const Account& account : all_seen(asked.now)) {
    if (nobody || !std::all_of(queries.begin(), queries.end(), [&](const Query& q) { return holds(q, account); })) continue;
    ++total;
    // An under-privileged caller: counted, and not shown.
    if (asked.distortion.hides(account.id) || shown++ < offset || result.size() >= std::min(limit, options_.page_size)) continue;
    result.push_back(user_value(account, options_.organization, asked.distortion.hide_fields));
  }
  Value answer;
  answer.set("details", list_details(static_cast<std::int64_t>(total), asked.now));
  if (const std::string column = body->text("sortingColumn"); !column.empty()) answer.set("sortingColumn", column);
  if (!result.empty()) answer.set("result", std::move(result));
  return answer;
}

}  // namespace rollcall::sandbox::zitadel
