// Wraps a provider and tells of every call that changes something or looks for an account, before it begins and after it took effect: the instants at which a
// process may be killed. And hides what a test wants hidden. Thread rule: one thread.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "rollcall/provider.hpp"

namespace rollcall::test {

class Witness final : public Provider {
 public:
  using Told = std::function<void(const std::string& moment)>;   // "before create", "after create"
  explicit Witness(Provider& inner) : inner_(inner) {}
  Told told;
  std::set<std::string> unlisted;           // ids that the listing leaves out; find() knows them
  std::set<std::string> late_fields;        // a create does not take them, and its answer says so
  std::set<std::string> ignored_fields;     // an update accepts them and does nothing
  bool forgetful = false;                   // accepts roles and suspensions and does nothing
  std::function<void(const Account&)> created;   // after a create, before its answer

  const Capabilities& capabilities() const override { return inner_.capabilities(); }
  Fields canonical(Fields desired) const override { return inner_.canonical(std::move(desired)); }
  boost::asio::awaitable<Result<std::string>> authenticate() override { return inner_.authenticate(); }
  boost::asio::awaitable<Result<AccountPage>> list(std::string cursor) override {
    auto page = co_await inner_.list(std::move(cursor));
    if (page) std::erase_if(page->accounts, [&](const Account& a) { return unlisted.contains(a.id); });
    co_return page;
  }
  boost::asio::awaitable<Result<AccountPage>> list_changed(Instant since, std::string cursor) override {
    return inner_.list_changed(since, std::move(cursor));
  }
  boost::asio::awaitable<Result<std::vector<Role>>> roles() override { return inner_.roles(); }
  boost::asio::awaitable<Result<std::optional<Account>>> find(LookupBy by, std::string value) override {
    return seen("find", inner_.find(by, std::move(value)));
  }
  boost::asio::awaitable<Result<Account>> create(NewAccount account) override {
    std::erase_if(account.fields, [&](const auto& f) { return late_fields.contains(f.first); });
    auto answer = co_await seen("create", inner_.create(std::move(account)));
    if (answer && created) created(*answer);
    co_return answer;
  }
  boost::asio::awaitable<Result<void>> update(std::string id, Fields changes) override {
    std::erase_if(changes, [&](const auto& f) { return ignored_fields.contains(f.first); });
    return seen("update", inner_.update(std::move(id), std::move(changes)));
  }
  boost::asio::awaitable<Result<void>> set_roles(std::string id, RoleChange change) override {
    if (forgetful) change.add.clear(), change.whole.clear();
    return seen("set_roles", inner_.set_roles(std::move(id), std::move(change)));
  }
  boost::asio::awaitable<Result<void>> suspend(std::string id) override {
    if (forgetful) co_return Result<void>{};
    co_return co_await seen("suspend", inner_.suspend(std::move(id)));
  }
  boost::asio::awaitable<Result<void>> reactivate(std::string id, std::string native_status) override {
    return seen("reactivate", inner_.reactivate(std::move(id), std::move(native_status)));
  }
  boost::asio::awaitable<Result<void>> remove(std::string id) override { return seen("remove", inner_.remove(std::move(id))); }
  boost::asio::awaitable<Result<InviteAnswer>> invite(InviteRequest request) override {
    return seen("invite", inner_.invite(std::move(request)));
  }
  boost::asio::awaitable<Result<InviteAnswer>> send_invitation(InviteRequest request) override {
    return seen("send_invitation", inner_.send_invitation(std::move(request)));
  }
  boost::asio::awaitable<Result<void>> cancel_invitation(std::string id) override {
    return seen("cancel_invitation", inner_.cancel_invitation(std::move(id)));
  }

 private:
  template <class T>
  boost::asio::awaitable<Result<T>> seen(std::string verb, boost::asio::awaitable<Result<T>> work) {
    if (told) told("before " + verb);
    auto result = co_await std::move(work);
    if (told) told("after " + verb);
    co_return result;
  }
  Provider& inner_;
};

}  // namespace rollcall::test
