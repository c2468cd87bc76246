// LoginRadius over its emulator, without sockets: blocking by either member of the profile.
#include "contract/provider_emulated.hpp"

namespace rollcall::test {
namespace {

const std::vector<std::string> all_roles = {"role_sales", "role_R\xC3\xA9gie/<&>"};

template <bool by_activity>
class LoginRadius : public Emulated {
  static constexpr const char* block_by = by_activity ? "IsActive" : "IsLoginLocked";

 public:
  LoginRadius()
      : Emulated("loginradius", "https://loginradius.test/tenant", {{"api-key", "k3y"}, {"api-secret", "s3cret&="}, {"block-by", block_by}}, all_roles) {
    connect({{"organization", "rehearsal-org"}, {"block-by", block_by}, {"credentials", by_activity ? "headers" : "query"}},
            {{"api-key", "k3y"}, {"api-secret", "s3cret&="}});
  }
  Fields person(const std::string& name) {
    return {{"UserName", name}, {"Email", name + "@example.com"}, {"FirstName", "D\xC3\xB3ra"}, {"LastName", "Garza"}, {"NickName", "Dodo"}, {"CustomFields.cost center", "\xE7\x8E\x8B 7"}};
  }
  std::string text_field() { return "NickName"; }
  std::string preload(Fields fields) {
    sandbox::Account account = active(fields, "CustomFields.");
    const std::string id = account.fields["Uid"] = "0123456789abcdef" + std::to_string(tenant_.next_id());
    EXPECT_TRUE(tenant_.put(std::move(account)));
    return id;
  }
  std::vector<std::string> role_ids() { return all_roles; }
  std::optional<std::set<std::string>> roles_of(const std::string& id) { return role_names(*tenant_.find_by("Uid", id)); }
  void accept(const std::string& email) {
    std::string token;
    for (const auto& invitation : tenant_.invitations())
      if (invitation.email == email && !invitation.cancelled) token = invitation.token;
    open("/invitation/accept?token=" + token);
  }
};

using Blocks = testing::Types<LoginRadius<true>, LoginRadius<false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(LoginRadius, ProviderContract, Blocks);

}  // namespace
}  // namespace rollcall::test
