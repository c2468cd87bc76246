#include "providers/scim/provider.hpp"

#include <algorithm>

#include "providers/http.hpp"
#include "providers/scim/groups.hpp"
#include "providers/scim/pages.hpp"
#include "scim/path.hpp"
#include "scim/scalar.hpp"

namespace rollcall::providers::scim {
namespace {

constexpr int attempts = 5;  // of a change that another one overtakes

struct Listing {
  std::int64_t number = 0;
  std::int64_t page = 0;
  std::optional<Walk> walk;
  Groups::Holders holders;  // where users do not show their groups
  std::string cursor() const { return std::to_string(number) + ":" + std::to_string(page); }
};

std::string user_path(const std::string& id) { return "/Users/" + percent_encoded(id); }
Call reading(std::string verb) { return {std::move(verb), false, {}}; }

std::string_view filter_path(LookupBy by) {
  return by == LookupBy::external_id ? "externalId" : by == LookupBy::user_name ? "userName" : "emails.value";
}

// Whether this is who was asked for: not every service heeds every filter.
bool fits(const Account& account, LookupBy by, const std::string& value) {
  const protocol::Attribute& attribute = *protocol::resolve(protocol::user_type(), filter_path(by))->leaf();
  const auto wanted = protocol::scalar(attribute, value);
  const auto same = [&](const std::string& text) { return protocol::compare(protocol::scalar(attribute, text), wanted) == 0; };
  if (by == LookupBy::email)
    return std::any_of(account.fields.begin(), account.fields.end(), [&](const auto& field) { return field.first.starts_with("emails[") && same(field.second); });
  const auto found = account.fields.find(std::string(filter_path(by)));
  return found != account.fields.end() && same(found->second);
}

class Scim final : public Provider {
 public:
  explicit Scim(Session session) : session_(std::move(session)), groups_(session_, service_), capabilities_(scim::capabilities()) {}

  const Capabilities& capabilities() const override { return capabilities_; }
  void enforces(const std::set<std::string>& fields) override { enforced_ = fields; }

  Answer<std::string> authenticate() override;
  Answer<std::vector<Role>> roles() override;
  Answer<AccountPage> list(std::string cursor) override;
  Answer<std::optional<Account>> find(LookupBy by, std::string value) override;
  Answer<Account> create(NewAccount account) override;
  Answer<void> update(std::string id, Fields changes) override { return modify("update", std::move(id), std::move(changes)); }
  Answer<void> set_roles(std::string id, RoleChange change) override;
  Answer<void> suspend(std::string id) override { return modify("suspend", std::move(id), Fields{{"active", "false"}}); }
  Answer<void> reactivate(std::string id, std::string) override { return modify("reactivate", std::move(id), Fields{{"active", "true"}}); }
  Answer<void> remove(std::string id) override;
  Answer<InviteAnswer> invite(InviteRequest) override { co_return fail(ErrorKind::unsupported, "SCIM has no invitations", "scim: invite"); }
  Answer<InviteAnswer> send_invitation(InviteRequest) override {
    co_return fail(ErrorKind::unsupported, "SCIM has no invitations", "scim: send_invitation");
  }
  Answer<void> cancel_invitation(std::string) override {
    co_return fail(ErrorKind::unsupported, "SCIM has no invitations", "scim: cancel_invitation");
  }

 private:
  Answer<void> discover();
  Answer<std::string> discovery_page(std::string path);
  Answer<Listed> read_page(const std::string& verb, const Walk& walk);
  Answer<void> learn_whether_users_show_groups(const std::vector<Account>& page);
  Answer<std::optional<Document>> show(std::string verb, std::string id);
  Answer<std::optional<Account>> search(LookupBy by, std::string value, std::string query);
  Answer<std::optional<Account>> with_roles(std::optional<Account> account);
  Answer<void> modify(std::string verb, std::string id, Fields changes);
  Answer<void> modify_known(std::string verb, std::string id, Fields changes);

