#include "providers/zitadel/provider.hpp"

#include <charconv>
#include <cstdlib>

#include "providers/http.hpp"
#include "providers/zitadel/roles.hpp"
#include "providers/zitadel/wire.hpp"

namespace rollcall::providers::zitadel {
namespace {

template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

// What a run of list() has seen: the vendor's pages go by offset, and a moving set shows some twice and others never.
struct Listing {
  std::int64_t number = 0;
  std::set<std::string> seen;
};

std::string user_path(const std::string& id) { return "/v2/users/" + percent_encoded(id); }

Error short_listing(std::int64_t total, std::size_t seen) {
  return {ErrorKind::forbidden,
          "Zitadel counts " + std::to_string(total) + " users and shows " + std::to_string(seen) +
              ": the service account may not see them all (it needs ORG_USER_MANAGER), or they are changing just now",
          "zitadel: list", std::nullopt, false};
}

class Zitadel final : public Provider {
 public:
  Zitadel(Session session, std::string project, bool verified)
      : session_(std::move(session)), roles_(session_, std::move(project)), verified_(verified), capabilities_(zitadel::capabilities()) {
    capabilities_.shows_roles = roles_.configured();
  }

  const Capabilities& capabilities() const override { return capabilities_; }
  Fields canonical(Fields desired) const override { return zitadel::canonical(std::move(desired)); }

  Answer<std::string> authenticate() override {
    auto reply = co_await session_.call("authenticate", false, "POST", "/v2/users", write_search(0, session_.organization(), 1));
    if (!reply) co_return tl::unexpected(std::move(reply).error().error);
    auto users = read_users(*reply);
    if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading("authenticate")));
    if (users->total > 0 && users->items == 0) co_return tl::unexpected(short_listing(users->total, 0));
    std::string line = "Zitadel accepts the service account and shows " + std::to_string(users->total) + " users";
    if (!roles_.configured()) co_return line;
    auto roles = co_await roles_.catalogue();
    if (!roles) co_return tl::unexpected(std::move(roles).error());
    co_return line + " and " + std::to_string(roles->size()) + " roles";
  }

  Answer<std::vector<Role>> roles() override { return roles_.catalogue(); }
  Answer<AccountPage> list(std::string cursor) override;
  Answer<std::optional<Account>> find(LookupBy by, std::string value) override;
  Answer<Account> create(NewAccount account) override;
  Answer<void> update(std::string id, Fields changes) override;
  Answer<void> set_roles(std::string id, RoleChange change) override { return roles_.change(std::move(id), std::move(change)); }
  Answer<void> suspend(std::string id) override;
  Answer<void> reactivate(std::string id, std::string native_status) override;
  Answer<void> remove(std::string id) override;
  Answer<InviteAnswer> invite(InviteRequest request) override { return new_code("invite", std::move(request), false); }
  Answer<InviteAnswer> send_invitation(InviteRequest request) override;
  Answer<bool> has_accepted(std::string id) override;
  Answer<void> cancel_invitation(std::string) override {
    co_return fail(ErrorKind::unsupported, "Zitadel cannot recall an invitation code; it ends by itself, or with the next one",
                   "zitadel: cancel_invitation");
  }

 private:
  static Call reading(std::string verb) { return {std::move(verb), false, {}}; }

  Answer<std::optional<Account>> show(std::string id);
  Answer<std::optional<Account>> search(LookupBy by, std::string value);
  Answer<Account> completed(Account account);
  Account made(const std::string& id, const Fields& fields);
  Answer<Account> create_beside(Fields fields);
  Answer<json::Value> with_names(std::string id, json::Value body);
  Answer<void> change(std::string verb, std::string method, std::string target, std::string body, std::string_view done_before = {});
  Answer<InviteAnswer> new_code(std::string verb, InviteRequest request, bool send);

  Session session_;
  Roles roles_;
  bool verified_;
  Capabilities capabilities_;
  Listing listing_;
};

// ---- listing and looking up ----

