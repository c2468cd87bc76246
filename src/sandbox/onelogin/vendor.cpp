#include "sandbox/onelogin/vendor.hpp"

#include "crypto/hash.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/onelogin/emulator.hpp"

namespace rollcall::sandbox::onelogin {
namespace {

Result<std::unique_ptr<Emulator>> make(Tenant& tenant, const VendorSettings& settings) {
  const auto at = [&](std::string_view name) -> const std::string& { return settings.find(name)->second; };
  Options options;
  options.client_id = at("client-id");
  options.client_secret = at("api-key");
  ROLLCALL_TRY(options.token_life, parse_duration(at("token-life")));
  options.refreshes = at("refresh") == "yes";
  ROLLCALL_TRY(options.page_size, page_size(settings, 50));
  options.cursors = at("cursors") == "yes";
  options.list_roles = at("list-roles") == "yes";
  options.mapping_role = at("mapping-role");
  options.token = [] { return crypto::base64url(crypto::random_bytes(24)); };
  return std::make_unique<OneLogin>(tenant, std::move(options));
}

void preload(Tenant& tenant, int accounts, Instant now) {
  preload_people(tenant, accounts, [now](const std::string& name, int number) {
    Account account;
    account.status = 1;
    account.created = account.updated = now;
    account.activated = account.password_changed = now;
    account.password = "sha256:of a person's own";
    account.fields = {{"username", name}, {"email", name + "@example.com"}, {"firstname", "User"}, {"lastname", std::to_string(number)}};
    return account;
  });
}

}  // namespace

Vendor vendor(std::string_view name) {
  return {name,
          "OneLogin: the API /1 and /2 of one tenant",
          {"username", "email"},
          {{"client-id", "the only client id that is accepted; without it, any", "", {}},
           {"token-life", "how long a token is good", "10h", {}},
           {"refresh", "whether tokens come with a refresh token", "yes", {"yes", "no"}},
           {"page-size", "items on one page of a listing, at most 50", "50", {}},
           {"cursors", "whether /2 pages by cursor, or by number alone", "yes", {"yes", "no"}},
           {"list-roles", "whether listings show the roles of users", "yes", {"yes", "no"}},
           {"mapping-role", "a mapping of the tenant gives this role to whoever is made or changed", "", {}}},
          make,
          preload};
}

}  // namespace rollcall::sandbox::onelogin