  Session session_;
  Service service_;
  Attributes attributes_;
  bool discovered_ = false;
  Groups groups_;
  std::optional<bool> users_show_groups_;
  std::set<std::string> enforced_;
  Capabilities capabilities_;
  Listing listing_;
};

// ---- discovery ----

// Once a process. A service that has no such pages is taken for one that does what every one should.
Answer<void> Scim::discover() {
  if (discovered_) co_return Result<void>();
  auto config = co_await discovery_page("/ServiceProviderConfig");
  if (!config) co_return tl::unexpected(std::move(config).error());
  auto schemas = co_await discovery_page("/Schemas");
  if (!schemas) co_return tl::unexpected(std::move(schemas).error());
  service_ = read_service(*config).value_or(Service());
  attributes_ = read_schemas(*schemas).value_or(Attributes());
  discovered_ = true;
  co_return Result<void>();
}

Answer<std::string> Scim::discovery_page(std::string path) {
  auto reply = co_await session_.get("discover", std::move(path));
  if (reply) co_return std::move(reply->body);
  const ErrorKind kind = reply.error().error.kind;
  if (is_refusal(kind) || kind == ErrorKind::forbidden) co_return std::string();
  co_return tl::unexpected(std::move(reply).error().error);
}

Answer<std::string> Scim::authenticate() {
  auto known = co_await discover();
  if (!known) co_return tl::unexpected(std::move(known).error());
  auto reply = co_await session_.get("authenticate", "/Users?startIndex=1&count=1");
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto users = read_list(reply->body);
  if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading("authenticate")));
  auto all = co_await groups_.catalogue();
  if (!all) co_return tl::unexpected(std::move(all).error());
  const std::string count = users->total ? std::to_string(*users->total) : "its";
  co_return "the SCIM service accepts the token and shows " + count + " users and " + std::to_string(all->size()) + " groups";
}

Answer<std::vector<Role>> Scim::roles() {
  auto known = co_await discover();
  if (!known) co_return tl::unexpected(std::move(known).error());
  co_return co_await groups_.catalogue();
}

// ---- listing and looking up ----

Answer<Listed> Scim::read_page(const std::string& verb, const Walk& walk) {
  auto reply = co_await session_.get(verb, walk.target());
  if (!reply && walk.looks_behind() && is_refusal(reply.error().error.kind)) co_return Listed();
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto page = read_list(reply->body);
  if (!page) co_return tl::unexpected(misunderstood(std::move(page).error(), reading(verb)));
  co_return std::move(*page);
}

// `groups` is left out of a user who is in none, and by a service that never shows it. One membership tells.
Answer<void> Scim::learn_whether_users_show_groups(const std::vector<Account>& page) {
  for (const auto& account : page)
    if (account.roles) users_show_groups_ = true;
  if (users_show_groups_) co_return Result<void>();
  auto holders = co_await groups_.holders();
  if (!holders) co_return tl::unexpected(std::move(holders).error());
  listing_.holders = std::move(*holders);
  if (listing_.holders.empty()) co_return Result<void>();  // nobody is in a group: the next listing will tell
  const std::string somebody = listing_.holders.begin()->first;
  for (const auto& account : page)
    if (listing_.holders.contains(account.id)) users_show_groups_ = false;
  if (users_show_groups_) co_return Result<void>();
  auto shown = co_await show("list", somebody);
  if (!shown) co_return tl::unexpected(std::move(shown).error());
  if (*shown) users_show_groups_ = member((*shown)->resource, "groups") != nullptr;  // else a member that is gone: it tells nothing
  co_return Result<void>();
}

// A cursor is "LISTING:PAGE"; behind the last page of a listing that is not whole comes one more, which says so.
Answer<AccountPage> Scim::list(std::string cursor) {
  if (cursor.empty()) {
    auto known = co_await discover();
    if (!known) co_return tl::unexpected(std::move(known).error());
    const std::int64_t number = listing_.number + 1;
    listing_ = Listing();
    listing_.number = number;
    listing_.walk.emplace(service_, "/Users", "", "users");
    if (users_show_groups_ == false) {
      auto holders = co_await groups_.holders();
      if (!holders) co_return tl::unexpected(std::move(holders).error());
      listing_.holders = std::move(*holders);
    }
  } else if (cursor != listing_.cursor()) {
    co_return fail(ErrorKind::conflict, "another listing was begun meanwhile: begin anew", "scim: list");
  }
  Walk& walk = *listing_.walk;
  if (walk.ended()) co_return fail(ErrorKind::corrupt, walk.problem().value_or("the listing has ended"), "scim: list");
  auto read = co_await read_page("list", walk);
  if (!read) co_return tl::unexpected(std::move(read).error());
  const bool first = listing_.page++ == 0;
  AccountPage page;
  for (const auto& resource : walk.take(std::move(*read))) {
    auto account = read_user(resource, enforced_, attributes_);
    const json::Value* id = member(resource, "id");
    if (account)
      page.accounts.push_back(std::move(*account));
    else
      page.unusable.push_back({id && id->as_string() ? *id->as_string() : "?", std::move(account).error().message});
  }
  if (first && !users_show_groups_) {
    auto learned = co_await learn_whether_users_show_groups(page.accounts);
    if (!learned) co_return tl::unexpected(std::move(learned).error());
  }
  for (auto& account : page.accounts)
    if (!account.roles) account.roles = listing_.holders[account.id];
  if (!walk.ended() || walk.problem()) page.next = listing_.cursor();
  co_return page;
}

