// LoginRadius as its pages describe it (README.md beside this file says what is assumed). Pure: decides over the tenant. Owned by the
// Sandbox; one thread at a time.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "sandbox/loginradius/documents.hpp"
#include "sandbox/routed.hpp"

namespace rollcall::sandbox::loginradius {

struct Options {
  std::string key, secret;               // empty: any, but none is refused
  std::string organization;
  std::string block_by;                  // the member of a profile that blocks; the other one changes nothing
  Duration invitation_life = std::chrono::hours(7 * 24);
  std::function<std::string(std::string_view prefix)> id;
};

struct Asked : sandbox::Asked {
  using sandbox::Asked::Asked;
  std::string key() const;
  bool identity() const { return path[0] == "identity"; }
};

class LoginRadius : public Routed<LoginRadius, Asked, json::Value, Refusal> {
 public:
  LoginRadius(Tenant& tenant, Options options) : tenant_(tenant), options_(std::move(options)) {}

  HttpResponse error(int status, std::string_view text) const override;
  HttpResponse html_error(int status) const override;

 private:
  const Table& table() const override;
  Checked<void> admitted(const Asked& asked) const override;
  HttpResponse nowhere(const Asked&) const override { return html_error(404); }
  HttpResponse answered(const Reply& reply, const Asked& asked) const override { return reply ? document(*reply) : refusal(reply.error(), asked.identity()); }

  // accounts.cpp
  Reply create(const Asked& asked);
  Reply find(const Asked& asked);
  Reply identities(const Asked& asked);
  Reply show(const Asked& asked);
  Reply update(const Asked& asked);
  Reply remove(const Asked& asked);
  Reply put_email(const Asked& asked);
  Reply list_organizations(const Asked& asked);
  Reply show_roles(const Asked& asked);
  Reply assign(const Asked& asked);
  Reply unassign(const Asked& asked);
  Checked<Account> known(const Asked& asked, std::size_t segment) const;
  Checked<Account> member_of(const Asked& asked) const;
  struct RoleChange {
    Account account;
    std::set<std::int64_t> roles;
  };
  Checked<RoleChange> role_change(const Asked& asked) const;
  Checked<std::set<std::int64_t>> role_numbers(const std::set<std::string>& ids) const;
  json::Value roles_value(const Account& account) const;
  json::Value written(Account account, Instant now);
  json::Value organization_value() const;
  // invites.cpp
  Reply send(const Asked& asked);
  Reply show_invitation(const Asked& asked);
  Reply resend(const Asked& asked);
  Reply revoke(const Asked& asked);
  HttpResponse follow(const Asked& asked);
  Checked<Invitation> living(const Asked& asked) const;
  void mail(const Invitation& invitation, const Asked& asked);

  Tenant& tenant_;
  Options options_;
};

}  // namespace rollcall::sandbox::loginradius
