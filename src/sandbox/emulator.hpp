// The port between the sandbox and one vendor's rules, and the table of vendors. An emulator decides over the tenant
// and nothing else: no socket, no clock, no wait. Faults, limits and counts are the Sandbox's, for all vendors alike.
// A new vendor is one folder, one line in vendors.cpp. Owned by the Sandbox; one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/http.hpp"
#include "sandbox/tenant.hpp"

namespace rollcall::sandbox {

// A listing that lies: success, and yet not all is there.
struct Distortion {
  double hide_share = 0;              // of the accounts, 0 to 1; the same ones every time
  std::set<std::string> hide_fields;  // of every account

  bool hides(std::int64_t id) const;
};

class Emulator {
 public:
  virtual ~Emulator() = default;
  virtual HttpResponse handle(const HttpRequest& request, Instant now, const Distortion& distortion) = 0;
  // What a request counts as: "PUT users/{id}.xml".
  virtual std::string pattern(const HttpRequest& request) const = 0;
  // The vendor's form of an error.
  virtual HttpResponse error(int status, std::string_view text) const = 0;
  virtual HttpResponse html_error(int status) const = 0;
};

// An option of one vendor only: `--name VALUE`.
struct VendorOption {
  std::string_view name, help, fallback;
  std::vector<std::string_view> choices;  // none: any text
};
// By the option's name, and "api-key"; every option of the vendor is there.
using VendorSettings = std::map<std::string, std::string, std::less<>>;

struct Vendor {
  std::string_view name, help;
  std::vector<std::string> unique_fields;
  std::vector<VendorOption> options;
  Result<std::unique_ptr<Emulator>> (*make)(Tenant& tenant, const VendorSettings& settings);
  void (*preload)(Tenant& tenant, int accounts, Instant now);
};

const std::vector<Vendor>& vendors();
const Vendor* find_vendor(std::string_view name);
// The fallbacks of all options.
VendorSettings default_settings(const Vendor& vendor);
// Of the option of this name: 1 to `most`, where there is an upper end.
Result<std::int64_t> page_size(const VendorSettings& settings, std::int64_t most = 0);

}  // namespace rollcall::sandbox