Answer<std::optional<Document>> Scim::show(std::string verb, std::string id) {
  auto reply = co_await session_.get(verb, user_path(id));
  if (!reply && reply.error().error.kind == ErrorKind::not_found) co_return std::nullopt;
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto document = read_document(*reply);
  if (!document) co_return tl::unexpected(misunderstood(std::move(document).error(), reading(std::move(verb))));
  if (!service_.etag) document->version.clear();
  co_return std::move(*document);
}

Answer<std::optional<Account>> Scim::find(LookupBy by, std::string value) {
  if (value.empty()) co_return std::nullopt;
  auto known = co_await discover();
  if (!known) co_return tl::unexpected(std::move(known).error());
  if (by == LookupBy::id) {
    auto document = co_await show("find", std::move(value));
    if (!document) co_return tl::unexpected(std::move(document).error());
    if (!*document) co_return std::nullopt;
    auto account = read_user((*document)->resource, enforced_, attributes_);
    if (!account) co_return tl::unexpected(misunderstood(std::move(account).error(), reading("find")));
    std::optional<Account> found = std::move(*account);
    co_return co_await with_roles(std::move(found));
  }
  Result<std::optional<Account>> found = fail(ErrorKind::unsupported, "");
  if (service_.filter) found = co_await search(by, value, "filter=" + equality(filter_path(by), value));
  // Not by a filter then: by looking at everybody. This happens where an answer was lost, and at an administrator's command.
  if (!found && (found.error().kind == ErrorKind::unsupported || found.error().kind == ErrorKind::invalid)) found = co_await search(by, value, "");
  if (!found) co_return found;
  co_return co_await with_roles(std::move(*found));
}

// Those of a list who fit; several are a conflict. `unsupported` where the service shows others and so does not heed the filter.
Answer<std::optional<Account>> Scim::search(LookupBy by, std::string value, std::string query) {
  std::optional<Account> found;
  for (Walk walk(service_, "/Users", query, "users"); !walk.ended();) {
    auto page = co_await read_page("find", walk);
    if (!page) co_return tl::unexpected(std::move(page).error());
    for (const auto& resource : walk.take(std::move(*page))) {
      auto account = read_user(resource, enforced_, attributes_);
      if (!account) co_return tl::unexpected(misunderstood(std::move(account).error(), reading("find")));
      const bool this_one = fits(*account, by, value);
      if (!this_one && !query.empty()) co_return fail(ErrorKind::unsupported, "the SCIM service does not heed the filter", "scim: find");
      if (this_one && found)
        co_return fail(ErrorKind::conflict, "several users have the same " + std::string(filter_path(by)), "scim: find");
      if (this_one) found = std::move(*account);
    }
    if (walk.problem()) co_return fail(ErrorKind::corrupt, *walk.problem(), "scim: find");
  }
  co_return found;
}

Answer<std::optional<Account>> Scim::with_roles(std::optional<Account> account) {
  if (!account || account->roles) co_return account;
  account->roles.emplace();
  if (users_show_groups_ == true) co_return account;
  auto held = co_await groups_.of(account->id);
  if (!held) co_return tl::unexpected(std::move(held).error());
  account->roles = std::move(*held);
  co_return account;
}

// ---- creating and changing ----

Answer<Account> Scim::create(NewAccount account) {
  auto known = co_await discover();
  if (!known) co_return tl::unexpected(std::move(known).error());
  auto body = write_create(account.fields, attributes_);
  if (!body) co_return tl::unexpected(std::move(body).error());
  Wanted wanted;
  wanted.method = "POST";
  wanted.target = "/Users";
  wanted.body = std::move(*body);
  const auto password = account.fields.find("password");
  if (password != account.fields.end()) wanted.secret = password->second;
  auto reply = co_await session_.call("create", std::move(wanted));
  if (!reply) {
    // 409 of a create is a name that is taken, also where the service gives no scimType.
    if (reply.error().status == 409) reply.error().error.kind = ErrorKind::already_exists;
    co_return tl::unexpected(std::move(reply).error().error);
  }
  auto document = read_document(*reply);
  if (!document) co_return tl::unexpected(misunderstood(std::move(document).error(), Call{"create", true, {}}));
  Account made;
  made.id = *member(document->resource, "id")->as_string();
  made.status = AccountStatus::active;
  made.native_status = "active";
  made.fields = read_fields(document->resource, {}, attributes_);
  account.fields.erase("password");
  made.fields.merge(account.fields);  // what the answer does not show was sent
  made.roles.emplace();
  co_return made;
}

