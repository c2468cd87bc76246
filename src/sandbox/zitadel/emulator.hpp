// Zitadel as its descriptors, pages and source describe it (README.md beside this file says what is assumed). Pure: decides over the
// tenant. Owned by the Sandbox; one thread at a time.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "sandbox/routed.hpp"
#include "sandbox/zitadel/documents.hpp"

namespace rollcall::sandbox::zitadel {

struct Options {
  std::string token;                     // the personal access token; empty: any
  std::string public_key;                // PEM: of the service user's key; empty: no tokens are sold
  std::string key_id, service_user, audience;
  Duration token_life = std::chrono::hours(12);
  std::string organization, project;
  bool management = true;                // v1 is served
  Duration lag{0};                       // searches and looks show the state of so long ago
  std::size_t page_size = 1000;
  Duration code_life = std::chrono::hours(72);
  std::function<std::string()> code, id, access_token;
};

struct Asked : sandbox::Asked {          // a Connect call for users is taken in its REST form
  Asked(const HttpRequest& request, Instant now, const Distortion& distortion);
  std::string method;
  bool connect = false;
  std::string key() const;
};

class Zitadel : public Routed<Zitadel, Asked, json::Value, Refusal> {
 public:
  Zitadel(Tenant& tenant, Options options) : tenant_(tenant), options_(std::move(options)) {}

  std::string pattern(const HttpRequest& request) const override;
  HttpResponse error(int status, std::string_view text) const override;
  HttpResponse html_error(int status) const override;

 private:
  const Table& table() const override;
  Checked<void> admitted(const Asked& asked) const override;
  HttpResponse nowhere(const Asked& asked) const override { return refusal({5, "", "Not Found"}, asked.connect); }
  HttpResponse answered(const Reply& reply, const Asked& asked) const override { return reply ? document(*reply) : refusal(reply.error(), asked.connect); }

  // token.cpp
  HttpResponse token(const Asked& asked);
  // users.cpp
  Reply create(const Asked& asked);
  Reply update(const Asked& asked);
  Reply show(const Asked& asked);
  Reply remove(const Asked& asked);
  Reply become(const Asked& asked, int status, const char* unknown, std::initializer_list<int> allowed, const char* refused, const char* why);
  Reply deactivate(const Asked& asked);
  Reply reactivate(const Asked& asked);
  Reply lock(const Asked& asked);
  Reply unlock(const Asked& asked);
  Reply remove_phone(const Asked& asked);
  Reply set_metadata(const Asked& asked);
  Reply remove_metadata(const Asked& asked);
  Reply list_metadata(const Asked& asked);
  Reply set_password(const Asked& asked);
  // search.cpp
  Reply search(const Asked& asked);
  // invites.cpp
  Reply authentication_methods(const Asked& asked);
  Reply invite(const Asked& asked);
  Reply verify_invite(const Asked& asked);
  HttpResponse follow(const Asked& asked);
  Checked<void> accept(Account account, const std::string& code, Instant now);
  // grants.cpp
  Reply search_grants(const Asked& asked);
  Reply add_grant(const Asked& asked);
  Reply change_grant(const Asked& asked);
  Reply remove_grant(const Asked& asked);
  Reply search_roles(const Asked& asked);
  Reply list_authorizations(const Asked& asked);
  Reply create_authorization(const Asked& asked);
  Reply update_authorization(const Asked& asked);
  Reply delete_authorization(const Asked& asked);
  Reply list_project_roles(const Asked& asked);
  Checked<Account> grant(const std::string& user, const std::string& project, const json::Value& keys, Instant now);
  Checked<std::set<std::int64_t>> role_ids(const json::Value& keys) const;
  const Account* by_grant(const std::string& id) const;
  json::Array role_values(bool objects) const;

  // Commands see what is; searches and looks see what was, as long as the projection lags.
  const Account* find(const std::string& user_id) const { return tenant_.find_by("userId", user_id); }
  std::optional<Account> seen(const std::string& user_id, Instant now);
  std::vector<Account> all_seen(Instant now);
  void write(Account account, Instant now);
  void erase(const Account& account, Instant now);
  void shade(std::int64_t id, Instant now);

  struct Shade {
    Instant until{};
    std::optional<Account> before;
  };
  Tenant& tenant_;
  Options options_;
  std::map<std::int64_t, Shade> shades_;
  std::map<std::string, Instant> tokens_;  // that were sold, and when they end; a day in 1970: without the API's scope
};

}  // namespace rollcall::sandbox::zitadel
