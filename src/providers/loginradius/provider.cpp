#include "providers/loginradius/provider.hpp"

#include "providers/http.hpp"
#include "providers/loginradius/session.hpp"
#include "providers/loginradius/wire.hpp"

namespace rollcall::providers::loginradius {
namespace {

template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

const std::string invitations = "/v2/manage/invitations";
const std::string accounts = "/identity/v2/manage/account";

std::string account_path(const std::string& uid) { return accounts + "/" + percent_encoded(uid); }

// What a tenant may choose (README.md).
struct Options {
  std::string organization, inviter, invitation_url;
  std::string assign_path, roles_path;  // templates; roles_path "": roles are not read
  Block block;
};

tl::unexpected<Error> cannot(const std::string& verb, const std::string& why) {
  return fail(ErrorKind::unsupported, "LoginRadius " + why, "loginradius: " + verb);
}

class LoginRadius final : public Provider {
 public:
  LoginRadius(Session session, Options options)
      : session_(std::move(session)), options_(std::move(options)), capabilities_(loginradius::capabilities()) {
    capabilities_.shows_roles = !options_.roles_path.empty();
  }

  const Capabilities& capabilities() const override { return capabilities_; }
  Fields canonical(Fields desired) const override { return loginradius::canonical(std::move(desired)); }

  Answer<std::string> authenticate() override;
  Answer<AccountPage> list(std::string) override { co_return cannot("list", "has no call that lists accounts"); }
  Answer<std::vector<Role>> roles() override { co_return cannot("roles", "documents no call that lists an organisation's roles: rules name ids"); }
  Answer<std::optional<Account>> find(LookupBy by, std::string value) override;
  Answer<Account> create(NewAccount) override { co_return cannot("create", "makes an account when its invitation is accepted, and not before"); }
  Answer<void> update(std::string id, Fields changes) override;
  Answer<void> set_roles(std::string id, RoleChange change) override;
  Answer<void> suspend(std::string id) override { return block("suspend", std::move(id), true); }
  Answer<void> reactivate(std::string id, std::string) override { return block("reactivate", std::move(id), false); }
  Answer<void> remove(std::string id) override;
  Answer<InviteAnswer> invite(InviteRequest) override { co_return cannot("invite", "gives out no link: it mails the invitation itself"); }
  Answer<InviteAnswer> send_invitation(InviteRequest request) override;
  Answer<void> cancel_invitation(std::string id) override;

 private:
  static Call reading(std::string verb) { return {std::move(verb), false, {}}; }
  static Call writing(std::string verb) { return {std::move(verb), true, {}}; }

  Answer<std::optional<Account>> look(LookupBy by, std::string value);
  Answer<std::set<std::string>> roles_of(std::string id);
  Answer<void> put(std::string verb, std::string target, std::string body);
  Answer<void> assign(std::string id, std::set<std::string> role_ids);
  Answer<void> unassign(std::string id, std::set<std::string> role_ids);
  Answer<void> block(std::string verb, std::string id, bool blocked);
  Answer<InviteAnswer> resend(std::string id);

