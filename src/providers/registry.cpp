#include <algorithm>

#include "providers/loginradius/provider.hpp"
#include "providers/onelogin/provider.hpp"
#include "providers/onelogin_v3/provider.hpp"
#include "providers/scim/provider.hpp"
#include "providers/zitadel/provider.hpp"
#include "rollcall/provider.hpp"

namespace rollcall {

const std::vector<ProviderType>& provider_types() {
  static const std::vector<ProviderType> types = {
      providers::onelogin_v3::type(),
      providers::onelogin::type_v1(),
      providers::onelogin::type_v2(),
      providers::zitadel::type(),
      providers::scim::type(),
      providers::loginradius::type(),
  };
  return types;
}

const ProviderType* find_provider_type(std::string_view name) {
  const auto& types = provider_types();
  const auto it = std::find_if(types.begin(), types.end(), [&](const ProviderType& type) { return type.name == name; });
  return it == types.end() ? nullptr : &*it;
}

}  // namespace rollcall
