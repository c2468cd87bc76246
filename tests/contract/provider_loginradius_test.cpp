// LoginRadius over its emulator, without sockets: blocking by either member of the profile.
#include "contract/provider_contract.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/state.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

constexpr std::string_view base = "https://loginradius.test/tenant";

template <bool by_activity>
class LoginRadius {
 public:
  LoginRadius() : tenant_(vendor().unique_fields), http_([this](const HttpRequest& request) { return answer(request); }) {
    auto settings = sandbox::default_settings(vendor());
    settings["api-key"] = "k3y";
    settings["api-secret"] = "s3cret&=";
    settings["block-by"] = by_activity ? "IsActive" : "IsLoginLocked";
    emulator_ = vendor().make(tenant_, settings).value();
    for (const auto& role : role_ids()) tenant_.add_role(role);
    std::map<std::string, std::string> options = {{"organization", "rehearsal-org"}, {"block-by", settings["block-by"]}, {"credentials", by_activity ? "headers" : "query"}};
    const ProviderType& type = *find_provider_type("loginradius");
    for (const OptionSpec& option : type.options) options.emplace(option.key, option.default_value);
    std::map<std::string, Secret> secrets;
    secrets.emplace("api-key", Secret("k3y"));
    secrets.emplace("api-secret", Secret("s3cret&="));
    provider_ = type.make(std::string(base) + "/", std::chrono::seconds(30), options, secrets, http_);
  }
  Provider& provider() { return *provider_; }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return test::run(std::move(work));
  }
  Fields person(const std::string& name) {
    return {{"UserName", name}, {"Email", name + "@example.com"}, {"FirstName", "D\xC3\xB3ra"}, {"LastName", "Garza"}, {"NickName", "Dodo"}, {"CustomFields.cost center", "\xE7\x8E\x8B 7"}};
  }
  std::string text_field() { return "NickName"; }
  std::string preload(Fields fields) {
    sandbox::Account account;
    account.status = 1;
    for (const auto& [name, value] : fields)
      (name.starts_with("CustomFields.") ? account.custom[name.substr(13)] : account.fields[name]) = value;
    const std::string id = account.fields["Uid"] = "0123456789abcdef" + std::to_string(tenant_.next_id());
    EXPECT_TRUE(tenant_.put(std::move(account)));
    return id;
  }
  std::vector<std::string> role_ids() { return {"role_sales", "role_R\xC3\xA9gie/<&>"}; }
  std::optional<std::set<std::string>> roles_of(const std::string& id) {
    std::set<std::string> ids;
    for (const auto role : tenant_.find_by("Uid", id)->roles) ids.insert(tenant_.roles().at(role));
    return ids;
  }
  bool can_accept() { return true; }
  void accept(const std::string& email) {
    std::string token;
    for (const auto& invitation : tenant_.invitations())
      if (invitation.email == email && !invitation.cancelled) token = invitation.token;
    const HttpRequest follow{"GET", std::string(base) + "/invitation/accept?token=" + token, {}, "", {}};
    answer(follow);
  }

 private:
  static const sandbox::Vendor& vendor() { return *sandbox::find_vendor("loginradius"); }
  HttpResponse answer(HttpRequest request) {
    request.url = request.url.substr(base.size());
    return emulator_->handle(request, system_now(), {});
  }

  sandbox::Tenant tenant_;
  std::unique_ptr<sandbox::Emulator> emulator_;
  ScriptedHttp http_;
  std::unique_ptr<Provider> provider_;
};

using Blocks = testing::Types<LoginRadius<true>, LoginRadius<false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(LoginRadius, ProviderContract, Blocks);

}  // namespace
}  // namespace rollcall::test