  Session session_;
  Options options_;
  Capabilities capabilities_;
};

Answer<std::string> LoginRadius::authenticate() {
  auto reply = co_await session_.call("authenticate", false, "GET", "/v2/manage/organizations");
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto organization = read_organization(*reply, options_.organization);
  if (!organization) co_return tl::unexpected(misunderstood(std::move(organization).error(), reading("authenticate")));
  if (!organization->found || !organization->active)
    co_return fail(ErrorKind::invalid, "LoginRadius accepts the API key, and " +
                   std::string(organization->found ? "the organisation " : "knows no organisation ") + excerpt(options_.organization, 80) +
                   (organization->found ? " is not active" : ": check the provider's `organization`"), "loginradius: authenticate");
  co_return "LoginRadius accepts the API key and shows the organisation " + excerpt(organization->name, 80);
}

// ---- looking up ----

Answer<std::optional<Account>> LoginRadius::look(LookupBy by, std::string value) {
  std::string target = account_path(value);
  if (by == LookupBy::email) target = accounts + "/identities?email=" + percent_encoded(value);
  if (by == LookupBy::user_name) target = accounts + "?username=" + percent_encoded(value);
  auto reply = co_await session_.call("find", false, "GET", std::move(target));
  if (!reply && reply.error().code == user_unknown) co_return std::nullopt;
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  std::vector<Account> found;
  if (by == LookupBy::email) {
    auto profiles = read_profiles(*reply, options_.block);
    if (!profiles) co_return tl::unexpected(misunderstood(std::move(profiles).error(), reading("find")));
    found = std::move(*profiles);
  } else {
    auto profile = read_profile(*reply, options_.block);
    if (!profile) co_return tl::unexpected(misunderstood(std::move(profile).error(), reading("find")));
    if (!profile->id.empty()) found.push_back(std::move(*profile));
  }
  if (found.size() > 1)
    co_return fail(ErrorKind::conflict, std::to_string(found.size()) + " accounts have the same e-mail", "loginradius: find");
  if (found.empty()) co_return std::nullopt;
  co_return std::move(found.front());
}

// No roles in the organisation, or no member of it: the same to us.
Answer<std::set<std::string>> LoginRadius::roles_of(std::string id) {
  auto reply = co_await session_.call("find", false, "GET", path_of(options_.roles_path, id, options_.organization));
  if (!reply && reply.error().code == member_unknown) co_return std::set<std::string>();
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto ids = read_role_ids(*reply, options_.organization);
  if (!ids) co_return tl::unexpected(misunderstood(std::move(ids).error(), reading("find")));
  co_return std::move(*ids);
}

Answer<std::optional<Account>> LoginRadius::find(LookupBy by, std::string value) {
  if (!capabilities_.finds.contains(by)) co_return cannot("find", "has no look-up by external id");
  if (value.empty()) co_return std::nullopt;
  auto account = co_await look(by, std::move(value));
  if (!account || !*account || !capabilities_.shows_roles) co_return account;
  auto held = co_await roles_of((*account)->id);
  if (!held) co_return tl::unexpected(std::move(held).error());
  (*account)->roles = std::move(*held);
  co_return account;
}

// ---- changing ----

Answer<void> LoginRadius::put(std::string verb, std::string target, std::string body) {
  auto reply = co_await session_.call(std::move(verb), true, "PUT", std::move(target), std::move(body));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  co_return Result<void>();
}

Answer<void> LoginRadius::update(std::string id, Fields changes) {
  auto body = write_update(changes);
  if (!body) co_return tl::unexpected(std::move(body).error());
  if (!body->is_null()) {
    auto done = co_await put("update", account_path(id) + "?nullsupport=true", json::write(*body));
    if (!done) co_return done;
  }
  const auto email = changes.find("Email");
  if (email == changes.end()) co_return Result<void>();
  co_return co_await put("update", account_path(id) + "/email", write_email(email->second));
}

Answer<void> LoginRadius::assign(std::string id, std::set<std::string> role_ids) {
  auto reply = co_await session_.call("set_roles", true, "PUT", path_of(options_.assign_path, id, options_.organization), write_roles(role_ids));
  if (reply) co_return Result<void>();
  if (reply.error().code != role_held) co_return tl::unexpected(std::move(reply).error().error);
  if (role_ids.size() < 2) co_return Result<void>();
  for (const auto& one : role_ids) {  // one of them is held: nothing says what became of the others
    auto done = co_await assign(id, std::set<std::string>(&one, &one + 1));
    if (!done) co_return done;
  }
  co_return Result<void>();
}

Answer<void> LoginRadius::unassign(std::string id, std::set<std::string> role_ids) {
  auto reply = co_await session_.call("set_roles", true, "DELETE", path_of(options_.roles_path.empty() ? options_.assign_path : options_.roles_path, id,
                                                                           options_.organization), write_roles(role_ids));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  co_return Result<void>();
}

Answer<void> LoginRadius::set_roles(std::string id, RoleChange change) {
  if (!change.add.empty()) {
    auto done = co_await assign(id, std::move(change.add));
    if (!done) co_return done;
  }
  if (change.remove.empty()) co_return Result<void>();
  co_return co_await unassign(std::move(id), std::move(change.remove));
}

// The answer is the merged profile: a tenant that takes the member and keeps its state is found out at once.
Answer<void> LoginRadius::block(std::string verb, std::string id, bool blocked) {
  auto reply = co_await session_.call(verb, true, "PUT", account_path(id), write_block(options_.block, blocked));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  const auto profile = json::parse(*reply);
  const json::Value* shown = profile ? member(*profile, options_.block.member) : nullptr;
  if (shown && shown->as_bool() && *shown->as_bool() != (blocked == options_.block.blocked))
    co_return fail(ErrorKind::invalid, "LoginRadius accepted " + options_.block.member + " and shows it unchanged: does this tenant block by another member (`block-by`)?",
                   "loginradius: " + verb);
  co_return Result<void>();
}

Answer<void> LoginRadius::remove(std::string id) {
  auto reply = co_await session_.call("remove", true, "DELETE", account_path(id));
  if (!reply && reply.error().code == user_unknown) co_return Result<void>();
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto deleted = read_flag(*reply, "IsDeleted");
  if (!deleted) co_return tl::unexpected(misunderstood(std::move(deleted).error(), writing("remove")));
  if (!*deleted) co_return fail(ErrorKind::invalid, "LoginRadius answers that the account was not deleted", "loginradius: remove");
  co_return Result<void>();
}

// ---- invitations ----

Answer<InviteAnswer> LoginRadius::send_invitation(InviteRequest request) {
  if (request.to != request.email)
    co_return fail(ErrorKind::refused, "LoginRadius mails the address that the account will have: leave `to` as it is", "loginradius: send_invitation");
  if (!request.again.empty()) co_return co_await resend(std::move(request.again));
  std::string landing = request.landing.empty() ? options_.invitation_url : request.landing;
  for (auto at = landing.find("{orgId}"); at != landing.npos; at = landing.find("{orgId}", at)) landing.replace(at, 7, percent_encoded(options_.organization));
  std::string target = invitations;                  // whole before the await: g++ 12 frees the temporaries of ?: there twice
  if (!landing.empty()) target += "?invitation_url=" + percent_encoded(landing);
  std::string body = write_invitation(request, options_.organization, options_.inviter);
  auto reply = co_await session_.call("send_invitation", true, "POST", std::move(target), std::move(body));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto answer = read_invitation(*reply, options_.organization);
  if (!answer) co_return tl::unexpected(misunderstood(std::move(answer).error(), writing("send_invitation")));
  co_return std::move(*answer);
}

// The answer says nothing of the invitation: a look tells whether its time was moved.
Answer<InviteAnswer> LoginRadius::resend(std::string id) {
  const std::string target = invitations + "/" + percent_encoded(id);
  auto reply = co_await session_.call("send_invitation", true, "POST", target + "/resend");
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto resent = read_flag(*reply, "Resent");
  if (!resent) co_return tl::unexpected(misunderstood(std::move(resent).error(), writing("send_invitation")));
  if (!*resent) co_return fail(ErrorKind::invalid, "LoginRadius answers that the invitation was not sent again", "loginradius: send_invitation");
  auto shown = co_await session_.call("send_invitation", false, "GET", target);
  if (shown)
    if (auto answer = read_invitation(*shown, options_.organization)) co_return std::move(*answer);
  InviteAnswer answer;
  answer.id = std::move(id);
  answer.organization = options_.organization;
  co_return answer;
}

Answer<void> LoginRadius::cancel_invitation(std::string id) {
  auto reply = co_await session_.call("cancel_invitation", true, "DELETE", invitations + "/" + percent_encoded(id));
  if (reply || reply.error().code == invitation_unknown) co_return Result<void>();
  co_return tl::unexpected(std::move(reply).error().error);
}

}  // namespace

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client) {
  const auto option = [&](const char* name, const char* otherwise = "") {
    const auto it = options.find(name);
    return it == options.end() ? std::string(otherwise) : it->second;
  };
  const auto secret = [&](const char* name) {
    const auto it = secrets.find(name);
    return it == secrets.end() ? Secret() : it->second;
  };
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  Session session(base, timeout, secret("api-key"), secret("api-secret"), option("credentials") == "query", client);
  const std::string roles = option("roles-path") == "none" ? std::string() : option("roles-path");
  Options own{option("organization"), option("inviter"), option("invitation-url"), option("assign-path"), roles, block_by(option("block-by", "IsActive"))};
  return std::make_unique<LoginRadius>(std::move(session), std::move(own));
}

}  // namespace rollcall::providers::loginradius
