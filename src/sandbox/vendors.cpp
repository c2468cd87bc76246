#include "sandbox/emulator.hpp"
#include "sandbox/loginradius/vendor.hpp"
#include "sandbox/onelogin/vendor.hpp"
#include "sandbox/onelogin_v3/vendor.hpp"
#include "sandbox/request.hpp"
#include "sandbox/scim/vendor.hpp"
#include "sandbox/zitadel/vendor.hpp"

namespace rollcall::sandbox {

const std::vector<Vendor>& vendors() {
  static const std::vector<Vendor> table = {
      onelogin_v3::vendor(),
      onelogin::vendor("onelogin-v1"),
      onelogin::vendor("onelogin-v2"),
      zitadel::vendor(),
      scim::vendor(),
      loginradius::vendor(),
  };
  return table;
}

const Vendor* find_vendor(std::string_view name) {
  for (const Vendor& vendor : vendors())
    if (vendor.name == name) return &vendor;
  return nullptr;
}

VendorSettings default_settings(const Vendor& vendor) {
  VendorSettings settings;
  for (const VendorOption& option : vendor.options) settings[std::string(option.name)] = option.fallback;
  settings.try_emplace("api-key", "");
  return settings;
}

Result<std::int64_t> page_size(const VendorSettings& settings, std::int64_t most) {
  const auto size = number<std::int64_t>(settings.find("page-size")->second);
  if (size && *size >= 1 && (most == 0 || *size <= most)) return *size;
  return fail(ErrorKind::invalid, most == 0 ? "--page-size: 1 or more" : "--page-size: 1 to " + std::to_string(most));
}

bool Distortion::hides(std::int64_t id) const {
  // splitmix64: neighbours part company, and the same account is hidden in every page and every run.
  std::uint64_t x = static_cast<std::uint64_t>(id) + 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  return static_cast<double>(x >> 11) / 9007199254740992.0 < hide_share;  // 2^53
}

}  // namespace rollcall::sandbox
