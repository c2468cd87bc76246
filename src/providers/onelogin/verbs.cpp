#include "providers/onelogin/verbs.hpp"

#include <charconv>

#include "providers/http.hpp"

namespace rollcall::providers::onelogin {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const FoldLess less;
  return !less(a, b) && !less(b, a);
}

// "SEEN:QUERY" of our own cursors.
std::pair<std::int64_t, std::string> read_cursor(const std::string& cursor) {
  std::int64_t seen = 0;
  const auto colon = cursor.find(':');
  if (colon == cursor.npos) return {0, cursor};
  std::from_chars(cursor.data(), cursor.data() + colon, seen);
  return {seen, cursor.substr(colon + 1)};
}

}  // namespace

Error OneLogin::at(const std::string& verb, Error error) const {
  error.where = session_.type() + ": " + verb;
  return error;
}

std::string OneLogin::user_path(const std::string& id) const { return root() + "/users/" + percent_encoded(id); }
std::string OneLogin::user_path_v1(const std::string& id) { return "/api/1/users/" + percent_encoded(id); }

Answer<void> OneLogin::write(std::string verb, std::string method, std::string target, std::string body, std::string secret) {
  auto response = co_await session_.call(std::move(verb), true, std::move(method), std::move(target), std::move(body), std::move(secret));
  if (!response) co_return tl::unexpected(std::move(response).error());
  co_return Result<void>();
}

Answer<std::string> OneLogin::authenticate() {
  auto list = co_await roles();
  if (!list) co_return tl::unexpected(std::move(list).error());
  std::string line = "OneLogin accepts the client credentials and shows " + std::to_string(list->size()) + " roles";
  auto response = co_await session_.call("authenticate", false, "GET", "/auth/rate_limit");
  if (!response) co_return line;
  if (const auto limit = read_rate_limit(response->body))
    line += "; " + std::to_string(limit->remaining) + " of " + std::to_string(limit->limit) + " calls are left for " + std::to_string(limit->reset.count()) + " s";
  co_return line;
}

Answer<std::vector<Role>> OneLogin::roles() { return catalogue("roles", api_, root() + "/roles"); }

Answer<std::vector<Role>> OneLogin::catalogue(std::string verb, Api api, std::string path) {
  std::vector<Role> all;
  std::string query;
  do {
    std::string target = path;
    if (!query.empty()) target += "?" + query;
    auto response = co_await session_.call(verb, false, "GET", std::move(target));
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto page = read_roles(api, *response, verb);
    if (!page) co_return tl::unexpected(misunderstood(std::move(page).error(), reading(verb), session_.type()));
    if (!page->next.empty() && (page->next == query || page->roles.empty()))
      co_return fail(ErrorKind::corrupt, "OneLogin's list of " + verb + " does not go on", session_.type() + ": " + verb);
    all.insert(all.end(), page->roles.begin(), page->roles.end());
    query = page->next;
  } while (!query.empty());
  co_return all;
}

// ---- listing and looking up ----

Answer<AccountPage> OneLogin::list(std::string cursor) { return list_page("list", std::string(), std::move(cursor)); }

Answer<AccountPage> OneLogin::list_page(std::string verb, std::string filter, std::string cursor) {
  auto [seen, query] = read_cursor(cursor);
  if (cursor.empty()) members_.reset(), groups_current_ = false;
  std::string target = root() + "/users";
  const std::string asked = api_ == Api::v2 ? listed_query() : std::string();
  for (const auto& part : {asked, filter, query})
    if (!part.empty()) target += (target.find('?') == target.npos ? "?" : "&") + part;
  auto response = co_await session_.call(verb, false, "GET", std::move(target));
  if (!response) co_return tl::unexpected(std::move(response).error());
  auto users = read_users(api_, *response);
  if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading(verb), session_.type()));
  const std::string next = users->page.next;
  if (!next.empty() && (next == query || users->items == 0))  // else we would ask for ever
    co_return fail(ErrorKind::corrupt, "OneLogin's listing of users does not go on", session_.type() + ": " + verb);
  seen += users->items;
  if (next.empty() && users->total > seen)
    co_return fail(ErrorKind::corrupt, "OneLogin counts " + std::to_string(users->total) + " users and shows " + std::to_string(seen), session_.type() + ": " + verb);
  AccountPage page = std::move(users->page);
  auto known = co_await complete_roles(page, users->shows_roles);
  for (auto& account : page.accounts)
    if (known) known = co_await name_group(account);
  if (!known) co_return tl::unexpected(std::move(known).error());
  if (!next.empty()) page.next = std::to_string(seen) + ":" + next;
  co_return page;
}

Answer<void> OneLogin::complete_roles(AccountPage& page, bool shown) {
  if (shown) co_return Result<void>();
  if (!members_) {
    auto read = co_await read_members();
    if (!read) co_return read;
  }
  for (auto& account : page.accounts)
    if (!account.roles) account.roles = (*members_)[account.id];
  co_return Result<void>();
}

