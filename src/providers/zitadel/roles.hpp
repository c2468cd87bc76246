// The roles of one project and who holds them. Remembers the grants that the last listing showed, so that a change of somebody's
// roles needs no look-up. Owned by the provider; thread rule: the provider's executor.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/zitadel/grants.hpp"
#include "providers/zitadel/session.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::providers::zitadel {

class Roles {
 public:
  template <class T>
  using Answer = boost::asio::awaitable<Result<T>>;

  Roles(Session& session, std::string project) : session_(session), project_(std::move(project)) {}

  bool configured() const { return !project_.empty(); }
  Answer<std::vector<Role>> catalogue();
  Answer<void> read_all();                                  // all grants of the project, for holders()
  std::set<std::string> held_by(const std::string& user) const;  // as last seen
  Answer<std::set<std::string>> look_up(std::string user);  // one person's
  Answer<void> change(std::string user, RoleChange change);
  void forget(const std::string& user) { grants_.erase(user); }
  void is_new(const std::string& user) { grants_[user].clear(); }  // made by us just now: holds nothing

 private:
  using Request = std::function<Wanted(RoleApi)>;
  Reply<std::string> ask(std::string verb, bool writes, Request request);
  Answer<std::vector<Grant>> search(std::string user);  // "" is everybody
  Answer<bool> write(std::string user, std::vector<Grant> held, RoleChange change);  // false: what we remembered was stale
  Answer<bool> add_grant(std::string user, std::set<std::string> keys);
  Answer<bool> set_keys(Grant& grant, std::set<std::string> keys);

  Session& session_;
  std::string project_;
  std::optional<RoleApi> api_;  // once a call has told
  std::map<std::string, std::vector<Grant>> grants_;  // by user
};

}  // namespace rollcall::providers::zitadel
