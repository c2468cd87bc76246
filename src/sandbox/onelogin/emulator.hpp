// OneLogin's API /1 and /2 as their pages describe them (README.md beside this file says what is assumed). One tenant serves both.
// Pure: decides over the tenant. Owned by the Sandbox; one thread at a time.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/onelogin/documents.hpp"
#include "sandbox/routed.hpp"

namespace rollcall::sandbox::onelogin {

struct Options {
  std::string client_id, client_secret;   // empty: any
  Duration token_life = std::chrono::hours(10);
  bool refreshes = true;                  // gives out refresh tokens
  std::size_t page_size = 50;
  bool cursors = true;                    // /2 pages by cursor as well as by number
  bool list_roles = true;                 // listings show roles
  std::string mapping_role;               // a mapping of the tenant gives this role to whoever is made or changed
  std::function<std::string()> token;
};

struct Asked : sandbox::Asked {          // `path` stands behind /api: {"1","users","7","add_roles"}
  Asked(const HttpRequest& request, Instant now, const Distortion& distortion);
  int version = 1;
  std::string key() const;               // "PUT 1/users/{id}/add_roles"
  std::string id() const;                // the segment that stands for {id}
};

class OneLogin : public Routed<OneLogin, Asked, HttpResponse, Refusal> {
 public:
  OneLogin(Tenant& tenant, Options options) : tenant_(tenant), options_(std::move(options)) {}

  HttpResponse handle(const HttpRequest& request, Instant now, const Distortion& distortion) override;
  HttpResponse error(int status, std::string_view text) const override;
  HttpResponse html_error(int status) const override;

 private:
  struct Tokens {
    std::string access, refresh;
    Instant made{}, ends{};
  };
  const Table& table() const override;
  Checked<void> admitted(const Asked& asked) const override;
  HttpResponse nowhere(const Asked& asked) const override { return refusal(asked.version, {404, "No Route Exists", {}}); }
  HttpResponse answered(const Reply& reply, const Asked& asked) const override { return reply ? *reply : refusal(asked.version, reply.error()); }
  void complete(HttpResponse& response, Instant now) const override { add_limit(response, now); }
  Checked<json::Value> body_of(const Asked& asked) const;
  Checked<Account> user_of(const Asked& asked) const;
  void count(Instant now);
  void add_limit(HttpResponse& response, Instant now) const;

  // token.cpp
  HttpResponse token(const Asked& asked);
  HttpResponse revoke(const Asked& asked);
  Reply rate_limit(const Asked& asked);
  bool is_client(const HttpRequest& request, const json::Value& body) const;
  json::Value token_value(const Tokens& tokens) const;
  // users.cpp
  Reply list(const Asked& asked);
  Reply show(const Asked& asked);
  Reply create(const Asked& asked);
  Reply update(const Asked& asked);
  Reply remove(const Asked& asked);
  Reply set_state(const Asked& asked);
  Reply custom_attributes(const Asked& asked);
  Reply set_custom_attributes(const Asked& asked);
  Reply set_clear(const Asked& asked) { return put_password(asked, false); }
  Reply set_salted(const Asked& asked) { return put_password(asked, true); }
  Reply put_password(const Asked& asked, bool salted);
  Reply lock(const Asked& asked);
  Reply logout(const Asked& asked);
  Checked<void> unique(const Account& account, int version) const;
  void store(Account account, Instant now);
  // roles.cpp
  Reply roles_of_user(const Asked& asked);
  Reply add_roles(const Asked& asked);
  Reply remove_roles(const Asked& asked);
  Checked<std::set<std::int64_t>> role_array(const Asked& asked) const;
  Reply roles(const Asked& asked);
  Reply role(const Asked& asked);
  Reply groups(const Asked& asked);
  Reply role_users(const Asked& asked);
  Reply add_role_users(const Asked& asked);
  Reply remove_role_users(const Asked& asked);
  Checked<std::set<std::int64_t>> user_array(const Asked& asked) const;
  // invites.cpp
  Reply get_invite_link(const Asked& asked);
  Reply send_invite_link(const Asked& asked);
  Checked<std::string> invite(const Asked& asked, const json::Value& body);
  std::map<std::int64_t, json::Value> all_events() const;
  Reply events(const Asked& asked);
  Reply event(const Asked& asked);
  Reply event_types(const Asked& asked);
  HttpResponse accept(const Asked& asked);

  // A page of `items`, whose keys are what a cursor names: in the body for /1, in headers for /2.
  Reply page(const Asked& asked, const std::map<std::int64_t, json::Value>& items, std::size_t total) const;

  Tenant& tenant_;
  Options options_;
  std::optional<Tokens> tokens_;
  Instant window_{};
  std::int64_t used_ = 0;
};

}  // namespace rollcall::sandbox::onelogin
