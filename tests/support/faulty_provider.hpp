// Wraps a provider and fails on cue, before or after the effect: what networks and vendors do. Thread rule: one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rollcall/provider.hpp"

namespace rollcall::test {

struct Fault {
  std::string verb;  // create, update, ... as the verb is called; "" is any
  Error error;
  bool after_effect = false;  // the verb did its work, and its answer is lost
  int skip = 0;               // so many calls of that verb go well before
  int times = 1;              // so many fail; -1 for ever
};

Error unavailable(bool in_doubt = false);
Error rate_limited(std::chrono::milliseconds retry_after);
Fault lost_answer(std::string verb);  // took effect, in doubt
Fault dropped(std::string verb);      // took no effect, but nobody knows: in doubt

class FaultyProvider final : public Provider {
 public:
  explicit FaultyProvider(Provider& inner) : inner_(inner) {}
  void on_cue(Fault fault) { faults_.push_back(std::move(fault)); }
  void clear() { faults_.clear(); }
  std::size_t seen(const std::string& verb) const {      // how often it was called, faults included
    const auto it = seen_.find(verb);
    return it == seen_.end() ? 0 : it->second;
  }

  const Capabilities& capabilities() const override { return inner_.capabilities(); }
  Fields canonical(Fields desired) const override { return inner_.canonical(std::move(desired)); }
  boost::asio::awaitable<Result<std::string>> authenticate() override;
  boost::asio::awaitable<Result<AccountPage>> list(std::string cursor) override;
  boost::asio::awaitable<Result<AccountPage>> list_changed(Instant since, std::string cursor) override;
  boost::asio::awaitable<Result<std::vector<Role>>> roles() override;
  boost::asio::awaitable<Result<std::optional<Account>>> find(LookupBy by, std::string value) override;
  boost::asio::awaitable<Result<Account>> create(NewAccount account) override;
  boost::asio::awaitable<Result<void>> update(std::string id, Fields changes) override;
  boost::asio::awaitable<Result<void>> set_roles(std::string id, RoleChange change) override;
  boost::asio::awaitable<Result<void>> suspend(std::string id) override;
  boost::asio::awaitable<Result<void>> reactivate(std::string id, std::string native_status) override;
  boost::asio::awaitable<Result<void>> remove(std::string id) override;
  boost::asio::awaitable<Result<InviteAnswer>> invite(InviteRequest request) override;
  boost::asio::awaitable<Result<InviteAnswer>> send_invitation(InviteRequest request) override;
  boost::asio::awaitable<Result<void>> cancel_invitation(std::string id) override;

 private:
  std::optional<Fault> due(std::string_view verb);
  template <class T>
  boost::asio::awaitable<Result<T>> through(std::string verb, boost::asio::awaitable<Result<T>> work);

  Provider& inner_;
  std::vector<Fault> faults_;
  std::map<std::string, std::size_t> seen_;
};

}  // namespace rollcall::test
