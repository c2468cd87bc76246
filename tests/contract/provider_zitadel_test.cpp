// Zitadel over its emulator, without sockets: with roles as v1 grants and as v2 authorizations, searches that show three users a page.
#include "contract/provider_emulated.hpp"

namespace rollcall::test {
namespace {

template <bool v1>
class Zitadel : public Emulated {
 public:
  Zitadel()
      : Emulated("zitadel", "https://zitadel.test/tenant", {{"api-key", "p4t-0123456789"}, {"page-size", "3"}, {"management", v1 ? "v1" : "absent"}},
                 {"sales", "staff", "R\xC3\xA9gie/<&>"}) {
    connect({{"organization", "rehearsal-org"}, {"project", "rehearsal-project"}}, {{"token", "p4t-0123456789"}});
  }
  Fields person(const std::string& name) {
    return {{"username", name}, {"email", name + "@example.com"}, {"profile.givenName", "D\xC3\xB3ra"}, {"profile.familyName", "Garza"},
            {"profile.displayName", "D\xC3\xB3ra Garza"}, {"profile.nickName", "Dodo"}, {"phone", "+41791234567"}, {"metadata.cost center", "\xE7\x8E\x8B 7"}};
  }
  std::string text_field() { return "profile.nickName"; }
  std::string preload(Fields fields) {
    Fields flat;
    for (const auto& [name, value] : fields) flat[name.starts_with("profile.") ? name.substr(8) : name] = value;
    sandbox::Account account = active(flat, "metadata.");
    const std::string id = account.fields["userId"] = "30000000000000" + std::to_string(tenant_.next_id());
    EXPECT_TRUE(tenant_.put(std::move(account)));
    return id;
  }
  std::optional<std::set<std::string>> roles_of(const std::string& id) { return role_names(*tenant_.find_by("userId", id)); }
  void accept(const std::string& email) {
    for (const auto& invitation : tenant_.invitations()) {
      if (invitation.email != email || invitation.accepted) continue;
      const std::string id = *tenant_.find(invitation.account)->field("userId");
      open("/ui/v2/login/verify?userId=" + id + "&code=" + invitation.token);
    }
  }
};

using Roles = testing::Types<Zitadel<true>, Zitadel<false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Zitadel, ProviderContract, Roles);

}  // namespace
}  // namespace rollcall::test
