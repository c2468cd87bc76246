// What the back ends over a vendor's emulator share (provider_backend.hpp says what a back end is): the vendor's customer, the emulator,
// and a provider of ours that speaks to it without sockets. A back end derives from it. Thread rule: one thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "contract/provider_contract.hpp"
#include "sandbox/emulator.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {

class Emulated {
 public:
  Provider& provider() { return *provider_; }
  bool can_accept() { return true; }

 protected:
  using Texts = std::map<std::string, std::string>;

  // The vendor at the address `base`, with `settings` beside its defaults, and with these roles.
  Emulated(std::string_view vendor, std::string base, sandbox::VendorSettings settings, std::vector<std::string> roles)
      : vendor_(*sandbox::find_vendor(vendor)), base_(std::move(base)), tenant_(vendor_.unique_fields) {
    settings.merge(sandbox::default_settings(vendor_));
    emulator_ = vendor_.make(tenant_, settings).value();
    for (auto& role : roles) tenant_.add_role(std::move(role));
  }
  Emulated(const Emulated&) = delete;

  // The provider of the vendor's name, with `options` beside its defaults; its url is `path` there.
  void connect(Texts options, const Texts& secrets, const std::string& path = "/") {
    const ProviderType& type = *find_provider_type(vendor_.name);
    for (const OptionSpec& option : type.options) options.emplace(option.key, option.default_value);
    std::map<std::string, Secret> hidden;
    for (const auto& [name, text] : secrets) hidden.emplace(name, Secret(text));
    provider_ = type.make(base_ + path, std::chrono::seconds(30), options, hidden, http_);
  }
  HttpResponse answer(HttpRequest request) {
    request.url = request.url.substr(base_.size());
    return emulator_->handle(request, system_now(), {});
  }
  // Somebody opens a link of the vendor.
  void open(const std::string& path) { answer({"GET", base_ + path, {}, "", {}}); }

  // An active account; fields whose names begin with `custom` are custom attributes.
  static sandbox::Account active(const Fields& fields, std::string_view custom) {
    sandbox::Account account;
    account.status = 1;
    for (const auto& [name, value] : fields)
      (name.starts_with(custom) ? account.custom[name.substr(custom.size())] : account.fields[name]) = value;
    return account;
  }
  // The account's roles, where their ids are the names and where they are the tenant's numbers.
  std::set<std::string> role_names(const sandbox::Account& account) const {
    std::set<std::string> names;
    for (const auto role : account.roles) names.insert(tenant_.roles().at(role));
    return names;
  }
  static std::set<std::string> role_numbers(const sandbox::Account& account) {
    std::set<std::string> numbers;
    for (const auto role : account.roles) numbers.insert(std::to_string(role));
    return numbers;
  }

  const sandbox::Vendor& vendor_;
  std::string base_;
  sandbox::Tenant tenant_;

 private:
  std::unique_ptr<sandbox::Emulator> emulator_;
  ScriptedHttp http_{[this](const HttpRequest& request) { return answer(request); }};
  std::unique_ptr<Provider> provider_;
};

}  // namespace rollcall::test