// A cursor is "LISTING:OFFSET", and "LISTING:short" behind the last page of a listing that lacks somebody.
Answer<AccountPage> Zitadel::list(std::string cursor) {
  std::int64_t offset = 0;
  if (cursor.empty()) {
    listing_ = Listing{listing_.number + 1, {}};
    auto granted = co_await roles_.read_all();  // all at once: none per user
    if (!granted) co_return tl::unexpected(std::move(granted).error());
  } else {
    const auto colon = cursor.find(':');
    if (cursor.substr(0, colon) != std::to_string(listing_.number))
      co_return fail(ErrorKind::conflict, "another listing was begun meanwhile: begin anew", "zitadel: list");
    if (std::from_chars(cursor.data() + colon + 1, cursor.data() + cursor.size(), offset).ec != std::errc()) {
      const std::string total = cursor.substr(cursor.rfind(':') + 1);
      co_return tl::unexpected(short_listing(std::atoll(total.c_str()), listing_.seen.size()));
    }
  }
  auto reply = co_await session_.call("list", false, "POST", "/v2/users", write_search(offset, session_.organization()));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto users = read_users(*reply);
  if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading("list")));
  // The total counts what the caller may not see as well: no reason to call anybody gone.
  if (users->items == 0 && users->total > offset) co_return tl::unexpected(short_listing(users->total, listing_.seen.size()));
  AccountPage page;
  page.unusable = std::move(users->page.unusable);
  for (const auto& bad : page.unusable) listing_.seen.insert(bad.account);
  for (auto& account : users->page.accounts) {
    if (!listing_.seen.insert(account.id).second) continue;
    if (roles_.configured()) account.roles = roles_.held_by(account.id);
    page.accounts.push_back(std::move(account));
  }
  offset += users->items;
  const std::string mark = std::to_string(listing_.number) + ":";
  if (users->total > offset || (users->total == 0 && users->items > 0))
    page.next = mark + std::to_string(offset);
  else if (static_cast<std::int64_t>(listing_.seen.size()) < users->total)
    page.next = mark + "short:" + std::to_string(users->total);
  co_return page;
}

Answer<std::optional<Account>> Zitadel::show(std::string id) {
  auto reply = co_await session_.call("find", false, "GET", user_path(id), "");
  if (!reply && reply.error().error.kind == ErrorKind::not_found) {
    // Looks lag behind commands: an update of nothing changes nothing, and says for sure whether there is somebody.
    const auto known = co_await session_.call("find", false, "PUT", "/v2/users/human/" + percent_encoded(id), "{}");
    if (!known) co_return std::nullopt;
    co_return fail(ErrorKind::unavailable, "Zitadel knows user " + id + " and does not show it yet", "zitadel: find");
  }
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto user = read_user(*reply);
  if (!user) co_return tl::unexpected(misunderstood(std::move(user).error(), reading("find")));
  // An id is known in the whole instance; somebody in another organisation is none of ours.
  const bool elsewhere = !session_.organization().empty() && user->organization != session_.organization();
  if (elsewhere) co_return std::nullopt;
  co_return std::move(user->account);
}

Answer<std::optional<Account>> Zitadel::search(LookupBy by, std::string value) {
  auto reply = co_await session_.call("find", false, "POST", "/v2/users", write_search_by(by, value, session_.organization()));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto users = read_users(*reply);
  if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading("find")));
  if (users->total > users->items) co_return tl::unexpected(short_listing(users->total, static_cast<std::size_t>(users->items)));
  if (!users->page.unusable.empty()) co_return fail(ErrorKind::corrupt, users->page.unusable[0].detail, "zitadel: find");
  if (users->items > 1)
    co_return fail(ErrorKind::conflict, std::to_string(users->items) + " users have the same " + (by == LookupBy::email ? "e-mail" : "user name"), "zitadel: find");
  if (users->page.accounts.empty()) co_return std::nullopt;
  co_return std::move(users->page.accounts[0]);
}

Answer<std::optional<Account>> Zitadel::find(LookupBy by, std::string value) {
  if (value.empty()) co_return std::nullopt;
  const bool by_id = by == LookupBy::id || by == LookupBy::external_id;
  if (by == LookupBy::external_id) value = own_id(value);
  Result<std::optional<Account>> account;
  if (by_id)
    account = co_await show(std::move(value));
  else
    account = co_await search(by, std::move(value));
  if (!account || !*account) co_return account;
  auto whole = co_await completed(std::move(**account));
  if (!whole) co_return tl::unexpected(std::move(whole).error());
  co_return std::move(*whole);
}

