#include "sandbox/scim/vendor.hpp"

#include "sandbox/request.hpp"
#include "sandbox/scim/emulator.hpp"

namespace rollcall::sandbox::scim {
namespace {

Result<std::unique_ptr<Emulator>> make(Tenant& tenant, const VendorSettings& settings) {
  const auto at = [&](std::string_view name) -> const std::string& { return settings.find(name)->second; };
  Options options;
  options.token = at("api-key");
  options.patch = at("patch") == "on";
  options.filter = at("filter") == "on" ? Filtering::on : at("filter") == "off" ? Filtering::off : Filtering::ignored;
  options.etags = at("etags") == "on";
  options.by_index = at("pagination") != "cursor";
  options.by_cursor = at("pagination") != "index";
  options.user_groups = at("user-groups") == "shown";
  options.discovery = at("discovery") == "on";
  ROLLCALL_TRY(options.page_size, page_size(settings));
  return std::make_unique<Scim>(tenant, options);
}

void preload(Tenant& tenant, int accounts, Instant now) {
  preload_people(tenant, accounts, [now](const std::string& name, int number) {
    Account account;
    account.status = active;
    account.created = account.updated = now;
    const protocol::Object person{{"schemas", protocol::Array{std::string(protocol::user_urn)}},
                                  {"userName", name},
                                  {"name", protocol::Object{{"familyName", std::to_string(number)}, {"givenName", "User"}}},
                                  {"active", true},
                                  {"emails", protocol::Array{protocol::Object{{"value", name + "@example.com"}, {"type", "work"}}}}};
    account.fields = {{"userName", name}, {"resource", json::write(person)}};
    return account;
  });
}

}  // namespace

Vendor vendor() {
  return {"scim",
          "any SCIM 2.0 service: users, groups, discovery, under /scim/v2",
          {"userName"},
          {{"patch", "whether PATCH is served; else PUT alone", "on", {"on", "off"}},
           {"filter", "whether filters are served, refused, or not heeded", "on", {"on", "off", "ignored"}},
           {"etags", "whether resources have versions", "on", {"on", "off"}},
           {"pagination", "how lists are paged", "index", {"index", "cursor", "both"}},
           {"user-groups", "whether users show the groups that they are in", "shown", {"shown", "hidden"}},
           {"discovery", "whether ServiceProviderConfig, Schemas and ResourceTypes are served", "on", {"on", "absent"}},
           {"page-size", "resources on one page at most", "200", {}}},
          make,
          preload};
}

}  // namespace rollcall::sandbox::scim
