#include "sandbox/scim/vendor.hpp"

#include <cstdio>

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
  const auto page_size = number<std::int64_t>(at("page-size"));
  if (!page_size || *page_size < 1) return fail(ErrorKind::invalid, "--page-size: 1 or more");
  options.page_size = *page_size;
  return std::make_unique<Scim>(tenant, options);
}

void preload(Tenant& tenant, int accounts, Instant now) {
  for (int number = 1; number <= accounts; ++number) {
    char name[32];
    std::snprintf(name, sizeof name, "user%06d", number);
    if (tenant.find_by("userName", name)) continue;
    Account account;
    account.status = active;
    account.created = account.updated = now;
    account.fields = {{"userName", name}};
    const protocol::Object person{{"schemas", protocol::Array{std::string(protocol::user_urn)}},
                                  {"userName", name},
                                  {"name", protocol::Object{{"familyName", std::to_string(number)}, {"givenName", "User"}}},
                                  {"active", true},
                                  {"emails", protocol::Array{protocol::Object{{"value", std::string(name) + "@example.com"}, {"type", "work"}}}}};
    account.fields["resource"] = json::write(person);
    (void)tenant.put(std::move(account));  // the name was free
  }
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