Answer<void> Scim::modify(std::string verb, std::string id, Fields changes) {
  auto known = co_await discover();
  if (!known) co_return tl::unexpected(std::move(known).error());
  auto blind = operations(changes, attributes_);
  if (!blind) co_return tl::unexpected(std::move(blind).error());
  if (!service_.patch || !*blind) co_return co_await modify_known(std::move(verb), std::move(id), std::move(changes));
  Wanted wanted;
  wanted.method = "PATCH";
  wanted.target = user_path(id);
  wanted.body = write_patch(std::move(**blind));
  if (changes.contains("password")) wanted.secret = changes["password"];
  auto reply = co_await session_.call(verb, std::move(wanted));
  if (reply) co_return Result<void>();
  Error error = std::move(reply).error().error;
  if (error.kind == ErrorKind::unsupported) service_.patch = false;
  const bool clears = std::any_of(changes.begin(), changes.end(), [](const auto& change) { return change.second.empty(); });
  // Some refuse to take away what is not there (noTarget): then only what is.
  if (error.kind == ErrorKind::unsupported || (error.kind == ErrorKind::invalid && clears))
    co_return co_await modify_known(std::move(verb), std::move(id), std::move(changes));
  co_return tl::unexpected(std::move(error));
}

// What stands there is read first, and written only if nobody else has written meanwhile.
Answer<void> Scim::modify_known(std::string verb, std::string id, Fields changes) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    auto now = co_await show(verb, id);
    if (!now) co_return tl::unexpected(std::move(now).error());
    if (!*now) co_return fail(ErrorKind::not_found, "the SCIM service does not know user " + id, "scim: " + verb);
    auto after = changed((*now)->resource, changes, attributes_);
    auto operations = scim::operations(changes, attributes_, &(*now)->resource);
    if (!after || !operations) co_return tl::unexpected(!after ? std::move(after).error() : std::move(operations).error());
    if (*after == (*now)->resource) co_return Result<void>();
    Wanted wanted;
    wanted.method = service_.patch ? "PATCH" : "PUT";
    wanted.target = user_path(id);
    wanted.version = (*now)->version;
    wanted.body = service_.patch ? write_patch(std::move(**operations)) : write_replace(std::move(*after));
    if (changes.contains("password")) wanted.secret = changes["password"];
    auto reply = co_await session_.call(verb, std::move(wanted));
    if (reply) co_return Result<void>();
    const Failure& failure = reply.error();
    if (failure.error.kind == ErrorKind::unsupported && service_.patch)
      service_.patch = false;
    else if (failure.status != 412)  // 412: changed meanwhile
      co_return tl::unexpected(std::move(reply).error().error);
  }
  co_return fail(ErrorKind::conflict, "user " + id + " is being changed by others all the time", "scim: " + verb);
}

Answer<void> Scim::set_roles(std::string id, RoleChange change) {
  auto known = co_await discover();
  if (!known) co_return tl::unexpected(std::move(known).error());
  Membership wanted;  // of groups, here
  for (const auto& group : change.remove) wanted[group] = false;
  for (const auto& group : change.add) wanted[group] = true;
  for (const auto& [group, in] : wanted) {
    auto done = co_await groups_.change(group, id, in);
    if (done) continue;
    if (in && is_refusal(done.error().kind)) {  // is it the user who is gone?
      auto user = co_await show("set_roles", id);
      if (user && !*user) co_return fail(ErrorKind::not_found, "the SCIM service does not know user " + id, "scim: set_roles");
    }
    co_return done;
  }
  co_return Result<void>();
}

Answer<void> Scim::remove(std::string id) {
  Wanted wanted;
  wanted.method = "DELETE";
  wanted.target = user_path(id);
  auto reply = co_await session_.call("remove", std::move(wanted));
  if (!reply && reply.error().error.kind != ErrorKind::not_found) co_return tl::unexpected(std::move(reply).error().error);
  co_return Result<void>();
}

}  // namespace

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout, const std::map<std::string, std::string>&,
                               const std::map<std::string, Secret>& secrets, HttpClient& client) {
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  const auto token = secrets.find("token");
  return std::make_unique<Scim>(Session(base, timeout, token == secrets.end() ? Secret() : token->second, client));
}

}  // namespace rollcall::providers::scim
