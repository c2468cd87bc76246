// Zitadel over its emulator, without sockets: with roles as v1 grants and as v2 authorizations, searches that show three users a page.
#include "contract/provider_contract.hpp"
#include "crypto/hash.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/state.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

constexpr std::string_view base = "https://zitadel.test/tenant";

template <bool v1>
class Zitadel {
 public:
  Zitadel() : tenant_(vendor().unique_fields), http_([this](const HttpRequest& request) { return answer(request); }) {
    auto settings = sandbox::default_settings(vendor());
    settings["api-key"] = "p4t-0123456789";
    settings["page-size"] = "3";
    settings["management"] = v1 ? "v1" : "absent";
    emulator_ = vendor().make(tenant_, settings).value();
    for (const char* role : {"sales", "staff", "R\xC3\xA9gie/<&>"}) tenant_.add_role(role);
    std::map<std::string, Secret> secrets;
    secrets.emplace("token", Secret("p4t-0123456789"));
    provider_ = find_provider_type("zitadel")->make(std::string(base) + "/", std::chrono::seconds(30),
                                                    {{"organization", "rehearsal-org"}, {"project", "rehearsal-project"}}, secrets, http_);
  }
  Provider& provider() { return *provider_; }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return test::run(std::move(work));
  }
  Fields person(const std::string& name) {
    return {{"username", name}, {"email", name + "@example.com"}, {"profile.givenName", "D\xC3\xB3ra"}, {"profile.familyName", "Garza"},
            {"profile.displayName", "D\xC3\xB3ra Garza"}, {"profile.nickName", "Dodo"}, {"phone", "+41791234567"}, {"metadata.cost center", "\xE7\x8E\x8B 7"}};
  }
  std::string text_field() { return "profile.nickName"; }
  std::string preload(Fields fields) {
    sandbox::Account account;
    account.status = 1;
    for (const auto& [name, value] : fields) {
      if (name.starts_with("metadata."))
        account.custom[name.substr(9)] = value;
      else
        account.fields[name.starts_with("profile.") ? name.substr(8) : name] = value;
    }
    account.fields["userId"] = "30000000000000" + std::to_string(tenant_.next_id());
    const std::string id = account.fields["userId"];
    EXPECT_TRUE(tenant_.put(std::move(account)));
    return id;
  }
  std::optional<std::set<std::string>> roles_of(const std::string& id) {
    std::set<std::string> keys;
    for (const auto role : tenant_.find_by("userId", id)->roles) keys.insert(tenant_.roles().at(role));
    return keys;
  }
  bool can_accept() { return true; }
  void accept(const std::string& email) {
    for (const auto& invitation : tenant_.invitations()) {
      if (invitation.email != email || invitation.accepted) continue;
      const std::string id = *tenant_.find(invitation.account)->field("userId");
      const HttpRequest follow{"GET", std::string(base) + "/ui/v2/login/verify?userId=" + id + "&code=" + invitation.token, {}, "", {}};
      answer(follow);
    }
  }

 private:
  static const sandbox::Vendor& vendor() { return *sandbox::find_vendor("zitadel"); }
  HttpResponse answer(HttpRequest request) {
    request.url = request.url.substr(base.size());
    return emulator_->handle(request, system_now(), {});
  }

  sandbox::Tenant tenant_;
  std::unique_ptr<sandbox::Emulator> emulator_;
  ScriptedHttp http_;
  std::unique_ptr<Provider> provider_;
};

using Roles = testing::Types<Zitadel<true>, Zitadel<false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Zitadel, ProviderContract, Roles);

}  // namespace
}  // namespace rollcall::test
