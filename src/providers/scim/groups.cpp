#include "providers/scim/groups.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "providers/http.hpp"
#include "providers/scim/pages.hpp"

namespace rollcall::providers::scim {
namespace {

namespace asio = boost::asio;
using asio::steady_timer;

std::string group_path(const std::string& id) { return "/Groups/" + percent_encoded(id); }

constexpr int attempts = 5;  // of a change that another one overtakes

// Not the account is gone, but the group.
Error without_group(Error error, const std::string& group) {
  error.kind = ErrorKind::invalid;
  error.message = "the group " + group + " is not there any more: " + error.message;
  return error;
}

}  // namespace

struct Groups::Batch {
  Membership changes;
  std::map<std::string, Result<void>> results;
};

struct Groups::Line {
  explicit Line(const asio::any_io_executor& executor) : turn(executor, steady_timer::time_point::max()) {}
  steady_timer turn;  // never expires: cancelled whenever a batch is done
  bool writing = false;
  int people = 0;     // who stand in it
  std::shared_ptr<Batch> waiting;
};

// While it lives nobody else writes this group. However it ends, those who wait get an answer.
class Groups::Turn {
 public:
  explicit Turn(Line& line) : batch(std::move(line.waiting)), line_(line) {
    line_.waiting.reset();
    line_.writing = true;
  }
  ~Turn() {
    for (const auto& [user, in] : batch->changes)
      batch->results.try_emplace(user, fail(ErrorKind::cancelled, "the change of the group was given up", "scim: set_roles"));
    line_.writing = false;
    line_.turn.cancel();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  std::shared_ptr<Batch> batch;

 private:
  Line& line_;
};

// A place in the line; the last one takes the line away, for its timer belongs to this run's executor.
class Groups::Place {
 public:
  Place(Groups& groups, std::string group, std::shared_ptr<Line> line) : groups_(groups), group_(std::move(group)), line_(std::move(line)) {
    ++line_->people;
  }
  ~Place() {
    if (--line_->people == 0) groups_.lines_.erase(group_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Groups& groups_;
  std::string group_;
  std::shared_ptr<Line> line_;
};

Answer<std::vector<Group>> Groups::list(std::string query) {
  std::vector<Group> all;
  const bool filtered = query.find("filter=") != query.npos;
  for (Walk walk(service_, "/Groups", std::move(query), "groups"); !walk.ended();) {
    auto reply = co_await session_.get("roles", walk.target());
    const ErrorKind kind = reply ? ErrorKind::internal : reply.error().error.kind;
    if (walk.looks_behind() && is_refusal(kind)) break;
    if (!filtered && (kind == ErrorKind::not_found || kind == ErrorKind::unsupported)) break;  // a service may have no groups
    if (!reply) co_return tl::unexpected(std::move(reply).error().error);
    auto page = read_list(reply->body);
    if (!page) co_return tl::unexpected(misunderstood(std::move(page).error(), Call{"roles", false, {}}));
    for (const auto& resource : walk.take(std::move(*page))) {
      auto group = read_group(resource);
      if (!group) co_return tl::unexpected(misunderstood(std::move(group).error(), Call{"roles", false, {}}));
      all.push_back(std::move(*group));
    }
    if (walk.problem()) co_return fail(ErrorKind::corrupt, *walk.problem(), "scim: roles");
  }
  co_return all;
}

Answer<std::vector<Role>> Groups::catalogue() {
  auto groups = co_await list("excludedAttributes=members");
  if (!groups) co_return tl::unexpected(std::move(groups).error());
  std::map<std::string, int> bearers;
  for (const Group& group : *groups) ++bearers[group.name];
  std::vector<Role> out;
  // Of two groups with one name neither can be meant (contract 4.4).
  for (Group& group : *groups)
    if (!group.name.empty() && bearers[group.name] == 1) out.push_back({std::move(group.id), std::move(group.name)});
  co_return out;
}

Answer<Groups::Holders> Groups::holders() {
  auto groups = co_await list("");
  if (!groups) co_return tl::unexpected(std::move(groups).error());
  Holders out;
  for (const Group& group : *groups)
    for (const auto& user : group.users) out[user].insert(group.id);
  co_return out;
}

Answer<std::set<std::string>> Groups::of(std::string user) {
  std::set<std::string> out;
  Result<std::vector<Group>> found;
  if (service_.filter) found = co_await list("excludedAttributes=members&filter=" + equality("members.value", user));
  if (!found && !is_refusal(found.error().kind)) co_return tl::unexpected(std::move(found).error());
  auto all = co_await list("excludedAttributes=members");
  if (!all) co_return tl::unexpected(std::move(all).error());
  // A service that does not heed the filter shows all its groups.
  if (found && service_.filter && found->size() < all->size()) {
    for (const Group& group : *found) out.insert(group.id);
    co_return out;
  }
  auto members = co_await holders();
  if (!members) co_return tl::unexpected(std::move(members).error());
  co_return std::move((*members)[user]);
}

Answer<void> Groups::change(std::string group, std::string user, bool in) {
  const auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<Line> line = lines_[group];
  if (!line) line = lines_[group] = std::make_shared<Line>(executor);
  const Place place(*this, group, line);
  if (!line->waiting) line->waiting = std::make_shared<Batch>();
  const std::shared_ptr<Batch> batch = line->waiting;
  batch->changes[user] = in;
  while (!batch->results.contains(user)) {
    if (!line->writing) {
      co_await carry_out(group, line);
      continue;
    }
    boost::system::error_code cancelled;
    co_await line->turn.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return batch->results.at(user);
}

Answer<void> Groups::carry_out(std::string group, std::shared_ptr<Line> line) {
  const Turn turn(*line);
  Batch& batch = *turn.batch;
  const Result<void> together = co_await write(group, batch.changes);
  // One member that the service refuses spoils it for all: then each by itself.
  const bool each = !together && batch.changes.size() > 1 && is_refusal(together.error().kind);
  for (const auto& [user, in] : batch.changes) {
    Result<void> result = together;
    if (each) {
      Membership one;
      one.emplace(user, in);
      result = co_await write(group, std::move(one));
    }
    batch.results.insert_or_assign(user, std::move(result));
  }
  co_return Result<void>();
}

Answer<Document> Groups::read(std::string group) {
  auto reply = co_await session_.get("set_roles", group_path(group));
  if (!reply) co_return tl::unexpected(std::move(reply).error().error);
  auto document = read_document(*reply);
  if (!document) co_return tl::unexpected(misunderstood(std::move(document).error(), Call{"set_roles", false, {}}));
  if (!service_.etag) document->version.clear();
  co_return std::move(*document);
}

Answer<void> Groups::write(std::string group, Membership changes) {
  Result<void> done = fail(ErrorKind::unsupported, "");
  if (service_.patch) done = co_await patch(group, changes);
  if (!done && done.error().kind == ErrorKind::unsupported) {
    service_.patch = false;
    done = co_await replace(group, changes);
  }
  if (!done && done.error().kind == ErrorKind::not_found) {
    const bool only_removals = std::none_of(changes.begin(), changes.end(), [](const auto& change) { return change.second; });
    if (only_removals) co_return Result<void>();
    co_return tl::unexpected(without_group(std::move(done).error(), group));
  }
  co_return done;
}

Answer<void> Groups::patch(std::string group, Membership changes) {
  Wanted wanted;
  wanted.method = "PATCH";
  wanted.target = group_path(group);
  wanted.body = write_patch(member_operations(changes));
  auto reply = co_await session_.call("set_roles", wanted);
  if (reply) co_return Result<void>();
  const ErrorKind kind = reply.error().error.kind;
  if (kind != ErrorKind::invalid && kind != ErrorKind::conflict && kind != ErrorKind::already_exists) co_return tl::unexpected(std::move(reply).error().error);
  // Some refuse to take away who is gone already (noTarget), or to add who is there: only what is still to be done.
  auto now = co_await read(group);
  if (!now) co_return tl::unexpected(std::move(now).error());
  auto members = read_group(now->resource);
  if (!members) co_return tl::unexpected(std::move(reply).error().error);
  const Membership rest = needed(changes, *members);
  if (rest.empty()) co_return Result<void>();
  if (rest == changes && kind != ErrorKind::conflict) co_return tl::unexpected(std::move(reply).error().error);
  wanted.body = write_patch(member_operations(rest));
  auto again = co_await session_.call("set_roles", wanted);
  if (!again) co_return tl::unexpected(std::move(again).error().error);
  co_return Result<void>();
}

Answer<void> Groups::replace(std::string group, Membership changes) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    auto now = co_await read(group);
    if (!now) co_return tl::unexpected(std::move(now).error());
    auto members = read_group(now->resource);
    if (!members) co_return tl::unexpected(misunderstood(std::move(members).error(), Call{"set_roles", false, {}}));
    if (needed(changes, *members).empty()) co_return Result<void>();
    Wanted wanted;
    wanted.method = "PUT";
    wanted.target = group_path(group);
    wanted.version = now->version;
    wanted.body = write_replace(with_members(std::move(now->resource), changes));
    auto reply = co_await session_.call("set_roles", std::move(wanted));
    if (reply) co_return Result<void>();
    if (reply.error().status != 412) co_return tl::unexpected(std::move(reply).error().error);  // 412: changed meanwhile
  }
  co_return fail(ErrorKind::conflict, "the group " + group + " is being changed by others all the time", "scim: set_roles");
}

}  // namespace rollcall::providers::scim
