#include "contract/provider_contract.hpp"
#include "support/onelogin_v3_vendor.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

template <bool append>
class OneLogin {
 public:
  OneLogin() : vendor_(append), http_([this](const HttpRequest& request) { return vendor_.answer(request); }) {
    std::map<std::string, Secret> secrets;
    secrets.emplace("api-key", Secret(vendor_.api_key));
    provider_ = find_provider_type("onelogin-v3")
                    ->make(vendor_.base + "/", std::chrono::seconds(30), {{"roles", append ? "append" : "replace"}},
                           secrets, http_);
  }
  Provider& provider() { return *provider_; }
  Fields person(const std::string& name) {
    return {{"username", name},    {"email", name + "@example.com"},    {"firstname", "Dora"}, {"lastname", "Garza"},
            {"title", "Engineer"}, {"custom_attribute_shoe_size", "43"}};
  }
  std::string text_field() { return "firstname"; }
  std::string preload(Fields fields) { return std::to_string(vendor_.add({fields.begin(), fields.end()})); }
  std::optional<std::set<std::string>> roles_of(const std::string& id) { return vendor_.users.at(std::stoi(id)).roles; }
  bool can_accept() { return true; }
  void accept(const std::string& email) {
    for (auto& [id, user] : vendor_.users)
      if (user.elements["email"] == email) {
        user.elements["status"] = "1";
        user.elements["activated-at"] = "2026-11-21T10:00:00-07:00";
      }
  }

 private:
  OneLoginV3Vendor vendor_;
  ScriptedHttp http_;
  std::unique_ptr<Provider> provider_;
};

using Behaviours = testing::Types<OneLogin<false>, OneLogin<true>>;
INSTANTIATE_TYPED_TEST_SUITE_P(OneLoginV3, ProviderContract, Behaviours);

}  // namespace
}  // namespace rollcall::test
