// OneLogin /1 and /2 over their emulator, without sockets: pages of three, by cursor and by number, listings with and without roles.
#include "contract/provider_contract.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/state.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

constexpr std::string_view base = "https://api.us.onelogin.test/tenant";

template <int version, bool plain>
class OneLogin {
 public:
  OneLogin() : tenant_(vendor().unique_fields), http_([this](const HttpRequest& request) { return answer(request); }) {
    auto settings = sandbox::default_settings(vendor());
    settings["api-key"] = "s3cret";
    settings["client-id"] = "id-\xC3\xBC";
    settings["page-size"] = "3";
    if (!plain) settings["cursors"] = settings["list-roles"] = settings["refresh"] = "no";
    emulator_ = vendor().make(tenant_, settings).value();
    for (const char* role : {"Sales", "Staff", "R\xC3\xA9gie/<&>"}) tenant_.add_role(role);
    tenant_.custom_attributes["cost_center"] = "Cost center";
    std::map<std::string, Secret> secrets;
    secrets.emplace("client-secret", Secret("s3cret"));
    provider_ = find_provider_type(vendor().name)->make(std::string(base) + "/", std::chrono::seconds(30), {{"client-id", "id-\xC3\xBC"}}, secrets, http_);
  }
  Provider& provider() { return *provider_; }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return test::run(context_, std::move(work));
  }
  Fields person(const std::string& name) {
    return {{"username", name}, {"email", name + "@example.com"}, {"firstname", "D\xC3\xB3ra"}, {"lastname", "Garza"}, {"title", "F\xC3\xBCrstin"},
            {"external_id", "key-" + name}, {"phone", "+41791234567"}, {"custom_attributes.cost_center", "\xE7\x8E\x8B 7"}};
  }
  std::string text_field() { return "title"; }
  std::string preload(Fields fields) {
    sandbox::Account account;
    account.status = 1;
    for (const auto& [name, value] : fields)
      (name.starts_with("custom_attributes.") ? account.custom[name.substr(18)] : account.fields[name]) = value;
    return std::to_string(tenant_.put(std::move(account)).value());
  }
  std::optional<std::set<std::string>> roles_of(const std::string& id) {
    std::set<std::string> ids;
    for (const auto role : tenant_.find(std::stoll(id))->roles) ids.insert(std::to_string(role));
    return ids;
  }
  bool can_accept() { return true; }
  void accept(const std::string& email) {
    for (const auto& invitation : tenant_.invitations()) {
      if (invitation.email != email || invitation.accepted) continue;
      const HttpRequest follow{"GET", std::string(base) + "/password/reset?token=" + invitation.token, {}, "", {}};
      answer(follow);
      return;
    }
  }

 private:
  static const sandbox::Vendor& vendor() { return *sandbox::find_vendor(version == 1 ? "onelogin-v1" : "onelogin-v2"); }
  HttpResponse answer(HttpRequest request) {
    request.url = request.url.substr(base.size());
    return emulator_->handle(request, system_now(), {});
  }

  boost::asio::io_context context_{1};
  sandbox::Tenant tenant_;
  std::unique_ptr<sandbox::Emulator> emulator_;
  ScriptedHttp http_;
  std::unique_ptr<Provider> provider_;
};

using Versions = testing::Types<OneLogin<1, true>, OneLogin<1, false>, OneLogin<2, true>, OneLogin<2, false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(OneLogin, ProviderContract, Versions);

}  // namespace
}  // namespace rollcall::test
