#include "sandbox/zitadel/vendor.hpp"

#include <fstream>
#include <iterator>

#include "crypto/hash.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/zitadel/emulator.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

// Six upper-case letters and digits, as the vendor's codes are (defaults.yaml).
std::string new_code() {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string code;
  for (const unsigned char byte : crypto::random_bytes(6)) code += letters[byte % letters.size()];
  return code;
}

// A number of 18 digits, as the vendor chooses ids.
std::string new_id() {
  std::string id = "3";
  for (const unsigned char byte : crypto::random_bytes(17)) id += static_cast<char>('0' + byte % 10);
  return id;
}

Result<Options> read_options(const VendorSettings& settings) {
  const auto at = [&](std::string_view name) -> const std::string& { return settings.find(name)->second; };
  Options options;
  options.token = at("api-key");
  options.key_id = at("key-id");
  options.service_user = at("service-user");
  options.audience = at("audience");
  options.organization = at("organization");
  options.project = at("project");
  options.management = at("management") == "v1";
  ROLLCALL_TRY(options.lag, parse_duration(at("lag")));
  ROLLCALL_TRY(options.token_life, parse_duration(at("token-life")));
  ROLLCALL_TRY(options.code_life, parse_duration(at("code-life")));
  ROLLCALL_TRY(options.page_size, page_size(settings, 1000));
  if (const std::string& path = at("public-key"); !path.empty()) {
    std::ifstream file(path, std::ios::binary);
    options.public_key.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (options.public_key.empty()) return fail(ErrorKind::invalid, path + ": cannot be read, or is empty");
  }
  options.code = new_code;
  options.id = new_id;
  options.access_token = [] { return crypto::base64url(crypto::random_bytes(32)); };
  return options;
}

Result<std::unique_ptr<Emulator>> make(Tenant& tenant, const VendorSettings& settings) {
  ROLLCALL_TRY(Options options, read_options(settings));
  return std::make_unique<Zitadel>(tenant, std::move(options));
}

void preload(Tenant& tenant, int accounts, Instant now) {
  preload_people(tenant, accounts, [now](const std::string& name, int number) {
    Account account;
    account.status = active;
    account.created = account.updated = now;
    account.password_changed = now;
    account.password = "sha256:of a person's own";
    account.fields = {{"userId", "3000000000" + name.substr(4)}, {"username", name}, {"email", name + "@example.com"},
                      {"email-verified", "true"}, {"givenName", "User"}, {"familyName", std::to_string(number)},
                      {"displayName", "User " + std::to_string(number)}};
    return account;
  });
}

}  // namespace

Vendor vendor() {
  return {"zitadel",
          "Zitadel: users v2, grants v1, authorizations v2, JWT profile",
          {"userId", "username", "grant"},
          {{"organization", "the id of the only organisation", "rehearsal-org", {}},
           {"project", "the id of the only project, whose roles are --roles", "rehearsal-project", {}},
           {"management", "whether /management/v1 is served, or roles go by authorizations alone", "v1", {"v1", "absent"}},
           {"public-key", "a file in PEM: the key of the service user, to whom tokens are sold", "", {}},
           {"key-id", "the key's id; without it, any", "", {}},
           {"service-user", "the service user's id; without it, any", "", {}},
           {"audience", "what an assertion is for; without it, http:// and the Host", "", {}},
           {"token-life", "how long a token is good, a day at most", "12h", {}},
           {"code-life", "how long an invitation's code is good, a day at most (the vendor: 72h)", "24h", {}},
           {"lag", "searches and looks show what was so long ago", "0ms", {}},
           {"page-size", "items on one page of a search, at most 1000", "1000", {}}},
          make,
          preload};
}

}  // namespace rollcall::sandbox::zitadel
