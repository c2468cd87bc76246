// OneLogin /1 and /2 over their emulator, without sockets: pages of three, by cursor and by number, listings with and without roles.
#include "contract/provider_emulated.hpp"

namespace rollcall::test {
namespace {

template <int version, bool plain>
class OneLogin : public Emulated {
  static constexpr const char* shows = plain ? "yes" : "no";

 public:
  OneLogin()
      : Emulated(version == 1 ? "onelogin-v1" : "onelogin-v2", "https://api.us.onelogin.test/tenant",
                 {{"api-key", "s3cret"}, {"client-id", "id-\xC3\xBC"}, {"page-size", "3"}, {"cursors", shows}, {"list-roles", shows}, {"refresh", shows}},
                 {"Sales", "Staff", "R\xC3\xA9gie/<&>"}) {
    tenant_.custom_attributes["cost_center"] = "Cost center";
    connect({{"client-id", "id-\xC3\xBC"}}, {{"client-secret", "s3cret"}});
  }
  Fields person(const std::string& name) {
    return {{"username", name}, {"email", name + "@example.com"}, {"firstname", "D\xC3\xB3ra"}, {"lastname", "Garza"}, {"title", "F\xC3\xBCrstin"},
            {"external_id", "key-" + name}, {"phone", "+41791234567"}, {"custom_attributes.cost_center", "\xE7\x8E\x8B 7"}};
  }
  std::string text_field() { return "title"; }
  std::string preload(Fields fields) { return std::to_string(tenant_.put(active(fields, "custom_attributes.")).value()); }
  std::optional<std::set<std::string>> roles_of(const std::string& id) { return role_numbers(*tenant_.find(std::stoll(id))); }
  void accept(const std::string& email) {
    for (const auto& invitation : tenant_.invitations()) {
      if (invitation.email != email || invitation.accepted) continue;
      return open("/password/reset?token=" + invitation.token);
    }
  }
};

using Versions = testing::Types<OneLogin<1, true>, OneLogin<1, false>, OneLogin<2, true>, OneLogin<2, false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(OneLogin, ProviderContract, Versions);

}  // namespace
}  // namespace rollcall::test