// A tenant whose listing keeps silent about roles: who holds each of them is asked, once a listing.
Answer<void> OneLogin::read_members() {
  auto all = co_await roles();
  if (!all) co_return tl::unexpected(std::move(all).error());
  std::map<std::string, std::set<std::string>> members;
  for (const Role& role : *all) {
    std::string query;
    do {
      std::string target = members_target(role.id);
      if (!query.empty()) target += "&" + query;
      auto response = co_await session_.call("list", false, "GET", std::move(target));
      if (!response) co_return tl::unexpected(std::move(response).error());
      auto page = members_in(*response);
      if (!page) co_return tl::unexpected(misunderstood(std::move(page).error(), reading("list"), session_.type()));
      if (!page->next.empty() && (page->next == query || page->users.empty()))
        co_return fail(ErrorKind::corrupt, "OneLogin's list of the users of role " + role.id + " does not go on", session_.type() + ": list");
      for (const auto& user : page->users) members[user].insert(role.id);
      query = page->next;
    } while (!query.empty());
  }
  members_ = std::move(members);
  co_return Result<void>();
}

Answer<std::set<std::string>> OneLogin::held_roles(std::string id) {
  auto response = co_await session_.call("find", false, "GET", user_path_v1(id) + "/roles");
  if (!response) co_return tl::unexpected(std::move(response).error());
  auto held = read_roles_of_user(response->body);
  if (!held) co_return tl::unexpected(misunderstood(std::move(held).error(), reading("find"), session_.type()));
  co_return std::move(*held);
}

Answer<std::optional<Account>> OneLogin::find(LookupBy by, std::string value) {
  if (value.empty()) co_return std::nullopt;
  Result<std::optional<Account>> found;
  if (by == LookupBy::id)
    found = co_await show(std::move(value));
  else
    found = co_await search(by, std::move(value));
  if (!found || !*found) co_return found;
  auto named = co_await name_group(**found);
  if (!named) co_return tl::unexpected(std::move(named).error());
  if ((*found)->roles) co_return found;
  auto held = co_await held_roles((*found)->id);
  if (!held) co_return tl::unexpected(std::move(held).error());
  (*found)->roles = std::move(*held);
  co_return found;
}

// The vendor may call a user activated whose password an administrator has set. What the person did is in the events.
Answer<std::optional<Account>> OneLogin::show(std::string id) {
  auto response = co_await session_.call("find", false, "GET", user_path(id));
  if (!response && response.error().kind == ErrorKind::not_found) co_return std::nullopt;
  if (!response) co_return tl::unexpected(std::move(response).error());
  auto user = read_user(api_, response->body);
  if (!user) co_return tl::unexpected(misunderstood(std::move(user).error(), reading("find"), session_.type()));
  Account account = std::move(user->account);
  if (account.id != id) co_return fail(ErrorKind::corrupt, "OneLogin was asked for user " + id + " and answered with " + account.id, session_.type() + ": find");
  if (user->signed_in) co_return std::move(account);
  const std::string query = "/api/1/events?user_id=" + percent_encoded(id) + "&event_type_id=5,8,11";
  auto events = co_await session_.call("find", false, "GET", query);
  if (!events && is_retryable(events.error().kind)) co_return tl::unexpected(std::move(events).error());
  if (!events) co_return std::move(account);            // a scope that shows none: the user's own dates must do
  auto came = read_presence(events->body, id);
  if (!came) co_return tl::unexpected(misunderstood(std::move(came).error(), reading("find"), session_.type()));
  account.accepted = *came;
  co_return std::move(account);
}

Answer<std::optional<Account>> OneLogin::search(LookupBy by, std::string value) {
  std::optional<Account> found;
  std::string query;
  do {
    std::string target = root() + "/users?" + user_query(by, value);
    if (api_ == Api::v2) target += "&" + listed_query();
    if (!query.empty()) target += "&" + query;
    auto response = co_await session_.call("find", false, "GET", std::move(target));
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto users = read_users(api_, *response);
    if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading("find"), session_.type()));
    if (!users->page.unusable.empty()) co_return fail(ErrorKind::corrupt, users->page.unusable[0].detail, session_.type() + ": find");
    if (!users->page.next.empty() && (users->page.next == query || users->items == 0))
      co_return fail(ErrorKind::corrupt, "OneLogin's search for a user does not go on", session_.type() + ": find");
    for (auto& account : users->page.accounts) {
      if (!is_named(account, by, value)) continue;
      if (found) co_return fail(ErrorKind::conflict, "users " + found->id + " and " + account.id + " of OneLogin have the same name", session_.type() + ": find");
      found = std::move(account);
    }
    query = users->page.next;
  } while (!query.empty());
  co_return found;
}

// ---- writing users ----

