// What only /2 does: everything of a user in one call, roles by calls of the role, many users in one.
#include "core/time.hpp"
#include "providers/http.hpp"
#include "providers/onelogin/verbs.hpp"

namespace rollcall::providers::onelogin {
namespace {

std::string secret_in(const Fields& fields) {
  for (const auto name : {clear_password, salted_password})
    if (const auto it = fields.find(std::string(name)); it != fields.end()) return it->second;
  return {};
}

}  // namespace

// What the vendor calls an incremental synchronisation (page "List Users" of /2).
Answer<AccountPage> OneLoginV2::list_changed(Instant since, std::string cursor) {
  return list_page("list_changed", "updated_since=" + percent_encoded(core::rfc3339(since)), std::move(cursor));
}

Answer<Account> OneLoginV2::create(NewAccount account) {
  std::string secret = secret_in(account.fields);
  co_return co_await post_user(std::move(account.fields), std::move(secret));
}

Answer<void> OneLoginV2::update(std::string id, Fields changes) {
  for (const auto name : {clear_password, salted_password})  // none is no change
    if (const auto it = changes.find(std::string(name)); it != changes.end() && it->second.empty()) changes.erase(it);
  if (changes.empty()) co_return Result<void>();
  std::string secret = secret_in(changes);
  co_return co_await put_user("update", std::move(id), std::move(changes), std::move(secret));
}

Answer<void> OneLoginV2::set_roles(std::string id, RoleChange change) {
  for (const auto* roles : {&change.add, &change.remove})
    if (auto numbers = check_role_ids(*roles); !numbers) co_return tl::unexpected(at("set_roles", std::move(numbers).error()));
  if (std::set<std::string> user{id}; !check_role_ids(user)) co_return fail(ErrorKind::not_found, "'" + id + "' is no id of a user of OneLogin", session_.type() + ": set_roles");
  Result<void> done;
  for (const auto& role : change.add)
    if (done) done = co_await change_role(role, id, true);
  for (const auto& role : change.remove)
    if (done) done = co_await change_role(role, id, false);
  co_return done;
}

Answer<void> OneLoginV2::change_role(std::string role, std::string id, bool add) {
  const std::string method = add ? "POST" : "DELETE", target = root() + "/roles/" + percent_encoded(role) + "/users";
  const RoleBatches::Send send = [this, method, target](std::set<std::string> users) { return write("set_roles", method, target, write_ids(users)); };
  auto done = co_await batches_.join(method + role, id, send);
  if (done || (done.error().kind != ErrorKind::invalid && done.error().kind != ErrorKind::not_found)) co_return done;
  // Who is not known here, the user or the role? And what was to be done may be so already.
  auto user = co_await find(LookupBy::id, id);
  if (!user) co_return tl::unexpected(std::move(user).error());
  if (!*user) co_return fail(ErrorKind::not_found, "OneLogin does not know user " + id, session_.type() + ": set_roles");
  if ((*user)->roles->contains(role) == add) co_return Result<void>();
  Error error = std::move(done).error();
  error.kind = ErrorKind::invalid;
  co_return tl::unexpected(std::move(error));
}

std::string OneLoginV2::members_target(const std::string& role) const { return root() + "/roles/" + percent_encoded(role) + "/users?limit=50"; }
Result<MemberPage> OneLoginV2::members_in(const HttpResponse& response) const { return onelogin::read_members(response); }

}  // namespace rollcall::providers::onelogin
