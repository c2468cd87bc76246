#include "support/faulty_provider.hpp"

namespace rollcall::test {

using boost::asio::awaitable;

Error unavailable(bool in_doubt) {
  return {ErrorKind::unavailable, "the connection was closed", "test", std::nullopt, in_doubt};
}

Error rate_limited(std::chrono::milliseconds retry_after) {
  return {ErrorKind::rate_limited, "too many requests", "test", retry_after, false};
}

Fault lost_answer(std::string verb) { return {std::move(verb), unavailable(true), true, 0, 1}; }
Fault dropped(std::string verb) { return {std::move(verb), unavailable(true), false, 0, 1}; }

std::optional<Fault> FaultyProvider::due(std::string_view verb) {
  for (Fault& fault : faults_) {
    if (!fault.verb.empty() && fault.verb != verb) continue;
    if (fault.times == 0) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.times > 0) --fault.times;
    return fault;
  }
  return std::nullopt;
}

// The verb begins only when it is awaited: a fault before the effect drops it.
template <class T>
awaitable<Result<T>> FaultyProvider::through(std::string verb, awaitable<Result<T>> work) {
  ++seen_[verb];
  const auto fault = due(verb);
  if (fault && !fault->after_effect) co_return tl::unexpected(fault->error);
  auto result = co_await std::move(work);
  if (fault && result) co_return tl::unexpected(fault->error);
  co_return result;
}

awaitable<Result<std::string>> FaultyProvider::authenticate() { return through("authenticate", inner_.authenticate()); }
awaitable<Result<AccountPage>> FaultyProvider::list(std::string cursor) {
  return through("list", inner_.list(std::move(cursor)));
}
awaitable<Result<AccountPage>> FaultyProvider::list_changed(Instant since, std::string cursor) {
  return through("list_changed", inner_.list_changed(since, std::move(cursor)));
}
awaitable<Result<std::vector<Role>>> FaultyProvider::roles() { return through("roles", inner_.roles()); }
awaitable<Result<std::optional<Account>>> FaultyProvider::find(LookupBy by, std::string value) {
  return through("find", inner_.find(by, std::move(value)));
}
awaitable<Result<Account>> FaultyProvider::create(NewAccount account) {
  return through("create", inner_.create(std::move(account)));
}
awaitable<Result<void>> FaultyProvider::update(std::string id, Fields changes) {
  return through("update", inner_.update(std::move(id), std::move(changes)));
}
awaitable<Result<void>> FaultyProvider::set_roles(std::string id, RoleChange change) {
  return through("set_roles", inner_.set_roles(std::move(id), std::move(change)));
}
awaitable<Result<void>> FaultyProvider::suspend(std::string id) {
  return through("suspend", inner_.suspend(std::move(id)));
}
awaitable<Result<void>> FaultyProvider::reactivate(std::string id, std::string native_status) {
  return through("reactivate", inner_.reactivate(std::move(id), std::move(native_status)));
}
awaitable<Result<void>> FaultyProvider::remove(std::string id) {
  return through("remove", inner_.remove(std::move(id)));
}
awaitable<Result<InviteAnswer>> FaultyProvider::invite(InviteRequest request) {
  return through("invite", inner_.invite(std::move(request)));
}
awaitable<Result<InviteAnswer>> FaultyProvider::send_invitation(InviteRequest request) {
  return through("send_invitation", inner_.send_invitation(std::move(request)));
}
awaitable<Result<void>> FaultyProvider::cancel_invitation(std::string id) {
  return through("cancel_invitation", inner_.cancel_invitation(std::move(id)));
}

}  // namespace rollcall::test
