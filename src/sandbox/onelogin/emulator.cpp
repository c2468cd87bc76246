#include "sandbox/onelogin/emulator.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"

namespace rollcall::sandbox::onelogin {
namespace {

using json::Value;

constexpr std::int64_t calls_an_hour = 5000;

// Segments that are names of things stand as {id} in a pattern.
bool is_id(const std::vector<std::string>& path, std::size_t i) {
  if (i < 2) return false;
  const std::string& before = path[i - 1];
  if (before == "set_password_clear_text" || before == "set_password_using_salt") return true;
  const bool list = i == 2 && (before == "users" || before == "roles" || before == "groups" || before == "events");
  return list && path[i] != "custom_attributes" && path[i] != "types" && !path[i].starts_with("set_password_");
}

}  // namespace

Asked::Asked(const HttpRequest& r, Instant n, const Distortion& d) : sandbox::Asked(r, n, d) {
  if (path[0] == "api") path.erase(path.begin());
  version = !path.empty() && path[0] == "2" ? 2 : 1;
}

std::string Asked::key() const {
  std::string out = request.method;
  for (std::size_t i = 0; i < path.size(); ++i) out += (i == 0 ? " " : "/") + (is_id(path, i) ? "{id}" : path[i]);
  return out;
}

std::string Asked::id() const {
  for (std::size_t i = 0; i < path.size(); ++i)
    if (is_id(path, i)) return path[i];
  return {};
}

const OneLogin::Table& OneLogin::table() const {
  static const Table table = [] {
    Table all;
    all.pages = {{"POST auth/oauth2/v2/token", &OneLogin::token}, {"POST auth/oauth2/token", &OneLogin::token},
                 {"POST auth/oauth2/revoke", &OneLogin::revoke}, {"GET password/reset", &OneLogin::accept}};
    all.calls = {
        {"GET auth/rate_limit", &OneLogin::rate_limit},
        {"GET 1/users/{id}/roles", &OneLogin::roles_of_user},
        {"PUT 1/users/{id}/add_roles", &OneLogin::add_roles},
        {"PUT 1/users/{id}/remove_roles", &OneLogin::remove_roles},
        {"PUT 1/users/{id}/set_state", &OneLogin::set_state},
        {"GET 1/users/custom_attributes", &OneLogin::custom_attributes},
        {"PUT 1/users/{id}/set_custom_attributes", &OneLogin::set_custom_attributes},
        {"PUT 1/users/set_password_clear_text/{id}", &OneLogin::set_clear},
        {"PUT 1/users/set_password_using_salt/{id}", &OneLogin::set_salted},
        {"PUT 1/users/{id}/lock_user", &OneLogin::lock},
        {"PUT 1/users/{id}/logout", &OneLogin::logout},
        {"GET 1/groups", &OneLogin::groups},
        {"GET 1/groups/{id}", &OneLogin::groups},
        {"GET 1/events", &OneLogin::events},
        {"GET 1/events/{id}", &OneLogin::event},
        {"GET 1/events/types", &OneLogin::event_types},
        {"POST 1/invites/get_invite_link", &OneLogin::get_invite_link},
        {"POST 1/invites/send_invite_link", &OneLogin::send_invite_link},
        {"GET 2/roles/{id}/users", &OneLogin::role_users},
        {"POST 2/roles/{id}/users", &OneLogin::add_role_users},
        {"DELETE 2/roles/{id}/users", &OneLogin::remove_role_users}};
    for (const std::string version : {"1", "2"})
      for (const auto& [key, handler] : {std::pair<std::string, Reply (OneLogin::*)(const Asked&)>{"GET */users", &OneLogin::list}, {"POST */users", &OneLogin::create},
                                         {"GET */users/{id}", &OneLogin::show}, {"PUT */users/{id}", &OneLogin::update},
                                         {"DELETE */users/{id}", &OneLogin::remove}, {"GET */roles", &OneLogin::roles}, {"GET */roles/{id}", &OneLogin::role}}) {
        std::string own = key;
        all.calls.emplace(own.replace(own.find('*'), 1, version), handler);
      }
    return all;
  }();
  return table;
}

// "bearer TOKEN", or "bearer:TOKEN" as older pages spell it.
Checked<void> OneLogin::admitted(const Asked& asked) const {
  if (asked.key() == "GET 1/events/types") return {};          // needs no token (page "Event Types")
  const std::string header(header_value(asked.request.headers, "Authorization"));
  const bool bearer = lower(header).starts_with("bearer") && header.size() > 7 && (header[6] == ' ' || header[6] == ':');
  if (!bearer) return asked.version == 2 ? refuse(401, "Unauthorized") : refuse(400, "Authorization Information is incorrect");
  const bool known = tokens_ && asked.now < tokens_->ends && crypto::equal_constant_time(header.substr(7), tokens_->access);
  if (!known) return refuse(401, asked.version == 2 ? "Unauthorized" : "Authentication Failure");
  if (asked.request.method != "GET" && asked.request.method != "DELETE" && media_type(asked.request) != "application/json")
    return refuse(400, "Content Type is not specified or specified incorrectly. Content-Type header must be set to application/json");
  return {};
}

Checked<Value> OneLogin::body_of(const Asked& asked) const {
  auto body = json::parse(asked.request.body);
  if (!body) return refuse(400, "Input JSON is not valid");
  return std::move(*body);
}

Checked<Account> OneLogin::user_of(const Asked& asked) const {
  const auto id = number<std::int64_t>(asked.id());
  const Account* found = id ? tenant_.find(*id) : nullptr;
  if (!found) return asked.version == 2 ? refuse(404, "The resource with the given id could not be found") : refuse(404, "User not found");
  return *found;
}

void OneLogin::count(Instant now) {
  if (now - window_ >= std::chrono::hours(1)) {
    window_ = now;
    used_ = 0;
  }
  ++used_;
}

void OneLogin::add_limit(HttpResponse& response, Instant now) const {
  const auto left = std::chrono::ceil<std::chrono::seconds>(window_ + std::chrono::hours(1) - now);
  response.headers.emplace_back("X-RateLimit-Limit", std::to_string(calls_an_hour));
  response.headers.emplace_back("X-RateLimit-Remaining", std::to_string(std::max<std::int64_t>(0, calls_an_hour - used_)));
  response.headers.emplace_back("X-RateLimit-Reset", std::to_string(left.count()));
}

HttpResponse OneLogin::handle(const HttpRequest& request, Instant now, const Distortion& distortion) {
  count(now);
  return Routed::handle(request, now, distortion);
}

HttpResponse OneLogin::error(int status, std::string_view text) const { return refusal(1, {status, std::string(text), {}}); }

HttpResponse OneLogin::html_error(int status) const { return html_document(status, "<h1>OneLogin</h1><p>We are sorry, something went wrong.</p>"); }

OneLogin::Reply OneLogin::page(const Asked& asked, const std::map<std::int64_t, Value>& items, std::size_t total) const {
  const bool v1 = asked.version == 1;
  const std::string cursor(asked.target.parameter(v1 ? "after_cursor" : "cursor"));
  const auto decoded = crypto::base64_decode(cursor);
  const auto after = decoded ? number<std::int64_t>(*decoded) : std::nullopt;
  if (!cursor.empty() && !after) return refuse(400, "cursor is incorrect");
  std::size_t limit = options_.page_size;
  if (const auto asked_for = number<std::size_t>(asked.target.parameter("limit")); asked_for && !v1) limit = std::min(limit, std::max<std::size_t>(*asked_for, 1));
  const std::size_t number_of_page = v1 ? 1 : std::max<std::size_t>(number<std::size_t>(asked.target.parameter("page")).value_or(1), 1);
  auto it = cursor.empty() ? items.begin() : items.upper_bound(*after);
  if (cursor.empty())
    for (std::size_t skip = (number_of_page - 1) * limit; skip > 0 && it != items.end(); --skip) ++it;
  json::Array shown;
  std::int64_t last = 0;
  for (; it != items.end() && shown.size() < limit; ++it) {
    shown.push_back(it->second);
    last = it->first;
  }
  const std::string next = it == items.end() ? "" : crypto::base64(std::to_string(last));
  if (v1) {
    Value pagination;
    pagination.set("before_cursor", nullptr);
    pagination.set("after_cursor", next.empty() ? Value(nullptr) : Value(next));
    pagination.set("previous_link", nullptr);
    pagination.set("next_link", next.empty() ? Value(nullptr) : Value("http://" + std::string(header_value(asked.request.headers, "Host")) + asked.target.path + "?after_cursor=" + next));
    return envelope(shown, pagination);
  }
  HttpResponse response = json_document(200, shown);
  const auto position = static_cast<std::size_t>(std::distance(items.begin(), it));
  response.headers.emplace_back("Current-Page", std::to_string(cursor.empty() ? number_of_page : (position + limit - 1) / limit));
  response.headers.emplace_back("Page-Items", std::to_string(shown.size()));
  response.headers.emplace_back("Total-Pages", std::to_string((items.size() + limit - 1) / limit));
  response.headers.emplace_back("Total-Count", std::to_string(total));
  if (options_.cursors) response.headers.emplace_back("After-Cursor", next);
  return response;
}

}  // namespace rollcall::sandbox::onelogin
