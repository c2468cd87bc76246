#include "providers/zitadel/roles.hpp"

namespace rollcall::providers::zitadel {
namespace {

// A page that yields nothing while more is counted would go on for ever: an account that may not see them (README).
Error unseen(const std::string& what, std::int64_t total, std::size_t seen) {
  return {ErrorKind::forbidden,
          "Zitadel counts " + std::to_string(total) + " " + what + " and shows " + std::to_string(seen) +
              ": the service account may not see them all (user.grant.read, project.role.read), or they are changing just now",
          "zitadel: roles", std::nullopt, false};
}

}  // namespace

// v1 where it is served, else v2: told by the first call, which only reads.
Reply<std::string> Roles::ask(std::string verb, bool writes, Request request) {
  while (true) {
    const RoleApi api = api_.value_or(RoleApi::v1);
    Wanted wanted = request(api);
    auto reply = co_await session_.call(verb, writes, std::move(wanted.method), std::move(wanted.target), std::move(wanted.body));
    const bool absent = !reply && reply.error().error.kind == ErrorKind::unsupported;
    if (absent && !api_) {
      api_ = RoleApi::v2;
      continue;
    }
    if (reply) api_ = api;
    co_return reply;
  }
}

Roles::Answer<std::vector<Role>> Roles::catalogue() {
  std::vector<Role> all;
  if (project_.empty()) co_return all;
  while (true) {
    const auto offset = static_cast<std::int64_t>(all.size());
    const Request request = [this, offset](RoleApi api) { return search_roles(api, offset, project_); };
    auto reply = co_await ask("roles", false, request);
    if (!reply) co_return tl::unexpected(std::move(reply).error().error);
    auto page = read_roles(*api_, *reply);
    if (!page) co_return tl::unexpected(misunderstood(std::move(page).error(), Call{"roles", false, {}}));
    all.insert(all.end(), page->roles.begin(), page->roles.end());
    if (static_cast<std::int64_t>(all.size()) >= page->total) co_return all;
    if (page->items == 0) co_return tl::unexpected(unseen("roles", page->total, all.size()));
  }
}

Roles::Answer<std::vector<Grant>> Roles::search(std::string user) {
  std::map<std::string, Grant> all;  // a moving set may show one twice
  std::int64_t offset = 0;
  while (true) {
    const Request request = [&](RoleApi api) { return search_grants(api, offset, project_, user, session_.organization()); };
    auto reply = co_await ask("grants", false, request);
    if (!reply) co_return tl::unexpected(std::move(reply).error().error);
    auto page = read_grants(*api_, *reply);
    if (!page) co_return tl::unexpected(misunderstood(std::move(page).error(), Call{"grants", false, {}}));
    const auto items = static_cast<std::int64_t>(page->grants.size());
    offset += items;
    for (auto& grant : page->grants) all.insert_or_assign(grant.id, std::move(grant));
    if (items == 0 && offset < page->total) co_return tl::unexpected(unseen("role grants", page->total, all.size()));
    if (offset >= page->total) break;
  }
  std::vector<Grant> out;
  for (auto& [id, grant] : all) out.push_back(std::move(grant));
  co_return out;
}

Roles::Answer<void> Roles::read_all() {
  if (project_.empty()) co_return Result<void>();
  auto all = co_await search("");
  if (!all) co_return tl::unexpected(std::move(all).error());
  grants_.clear();
  for (auto& grant : *all) grants_[grant.user].push_back(std::move(grant));
  co_return Result<void>();
}

std::set<std::string> Roles::held_by(const std::string& user) const {
  std::set<std::string> keys;
  if (const auto known = grants_.find(user); known != grants_.end())
    for (const Grant& grant : known->second) keys.insert(grant.keys.begin(), grant.keys.end());
  return keys;
}

Roles::Answer<std::set<std::string>> Roles::look_up(std::string user) {
  if (project_.empty()) co_return std::set<std::string>();
  auto found = co_await search(user);
  if (!found) co_return tl::unexpected(std::move(found).error());
  std::set<std::string> keys;
  for (const Grant& grant : *found) keys.insert(grant.keys.begin(), grant.keys.end());
  co_return keys;
}

Roles::Answer<void> Roles::change(std::string user, RoleChange change) {
  if (project_.empty())
    co_return fail(ErrorKind::unsupported, "roles need `project`, the id of the project whose roles they are", "zitadel: set_roles");
  const auto known = grants_.find(user);
  if (known != grants_.end()) {
    auto done = co_await write(user, known->second, change);
    if (!done) co_return tl::unexpected(std::move(done).error());
    if (*done) co_return Result<void>();
  }
  // Not known, or not any more: as it is now.
  auto found = co_await search(user);
  if (!found) co_return tl::unexpected(std::move(found).error());
  auto done = co_await write(user, std::move(*found), std::move(change));
  if (!done) co_return tl::unexpected(std::move(done).error());
  if (*done) co_return Result<void>();
  Error lag{ErrorKind::unavailable, "Zitadel has a grant for " + user + " that its search does not show yet", "zitadel: set_roles", std::chrono::milliseconds(500), false};
  co_return tl::unexpected(std::move(lag));
}

// What is added goes into the first grant, what is taken away leaves every one. An empty grant is deleted.
Roles::Answer<bool> Roles::write(std::string user, std::vector<Grant> held, RoleChange change) {
  grants_.erase(user);  // until all of it has succeeded
  if (held.empty() && !change.add.empty()) co_return co_await add_grant(std::move(user), std::move(change.add));
  for (std::size_t i = 0; i < held.size(); ++i) {
    std::set<std::string> keys = held[i].keys;
    for (const auto& key : change.remove) keys.erase(key);
    if (i == 0) keys.insert(change.add.begin(), change.add.end());
    if (keys == held[i].keys) continue;
    auto done = co_await set_keys(held[i], std::move(keys));
    if (!done || !*done) co_return done;
  }
  std::erase_if(held, [](const Grant& grant) { return grant.keys.empty(); });
  grants_[user] = std::move(held);
  co_return true;
}

Roles::Answer<bool> Roles::add_grant(std::string user, std::set<std::string> keys) {
  const std::string organization = session_.organization();
  if (api_ == RoleApi::v2 && organization.empty())
    co_return fail(ErrorKind::invalid, "this Zitadel grants roles by authorizations, which need `organization`: set it", "zitadel: set_roles");
  const Request request = [&](RoleApi api) { return create_grant(api, user, project_, organization, keys); };
  auto reply = co_await ask("set_roles", true, request);
  if (!reply && reply.error().error.kind == ErrorKind::already_exists) co_return false;
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto id = read_grant_id(*api_, *reply);
  if (!id) co_return tl::unexpected(misunderstood(std::move(id).error(), Call{"set_roles", true, {}}));
  Grant made{std::move(*id), user, std::move(keys)};
  grants_[user].push_back(std::move(made));
  co_return true;
}

Roles::Answer<bool> Roles::set_keys(Grant& grant, std::set<std::string> keys) {
  const bool goes = keys.empty();
  const Request request = [&](RoleApi api) { return goes ? delete_grant(api, grant) : replace_keys(api, grant, keys); };
  auto reply = co_await ask("set_roles", true, request);
  if (!reply && reply.error().error.kind == ErrorKind::not_found && !goes) co_return false;
  const bool done_before = !reply && (reply.error().id == grant_unchanged || reply.error().error.kind == ErrorKind::not_found);
  if (!reply && !done_before) co_return tl::unexpected(std::move(reply).error().error);
  grant.keys = std::move(keys);
  co_return true;
}

}  // namespace rollcall::providers::zitadel
