// A SCIM service over its emulator, without sockets, in the ways in which services differ: with PATCH or PUT alone, with filters or
// without, with versions or without, paged by index or by cursor, with groups shown at users or not.
#include "contract/provider_contract.hpp"
#include "json/json.hpp"
#include "sandbox/emulator.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

constexpr std::string_view base = "https://scim.test";

struct Complete {
  static void set(sandbox::VendorSettings&) {}
};
struct Bare {  // the least that the RFCs demand, and less
  static void set(sandbox::VendorSettings& s) {
    for (const char* option : {"patch", "filter", "etags"}) s[option] = "off";
    s["user-groups"] = "hidden";
    s["discovery"] = "absent";
  }
};
struct Put {
  static void set(sandbox::VendorSettings& s) { s["patch"] = "off"; }
};
struct Cursors {
  static void set(sandbox::VendorSettings& s) { s["pagination"] = "cursor"; }
};
struct Heedless {  // filters are not heeded, and membership shows at the groups only
  static void set(sandbox::VendorSettings& s) {
    s["filter"] = "ignored";
    s["user-groups"] = "hidden";
  }
};

template <class Service>
class Scim {
 public:
  Scim() : tenant_(vendor().unique_fields), http_([this](const HttpRequest& request) { return answer(request); }) {
    auto settings = sandbox::default_settings(vendor());
    settings["api-key"] = "t0ken-0123456789";
    settings["page-size"] = "3";
    Service::set(settings);
    emulator_ = vendor().make(tenant_, settings).value();
    for (const char* role : {"Sales", "Staff", "R\xC3\xA9gie/<&>\""}) tenant_.add_role(role);
    std::map<std::string, Secret> secrets;
    secrets.emplace("token", Secret("t0ken-0123456789"));
    provider_ = find_provider_type("scim")->make(std::string(base) + "/scim/v2/", std::chrono::seconds(30), {}, secrets, http_);
  }
  Provider& provider() { return *provider_; }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return test::run(std::move(work));
  }
  Fields person(const std::string& name) {
    return {{"userName", name}, {"emails[type eq \"work\"].value", name + "@example.com"}, {"emails[type eq \"home\"].value", name + "@h\xC3\xB6me.example"},
            {"name.givenName", "D\xC3\xB3ra"}, {"name.familyName", "Garza"}, {"nickName", "Dodo"}, {"addresses[type eq \"work\"].locality", "Z\xC3\xBCrich"},
            {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "\xE7\x8E\x8B 7"},
            {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", "26118915"}};
  }
  std::string text_field() { return "nickName"; }
  std::string preload(Fields fields) {
    json::Value user, name, department, manager;
    user.set("schemas", json::Array{"urn:ietf:params:scim:schemas:core:2.0:User", std::string(enterprise)});
    user.set("userName", fields["userName"]);
    user.set("nickName", fields["nickName"]);
    name.set("givenName", fields["name.givenName"]);
    name.set("familyName", fields["name.familyName"]);
    user.set("name", std::move(name));
    user.set("emails", json::Array{element("work", fields["emails[type eq \"work\"].value"], "value"), element("home", fields["emails[type eq \"home\"].value"], "value")});
    user.set("addresses", json::Array{element("work", fields["addresses[type eq \"work\"].locality"], "locality")});
    manager.set("value", fields[std::string(enterprise) + ":manager.value"]);
    department.set("department", fields[std::string(enterprise) + ":department"]);
    department.set("manager", std::move(manager));
    user.set(enterprise, std::move(department));
    HttpRequest request{"POST", "/scim/v2/Users", {{"Authorization", "Bearer t0ken-0123456789"}, {"Content-Type", "application/scim+json"}}, json::write(user), {}};
    const HttpResponse response = emulator_->handle(request, system_now(), {});
    EXPECT_EQ(response.status, 201) << response.body;
    return json::parse(response.body)->text("id");
  }
  std::optional<std::set<std::string>> roles_of(const std::string& id) {
    std::set<std::string> roles;
    for (const auto role : tenant_.find(std::stoll(id))->roles) roles.insert(std::to_string(role));
    return roles;
  }
  bool can_accept() { return false; }
  void accept(const std::string&) {}

 private:
  static constexpr std::string_view enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
  static json::Value element(std::string_view type, const std::string& value, std::string_view sub) {
    json::Value out;
    out.set("type", type);
    out.set(sub, value);
    return out;
  }
  static const sandbox::Vendor& vendor() { return *sandbox::find_vendor("scim"); }
  HttpResponse answer(HttpRequest request) {
    request.url = request.url.substr(base.size());
    return emulator_->handle(request, system_now(), {});
  }

  sandbox::Tenant tenant_;
  std::unique_ptr<sandbox::Emulator> emulator_;
  ScriptedHttp http_;
  std::unique_ptr<Provider> provider_;
};

using Services = testing::Types<Scim<Complete>, Scim<Bare>, Scim<Put>, Scim<Cursors>, Scim<Heedless>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Scim, ProviderContract, Services);

}  // namespace
}  // namespace rollcall::test
