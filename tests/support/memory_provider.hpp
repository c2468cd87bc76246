// A provider in memory, for the tests of everything that speaks to one. It keeps every promise of the port - it passes
// the same contract suite as the real ones - and behaves as its Capabilities say. Public members are for tests to
// prepare and to look at. Thread rule: one thread.
#pragma once

#include <functional>

#include "rollcall/provider.hpp"
#include "support/faulty_provider.hpp"

namespace rollcall::test {

class MemoryProvider final : public Provider {
 public:
  explicit MemoryProvider(Capabilities capabilities = everything());

  // Fields userName, email, externalId, givenName, familyName, title; all verbs; our mail carries a link.
  static Capabilities everything();

  // An account that somebody else made. Roles are ids. Answers the id: "1", "2", ...
  std::string add(Fields fields, std::set<std::string> role_ids = {}, AccountStatus status = AccountStatus::active);
  std::string add_role(const std::string& name);  // answers its id: "r1", ...
  void accept(const std::string& email);  // the person follows the link (where there was no account, it comes to be)

  std::map<std::string, Account> accounts;  // by id; `roles` is always set here, whatever shows_roles
  std::map<std::string, Fields> secrets;   // by account: set-only fields as they were written last
  std::vector<Role> role_list;
  struct Invitation {
    std::string id, account, email, to, link, code;
    std::set<std::string> role_ids;
    bool mailed = false, cancelled = false, accepted = false;
    int mails = 1;                      // how often it was sent
  };
  std::vector<Invitation> invitations;  // every one that was obtained or sent, in order
  std::vector<std::string> calls;       // "create dora", "update 3 email title", "list 0"
  bool listed_as_accepted = false;      // the listing shows everybody as somebody who has come; find() knows better
  std::string expires;                  // what is said of new invitations, RFC 3339; "" says nothing
  Clock clock = system_now;             // dates what the verbs change
  std::map<std::string, Instant> changed;   // by id: when an account was changed; who changes one by hand says so here
  std::function<Fields(Fields)> cuts;   // what is read back of what is written; canonical() says the same

  std::size_t invited(const std::string& email) const;  // how many invitations this address was given
  std::size_t living(const std::string& email) const;   // of these, neither cancelled nor accepted
  std::size_t count(std::string_view verb) const;       // calls of one verb

  const Capabilities& capabilities() const override { return capabilities_; }
  Fields canonical(Fields desired) const override { return cuts ? cuts(std::move(desired)) : desired; }
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
  Account shown(Account account, bool listed) const;
  AccountPage page_behind(const std::string& cursor, const std::function<bool(const std::string& id)>& fits) const;
  std::string field_of(LookupBy by) const;
  bool same(const std::string& field, std::string_view a, std::string_view b) const;
  Result<void> taken(const Fields& fields, const std::string& but) const;
  Result<Account*> account(const std::string& id);
  Result<Account*> account_to_change(const std::string& id);
  Result<InviteAnswer> new_invitation(InviteRequest request, bool mailed);
  bool known_role(const std::string& id) const;

  Capabilities capabilities_;
  int next_id_ = 1;
};

}  // namespace rollcall::test
