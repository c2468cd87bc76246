// The one group of a user by its name: the user's own member is a number, `group_id`, and whoever maps `group` means what people read.
// Groups are /1 for both versions (page "Get Groups").
#include <algorithm>

#include "providers/onelogin/verbs.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::providers::onelogin {

namespace asio = boost::asio;

// Whoever comes while they are being read waits for that.
Answer<void> OneLogin::read_groups() {
  const bool others = groups_arrive_ != nullptr;
  while (groups_arrive_) {
    boost::system::error_code cancelled;
    co_await groups_arrive_->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (others && groups_current_) co_return Result<void>();
  asio::steady_timer arrive(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  groups_arrive_ = &arrive;
  auto all = co_await catalogue("groups", Api::v1, "/api/1/groups");
  groups_arrive_ = nullptr;
  arrive.cancel();
  if (!all) co_return tl::unexpected(std::move(all).error());
  groups_ = std::move(*all);
  groups_current_ = true;
  groups_read_ = std::chrono::steady_clock::now();
  co_return Result<void>();
}

// A number that is in no catalogue leaves the name unshown: it is not said that there is none.
Answer<void> OneLogin::name_group(Account& account) {
  const auto id = account.fields.find("group_id");
  if (!enforced_.contains(std::string(group_name)) || id == account.fields.end()) co_return Result<void>();
  const std::string number = id->second;
  if (!number.empty() && !groups_current_) {
    auto read = co_await read_groups();
    if (!read) co_return read;
  }
  if (number.empty()) account.fields[std::string(group_name)] = "";
  if (!number.empty())
    for (const Role& group : groups_)
      if (group.id == number) account.fields[std::string(group_name)] = group.name;
  co_return Result<void>();
}

// One that is not there may have been made since the catalogue was read; a hundred who lack the same group ask once.
Answer<std::string> OneLogin::group_id(std::string name) {
  const auto named = [&](const Role& group) { return group.name == name; };
  const bool lately = std::chrono::steady_clock::now() - groups_read_ < std::chrono::minutes{1};
  if (!groups_current_ || (!lately && std::none_of(groups_.begin(), groups_.end(), named))) {
    auto read = co_await read_groups();
    if (!read) co_return tl::unexpected(std::move(read).error());
  }
  const auto count = std::count_if(groups_.begin(), groups_.end(), named);
  if (count == 1) co_return std::find_if(groups_.begin(), groups_.end(), named)->id;
  const std::string quoted = "\"" + name + "\"";
  if (count == 0)
    co_return fail(ErrorKind::invalid, "group: OneLogin has no group " + quoted + ": make it there, or correct the source or the mapping", session_.type());
  co_return fail(ErrorKind::invalid, "group: OneLogin has " + std::to_string(count) + " groups " + quoted + ": map group_id, or rename one there", session_.type());
}

Answer<Fields> OneLogin::with_group_id(std::string verb, Fields fields) {
  const auto group = fields.find(std::string(group_name));
  const auto meant = [&](const char* name) { return fields.contains(name) || enforced_.contains(name); };
  if ((group != fields.end() || fields.contains("group_id")) && meant("group") && meant("group_id"))
    co_return fail(ErrorKind::invalid, "group and group_id say the same: map one of the two", session_.type() + ": " + verb);
  if (group == fields.end()) co_return fields;
  std::string number;
  if (!group->second.empty()) {
    auto id = co_await group_id(group->second);
    if (!id) co_return tl::unexpected(at(verb, std::move(id).error()));
    number = std::move(*id);
  }
  fields.erase(group);
  fields["group_id"] = std::move(number);
  co_return fields;
}

}  // namespace rollcall::providers::onelogin