// What neither the user nor the search shows: roles, credentials, metadata.
Answer<Account> Zitadel::completed(Account account) {
  if (roles_.configured()) {
    auto held = co_await roles_.look_up(account.id);
    if (!held) co_return tl::unexpected(std::move(held).error());
    account.roles = std::move(*held);
  }
  if (!account.accepted) {
    auto came = co_await has_accepted(account.id);
    if (!came) co_return tl::unexpected(std::move(came).error());
    account.accepted = *came;
  }
  auto reply = co_await session_.call("find", false, "POST", user_path(account.id) + "/metadata/search", "{}");
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto metadata = read_metadata(*reply);
  if (!metadata) co_return tl::unexpected(misunderstood(std::move(metadata).error(), reading("find")));
  account.fields.merge(*metadata);
  co_return account;
}

// ---- creating and changing ----

Account Zitadel::made(const std::string& id, const Fields& fields) {
  Account account;
  account.id = id;
  account.fields = zitadel::canonical(fields);
  account.fields["userId"] = id;
  account.native_status = "USER_STATE_ACTIVE";
  account.status = AccountStatus::active;
  if (roles_.configured()) account.roles.emplace();
  roles_.is_new(id);
  return account;
}

Answer<Account> Zitadel::create(NewAccount account) {
  auto body = write_create(account.fields, session_.organization(), verified_);
  if (!body) co_return tl::unexpected(std::move(body).error());
  auto reply = co_await session_.call("create", true, "POST", "/v2/users/human", std::move(*body));
  if (!reply && reply.error().id == id_taken) {
    // Made by a request of ours whose answer was lost; or somebody's in another organisation.
    auto there = co_await show(own_id(account.fields["userId"]));
    if (!there) {
      Error unknown = std::move(there).error();
      unknown.in_doubt = true;
      co_return tl::unexpected(std::move(unknown));
    }
    if (!*there) co_return co_await create_beside(std::move(account.fields));
    if (roles_.configured()) (*there)->roles = roles_.held_by((*there)->id);
    co_return std::move(**there);
  }
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto id = read_user_id(*reply);
  if (!id) co_return tl::unexpected(misunderstood(std::move(id).error(), Call{"create", true, {}}));
  co_return made(*id, account.fields);
}

// Under an id that Zitadel chooses. The user name is unique, and commands see it at once: should the person have an account after all,
// it is looked for anew.
Answer<Account> Zitadel::create_beside(Fields fields) {
  fields.erase("userId");
  auto body = write_create(fields, session_.organization(), verified_);
  if (!body) co_return tl::unexpected(std::move(body).error());
  auto reply = co_await session_.call("create", true, "POST", "/v2/users/human", std::move(*body));
  if (!reply && reply.error().error.kind == ErrorKind::already_exists) {
    Error lag{ErrorKind::unavailable, "Zitadel has this user and does not show it yet", "zitadel: create", std::nullopt, true};
    co_return tl::unexpected(std::move(lag));
  }
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto id = read_user_id(*reply);
  if (!id) co_return tl::unexpected(misunderstood(std::move(id).error(), Call{"create", true, {}}));
  co_return made(*id, fields);
}

Answer<void> Zitadel::change(std::string verb, std::string method, std::string target, std::string body, std::string_view done_before) {
  auto reply = co_await session_.call(std::move(verb), true, std::move(method), std::move(target), std::move(body));
  if (!reply && (done_before.empty() || reply.error().id != done_before)) co_return tl::unexpected(std::move(reply).error().error);
  co_return Result<void>();
}

// The vendor takes a profile with both names or not at all: the one that does not change is read first.
Answer<json::Value> Zitadel::with_names(std::string id, json::Value body) {
  const json::Value* profile = body.find("profile");
  if (!profile || (profile->find("givenName") && profile->find("familyName"))) co_return body;
  auto now = co_await show(id);
  if (!now) co_return tl::unexpected(std::move(now).error());
  if (!*now) co_return fail(ErrorKind::not_found, "Zitadel does not know user " + id, "zitadel: update");
  json::Value whole = *profile;
  for (const char* name : {"givenName", "familyName"})
    if (!whole.find(name)) whole.set(name, (*now)->fields[std::string("profile.") + name]);
  body.set("profile", std::move(whole));
  co_return body;
}

