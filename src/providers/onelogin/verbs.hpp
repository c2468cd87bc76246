// The verbs of both versions: what is the same stands here, what differs is told by the two classes. Invitations, events, locks and
// the rate limit are /1 for both. Owned by the app; thread rule: the provider's executor.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "providers/onelogin/role_batches.hpp"
#include "providers/onelogin/session.hpp"
#include "providers/onelogin/wire.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::providers::onelogin {

template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

Capabilities capabilities(Api api);

class OneLogin : public Provider {
 public:
  OneLogin(Api api, Session session, bool revokes)
      : api_(api), session_(std::move(session)), revokes_(revokes), capabilities_(onelogin::capabilities(api)) {}

  const Capabilities& capabilities() const override { return capabilities_; }
  Answer<std::string> authenticate() override;
  Answer<AccountPage> list(std::string cursor) override;
  Answer<std::vector<Role>> roles() override;
  Answer<std::optional<Account>> find(LookupBy by, std::string value) override;
  Answer<void> suspend(std::string id) override;
  Answer<void> reactivate(std::string id, std::string native_status) override;
  Answer<void> remove(std::string id) override;
  Answer<InviteAnswer> invite(InviteRequest request) override;
  Answer<InviteAnswer> send_invitation(InviteRequest request) override;
  Answer<void> cancel_invitation(std::string id) override;
  void enforces(const std::set<std::string>& fields) override { enforced_ = fields; }
  Answer<void> close() override;

 protected:
  Call reading(std::string verb) const { return {std::move(verb), false, {}}; }
  Error at(const std::string& verb, Error error) const;
  // A page of the users that `filter` (a part of a query, "" for all) leaves.
  Answer<AccountPage> list_page(std::string verb, std::string filter, std::string cursor);
  std::string root() const { return api_ == Api::v1 ? "/api/1" : "/api/2"; }
  std::string user_path(const std::string& id) const;
  static std::string user_path_v1(const std::string& id);
  // A write whose answer says nothing but whether it worked.
  Answer<void> write(std::string verb, std::string method, std::string target, std::string body, std::string secret = {});
  Answer<Account> post_user(Fields fields, std::string secret);
  Answer<void> put_user(std::string verb, std::string id, Fields changes, std::string secret = {});
  Answer<std::set<std::string>> held_roles(std::string id);

  Api api_;
  Session session_;

 private:
  virtual std::string members_target(const std::string& role) const = 0;  // the users who hold a role, one page
  virtual Result<MemberPage> members_in(const HttpResponse& response) const = 0;
  Answer<std::vector<Role>> catalogue(std::string verb, Api api, std::string path);
  // groups.cpp
  Answer<void> read_groups();
  Answer<void> name_group(Account& account);
  Answer<std::string> group_id(std::string name);
  Answer<Fields> with_group_id(std::string verb, Fields fields);
  Answer<void> read_members();
  Answer<void> complete_roles(AccountPage& page, bool shown);
  Answer<std::optional<Account>> show(std::string id);
  Answer<std::optional<Account>> search(LookupBy by, std::string value);
  Answer<Error> refusal_of_create(Error error, Fields fields);

  bool revokes_;
  Capabilities capabilities_;
  std::set<std::string> enforced_;                                       // fields of the mapping
  std::vector<Role> groups_;                                             // id and name; asked for where somebody means a name
  bool groups_current_ = false;                                          // read since the last listing began
  std::chrono::steady_clock::time_point groups_read_{};
  boost::asio::steady_timer* groups_arrive_ = nullptr;                   // of who reads them: never expires, is cancelled at the end
  std::optional<std::map<std::string, std::set<std::string>>> members_;  // who holds what, where the listing does not tell
};

class OneLoginV1 final : public OneLogin {
 public:
  OneLoginV1(Session session, bool revokes) : OneLogin(Api::v1, std::move(session), revokes) {}
  Answer<Account> create(NewAccount account) override;
  Answer<void> update(std::string id, Fields changes) override;
  Answer<void> set_roles(std::string id, RoleChange change) override;

 private:
  std::string members_target(const std::string& role) const override;
  Result<MemberPage> members_in(const HttpResponse& response) const override;
  Answer<void> change_roles(std::string id, std::set<std::string> roles, bool add);
};

class OneLoginV2 final : public OneLogin {
 public:
  OneLoginV2(Session session, bool revokes) : OneLogin(Api::v2, std::move(session), revokes) {}
  Answer<AccountPage> list_changed(Instant since, std::string cursor) override;
  Answer<Account> create(NewAccount account) override;
  Answer<void> update(std::string id, Fields changes) override;
  Answer<void> set_roles(std::string id, RoleChange change) override;

 private:
  std::string members_target(const std::string& role) const override;
  Result<MemberPage> members_in(const HttpResponse& response) const override;
  Answer<void> change_role(std::string role, std::string id, bool add);

  RoleBatches batches_;
};

}  // namespace rollcall::providers::onelogin
