#include "sandbox/loginradius/vendor.hpp"

#include "crypto/hash.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/loginradius/emulator.hpp"

namespace rollcall::sandbox::loginradius {
namespace {

// Thirty-two hexadecimal digits, as the vendor's Uids are.
std::string new_id(std::string_view prefix) {
  constexpr char digits[] = "0123456789abcdef";
  std::string id(prefix);
  for (const unsigned char byte : crypto::random_bytes(16)) id += {digits[byte >> 4], digits[byte & 15]};
  return id;
}

Result<std::unique_ptr<Emulator>> make(Tenant& tenant, const VendorSettings& settings) {
  const auto at = [&](std::string_view name) -> const std::string& { return settings.find(name)->second; };
  Options options;
  options.key = at("api-key");
  options.secret = at("api-secret");
  options.organization = at("organization");
  options.block_by = at("block-by");
  ROLLCALL_TRY(options.invitation_life, parse_duration(at("invitation-life")));
  options.id = new_id;
  return std::make_unique<LoginRadius>(tenant, std::move(options));
}

void preload(Tenant& tenant, int accounts, Instant now) {
  preload_people(tenant, accounts, [now](const std::string& name, int number) {
    Account account;
    account.status = active;
    account.created = account.updated = now;
    account.fields = {{"Uid", "00000000000000000000000000" + name.substr(4)}, {"Email", name + "@example.com"}, {"FirstName", "User"},
                      {"LastName", std::to_string(number)}, {"member", "true"}};
    return account;
  });
}

}  // namespace

Vendor vendor() {
  return {"loginradius",
          "LoginRadius: invitations and roles of one organisation, accounts",
          {"Uid", "Email", "UserName"},
          {{"api-secret", "the only secret that is accepted; without it any is", "", {}},
           {"organization", "the id of the only organisation", "rehearsal-org", {}},
           {"block-by", "the member of a profile that blocks; the other one changes nothing", "IsActive", {"IsActive", "IsLoginLocked"}},
           {"invitation-life", "how long an invitation can be accepted, a day at most", "24h", {}}},
          make,
          preload};
}

}  // namespace rollcall::sandbox::loginradius
