#include "sandbox/onelogin_v3/vendor.hpp"


#include "crypto/hash.hpp"
#include "sandbox/onelogin_v3/emulator.hpp"
#include "sandbox/request.hpp"

namespace rollcall::sandbox::onelogin_v3 {
namespace {

// The link's token looks as the vendor's does: 40 letters and digits.
std::string new_token() { return crypto::sha256_hex(crypto::random_bytes(32)).substr(0, 40); }

Result<Options> read_options(const VendorSettings& settings) {
  const auto at = [&](std::string_view name) -> const std::string& { return settings.find(name)->second; };
  Options options;
  options.api_key = at("api-key");
  options.account_name = at("account-name");
  options.base_path = at("base-path");
  options.append_roles = at("role-updates") == "append";
  options.tolerant_fields = at("create-fields") == "all";
  options.full_show = at("show") == "full";
  options.show_roles = at("show-roles") == "yes";
  options.html_update_errors = at("update-errors") == "html";
  options.password_policy = at("password-policy");
  const auto status = number<int>(at("update-status"));
  ROLLCALL_TRY(options.page_size, page_size(settings, 100));
  if (!status) return fail(ErrorKind::invalid, "--update-status: 200, 201, 204 or 304");
  if (!options.base_path.empty() && (options.base_path.front() != '/' || options.base_path.back() == '/'))
    return fail(ErrorKind::invalid, "--base-path: begins with a slash and ends without one");
  options.update_status = *status;
  options.token = new_token;
  return options;
}

Result<std::unique_ptr<Emulator>> make(Tenant& tenant, const VendorSettings& settings) {
  ROLLCALL_TRY(Options options, read_options(settings));
  return std::make_unique<OneLoginV3>(tenant, std::move(options));
}

void preload(Tenant& tenant, int accounts, Instant now) {
  preload_people(tenant, accounts, [now](const std::string& name, int number) {
    Account account;
    account.status = 1;
    account.created = account.updated = now;
    account.activated = account.password_changed = now;
    account.fields = {{"username", name}, {"email", name + "@example.com"}, {"firstname", "User"}, {"lastname", std::to_string(number)},
                      {"openid-name", name}};
    return account;
  });
}

}  // namespace

Vendor vendor() {
  return {
      "onelogin-v3",
      "OneLogin API v3 (XML, HTTP Basic)",
      {"username", "email"},
      {{"account-name", "the account's name, as it stands in messages", "rehearsal", {}},
       {"base-path", "a path before /api/v3", "", {}},
       {"role-updates", "what an update does with a list of roles", "replace", {"replace", "append"}},
       {"create-fields",
        "which elements create takes: the documented ones, or all that update takes",
        "documented",
        {"documented", "all"}},
       {"show",
        "what a single user's document holds: the documented sample's elements, or title, company and so on as well",
        "documented",
        {"documented", "full"}},
       {"show-roles", "whether a single user's document lists the roles", "yes", {"yes", "no"}},
       {"update-errors", "how an update that is refused answers", "xml", {"xml", "html"}},
       {"update-status", "how an update that worked answers", "200", {"200", "201", "204", "304"}},
       {"password-policy", "what a password must hold", "strong", {"strong", "letters-and-digits", "none"}},
       {"page-size", "accounts on one page, at most 100", "100", {}}},
      make,
      preload};
}

}  // namespace rollcall::sandbox::onelogin_v3