Answer<void> Zitadel::update(std::string id, Fields changes) {
  auto body = write_update(changes, verified_);
  if (!body) co_return tl::unexpected(std::move(body).error());
  if (!body->is_null()) {
    auto whole = co_await with_names(id, std::move(*body));
    if (!whole) co_return tl::unexpected(std::move(whole).error());
    auto done = co_await change("update", "PUT", "/v2/users/human/" + percent_encoded(id), json::write(*whole));
    if (!done) co_return done;
  }
  std::string cleared;
  bool sets = false;
  for (const auto& [name, value] : changes) {
    if (!name.starts_with(metadata_prefix)) continue;
    sets = sets || !value.empty();
    if (value.empty()) cleared += (cleared.empty() ? "?keys=" : "&keys=") + percent_encoded(name.substr(metadata_prefix.size()));
  }
  if (sets) {
    auto done = co_await change("update", "POST", user_path(id) + "/metadata", write_metadata(changes));
    if (!done) co_return done;
  }
  if (!cleared.empty()) {
    auto done = co_await change("update", "DELETE", user_path(id) + "/metadata" + cleared, "");
    if (!done && done.error().kind != ErrorKind::not_found) co_return done;
  }
  const auto phone = changes.find("phone");
  if (phone == changes.end() || !phone->second.empty()) co_return Result<void>();
  auto done = co_await change("update", "DELETE", user_path(id) + "/phone", "");
  if (!done && done.error().kind != ErrorKind::not_found) co_return done;
  co_return Result<void>();
}

Answer<void> Zitadel::suspend(std::string id) {
  auto reply = co_await session_.call("suspend", true, "POST", user_path(id) + "/deactivate", "{}");
  if (reply || reply.error().id == already_inactive) co_return Result<void>();
  if (reply.error().id != not_deactivatable) co_return tl::unexpected(std::move(reply).error().error);
  // Never initialised: it can be locked, and who is locked can be deactivated.
  auto locked = co_await change("suspend", "POST", user_path(id) + "/lock", "{}", not_lockable);
  if (!locked) co_return locked;
  co_return co_await change("suspend", "POST", user_path(id) + "/deactivate", "{}", already_inactive);
}

Answer<void> Zitadel::reactivate(std::string id, std::string native_status) {
  auto done = co_await change("reactivate", "POST", user_path(id) + "/reactivate", "{}", not_inactive);
  if (!done || native_status != "USER_STATE_LOCKED") co_return done;
  co_return co_await change("reactivate", "POST", user_path(id) + "/lock", "{}", not_lockable);
}

Answer<void> Zitadel::remove(std::string id) {
  auto done = co_await change("remove", "DELETE", user_path(id), "");
  if (!done && done.error().kind != ErrorKind::not_found) co_return done;
  roles_.forget(id);  // the vendor takes the grants away with the user
  co_return Result<void>();
}

// ---- invitations ----

Answer<InviteAnswer> Zitadel::new_code(std::string verb, InviteRequest request, bool send) {
  auto reply = co_await session_.call(verb, true, "POST", user_path(request.account) + "/invite_code",
                                      write_invitation(send, request.landing, request.application_name));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto answer = read_invitation(*reply, !send);
  if (!answer) co_return tl::unexpected(misunderstood(std::move(answer).error(), Call{std::move(verb), true, {}}));
  co_return std::move(*answer);
}

Answer<InviteAnswer> Zitadel::send_invitation(InviteRequest request) {
  if (request.to != request.email)
    co_return fail(ErrorKind::refused, "Zitadel mails the account's own address only: with `to` as it is, use deliver = \"smtp\" or \"file\"",
                   "zitadel: send_invitation");
  co_return co_await new_code("send_invitation", std::move(request), true);
}

Answer<bool> Zitadel::has_accepted(std::string id) {
  auto reply = co_await session_.call("has_accepted", false, "GET", user_path(id) + "/authentication_methods", "");
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto came = read_authentication_methods(*reply);
  if (!came) co_return tl::unexpected(misunderstood(std::move(came).error(), reading("has_accepted")));
  co_return *came;
}

// "https://host:port" of "https://host:port/path".
std::string origin_of(const std::string& url) {
  const auto host = url.find("://");
  return host == url.npos ? url : url.substr(0, url.find('/', host + 3));
}

}  // namespace

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client) {
  const auto option = [&](const char* name) {
    const auto it = options.find(name);
    return it == options.end() ? std::string() : it->second;
  };
  const auto secret = [&](const char* name) {
    const auto it = secrets.find(name);
    return it == secrets.end() ? Secret() : it->second;
  };
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  const std::string audience = option("audience").empty() ? origin_of(base) : option("audience");
  Credentials credentials(secret("token"), secret("key-file"), base, audience, timeout, client);
  Session session(base, timeout, option("organization"), std::move(credentials), client);
  return std::make_unique<Zitadel>(std::move(session), option("project"), option("email-verified") != "false");
}

}  // namespace rollcall::providers::zitadel