// The vendor's words for a name that is taken are not known for sure: whether it is can be looked up.
Answer<Error> OneLogin::refusal_of_create(Error error, Fields fields) {
  if (error.kind != ErrorKind::invalid) co_return error;
  for (const auto by : {LookupBy::user_name, LookupBy::email}) {
    const std::string& value = fields[by == LookupBy::email ? "email" : "username"];
    if (value.empty()) continue;
    auto other = co_await search(by, value);
    if (other && *other) error.kind = ErrorKind::already_exists;
  }
  co_return error;
}

Answer<Account> OneLogin::post_user(Fields fields, std::string secret) {
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
  for (const auto& needed : capabilities_.required_all)
    if (!fields.contains(needed)) co_return fail(ErrorKind::invalid, "OneLogin makes no user without " + needed, session_.type() + ": create");
  if (!fields.contains("username") && !fields.contains("email"))
    co_return fail(ErrorKind::invalid, "OneLogin makes no user without a username or an email", session_.type() + ": create");
  auto written = co_await with_group_id("create", fields);
  if (!written) co_return tl::unexpected(std::move(written).error());
  auto body = write_user(api_, *written);
  if (!body) co_return tl::unexpected(at("create", std::move(body).error()));
  auto response = co_await session_.call("create", true, "POST", root() + "/users", json::write(*body), std::move(secret));
  if (!response) {
    auto refusal = co_await refusal_of_create(std::move(response).error(), fields);
    co_return tl::unexpected(std::move(*refusal));
  }
  auto user = read_user(api_, response->body);
  const Call create{"create", true, {}};
  if (!user) co_return tl::unexpected(misunderstood(std::move(user).error(), create, session_.type()));
  Account made = std::move(user->account);
  made.accepted = false;
  if (!made.roles) made.roles.emplace();
  // An attribute that the answer does not show may have been passed over: it goes with the next update.
  for (const auto& [name, value] : fields)
    if (!name.starts_with(custom_prefix) && name != clear_password && name != salted_password) made.fields.emplace(name, value);
  co_return std::move(made);
}

Answer<void> OneLogin::put_user(std::string verb, std::string id, Fields changes, std::string secret) {
  auto written = co_await with_group_id(verb, std::move(changes));
  if (!written) co_return tl::unexpected(std::move(written).error());
  auto body = write_user(api_, *written);
  if (!body) co_return tl::unexpected(at(verb, std::move(body).error()));
  co_return co_await write(std::move(verb), "PUT", user_path(id), json::write(*body), std::move(secret));
}

Answer<void> OneLogin::suspend(std::string id) {
  Fields change;
  change["status"] = "2";
  auto done = co_await put_user("suspend", id, std::move(change));
  if (!done) co_return done;
  auto out = co_await write("suspend", "PUT", user_path_v1(id) + "/logout", std::string());
  if (out) co_return out;
  Error error = std::move(out).error();
  error.message = "the account is suspended, but its sessions go on: " + error.message;
  error.in_doubt = true;                                // so that the next look finds whose suspension it is
  co_return tl::unexpected(std::move(error));
}

Answer<void> OneLogin::reactivate(std::string id, std::string native_status) {
  const bool locked = native_status == "3";             // a status that only the lock itself gives back
  Fields change;
  change["status"] = native_status.empty() || locked ? "1" : native_status;
  auto done = co_await put_user("reactivate", id, std::move(change));
  if (!done || !locked) co_return done;
  co_return co_await write("reactivate", "PUT", user_path_v1(id) + "/lock_user", R"({"locked_until":0})");
}

Answer<void> OneLogin::remove(std::string id) {
  auto done = co_await write("remove", "DELETE", user_path(id), std::string());
  if (!done && done.error().kind == ErrorKind::not_found) co_return Result<void>();
  co_return done;
}

// ---- invitations ----

Answer<InviteAnswer> OneLogin::invite(InviteRequest request) {
  auto response = co_await session_.call("invite", true, "POST", "/api/1/invites/get_invite_link", write_invite(request.email, std::string()));
  if (!response) co_return tl::unexpected(std::move(response).error());
  auto link = read_invite_link(response->body);
  const Call call{"invite", true, {}};
  if (!link) co_return tl::unexpected(misunderstood(std::move(link).error(), call, session_.type()));
  InviteAnswer answer;
  answer.link = std::move(*link);
  co_return answer;
}

Answer<InviteAnswer> OneLogin::send_invitation(InviteRequest request) {
  const std::string elsewhere = same_name(request.to, request.email) ? std::string() : request.to;
  auto done = co_await write("send_invitation", "POST", "/api/1/invites/send_invite_link", write_invite(request.email, elsewhere));
  if (!done) co_return tl::unexpected(std::move(done).error());
  co_return InviteAnswer();
}

Answer<void> OneLogin::cancel_invitation(std::string) {
  co_return fail(ErrorKind::unsupported, "OneLogin cannot recall an invitation link", session_.type() + ": cancel_invitation");
}

// The token is everybody's who holds the credentials: it is ended only where the configuration asks for that.
Answer<void> OneLogin::close() {
  if (!revokes_) co_return Result<void>();
  co_return co_await session_.revoke();
}

}  // namespace rollcall::providers::onelogin
