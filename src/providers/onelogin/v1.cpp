// What only /1 does: roles by two calls of the user, custom attributes, states and passwords by calls of their own.
#include <algorithm>

#include "providers/http.hpp"
#include "providers/onelogin/verbs.hpp"

namespace rollcall::providers::onelogin {
namespace {

bool is_password(std::string_view name) { return name == clear_password || name == salted_password; }
// A create takes neither (page "Create User").
bool is_for_later(std::string_view name) { return name == "status" || name == "state" || is_password(name); }

std::string secret_in(const Fields& fields) {
  for (const auto name : {clear_password, salted_password})
    if (const auto it = fields.find(std::string(name)); it != fields.end()) return it->second;
  return {};
}

}  // namespace

Answer<Account> OneLoginV1::create(NewAccount account) {
  Fields now, later;
  for (auto& [name, value] : account.fields)
    if (!value.empty()) (is_for_later(name) ? later : now)[name] = value;
  if (auto rest = write_user(api_, later); !rest) co_return tl::unexpected(at("create", std::move(rest).error()));  // before anything is there
  auto made = co_await post_user(std::move(now), std::string());
  if (!made || later.empty()) co_return made;
  // What fails here is no failure of the create: the account is there and must be known as ours. A field that is missing from the
  // answer, and a secret that is named there, were not written.
  const auto done = co_await update(made->id, later);
  for (const auto& [name, value] : later) {
    made->fields.erase(name);
    if (done ? !is_password(name) : is_password(name)) made->fields[name] = done ? value : "";
  }
  if (!done) co_return made;
  const bool password = !secret_in(later).empty();
  made->native_status = later.contains("status") ? later["status"] : password ? "1" : made->native_status;
  made->status = made->native_status.empty() ? AccountStatus::pending : status_of(made->native_status);
  if (password) made->fields["status"] = made->native_status;
  co_return made;
}

Answer<void> OneLoginV1::update(std::string id, Fields changes) {
  const std::string secret = secret_in(changes);
  Fields plain, custom;
  for (const auto& [name, value] : changes) {
    if (name.starts_with(custom_prefix)) custom[name] = value;
    if (!name.starts_with(custom_prefix) && !is_password(name) && name != "state") plain[name] = value;
  }
  Result<void> done;
  if (!plain.empty()) done = co_await put_user("update", id, std::move(plain), secret);
  if (done && !custom.empty()) done = co_await write("update", "PUT", user_path(id) + "/set_custom_attributes", write_custom(custom));
  // The only way out of the state Unlicensed (page "Update User").
  if (done && changes.contains("state")) done = co_await write("update", "PUT", user_path(id) + "/set_state", write_state(changes["state"]));
  for (const auto& [field, call] : {std::pair(clear_password, "set_password_clear_text"), std::pair(salted_password, "set_password_using_salt")}) {
    const auto it = changes.find(std::string(field));
    if (!done || it == changes.end() || it->second.empty()) continue;
    auto body = write_password(field, it->second);
    if (!body) co_return tl::unexpected(at("update", std::move(body).error()));
    done = co_await write("update", "PUT", root() + "/users/" + call + "/" + percent_encoded(id), std::move(*body), secret);
  }
  co_return done;
}

Answer<void> OneLoginV1::set_roles(std::string id, RoleChange change) {
  Result<void> done;
  if (!change.add.empty()) done = co_await change_roles(id, std::move(change.add), true);
  if (done && !change.remove.empty()) done = co_await change_roles(std::move(id), std::move(change.remove), false);
  co_return done;
}

// The vendor refuses a list of roles that are there already, and whether it takes the others of such a list is not told: after a
// refusal is looked up what the user holds, and only what is still lacking goes again.
Answer<void> OneLoginV1::change_roles(std::string id, std::set<std::string> roles, bool add) {
  if (auto numbers = check_role_ids(roles); !numbers) co_return tl::unexpected(at("set_roles", std::move(numbers).error()));
  const std::string target = user_path(id) + (add ? "/add_roles" : "/remove_roles");
  auto done = co_await write("set_roles", "PUT", target, write_role_ids(roles));
  if (done || done.error().kind != ErrorKind::invalid) co_return done;
  if (add && roles.size() == 1 && says_already_included(done.error())) co_return Result<void>();
  auto held = co_await held_roles(id);
  if (!held) co_return done;
  const std::size_t before = roles.size();
  std::erase_if(roles, [&](const auto& role) { return held->contains(role) == add; });
  if (roles.empty()) co_return Result<void>();
  if (roles.size() == before) co_return done;
  co_return co_await write("set_roles", "PUT", target, write_role_ids(roles));
}

std::string OneLoginV1::members_target(const std::string& role) const { return (root() + "/users?fields=id&role_id=").append(percent_encoded(role)); }

Result<MemberPage> OneLoginV1::members_in(const HttpResponse& response) const {
  ROLLCALL_TRY(const UserPage users, read_users(api_, response));
  if (!users.page.unusable.empty()) return fail(ErrorKind::corrupt, users.page.unusable[0].detail);
  MemberPage out;
  out.next = users.page.next;
  for (const auto& account : users.page.accounts) out.users.push_back(account.id);
  return out;
}

}  // namespace rollcall::providers::onelogin
