// A SCIM service over its emulator, without sockets, in the ways in which services differ: with PATCH or PUT alone, with filters or
// without, with versions or without, paged by index or by cursor, with groups shown at users or not.
#include "contract/provider_emulated.hpp"
#include "json/json.hpp"

namespace rollcall::test {
namespace {

using Settings = sandbox::VendorSettings;

struct Complete {
  static Settings settings() { return {}; }
};
struct Bare {  // the least that the RFCs demand, and less
  static Settings settings() { return {{"patch", "off"}, {"filter", "off"}, {"etags", "off"}, {"user-groups", "hidden"}, {"discovery", "absent"}}; }
};
struct Put {
  static Settings settings() { return {{"patch", "off"}}; }
};
struct Cursors {
  static Settings settings() { return {{"pagination", "cursor"}}; }
};
struct Heedless {  // filters are not heeded, and membership shows at the groups only
  static Settings settings() { return {{"filter", "ignored"}, {"user-groups", "hidden"}}; }
};

template <class Service>
class Scim : public Emulated {
 public:
  Scim() : Emulated("scim", "https://scim.test", settings(), {"Sales", "Staff", "R\xC3\xA9gie/<&>\""}) {
    connect({}, {{"token", "t0ken-0123456789"}}, "/scim/v2/");
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
    const HttpRequest request{"POST", base_ + "/scim/v2/Users", {{"Authorization", "Bearer t0ken-0123456789"}, {"Content-Type", "application/scim+json"}}, json::write(user), {}};
    const HttpResponse response = answer(request);
    EXPECT_EQ(response.status, 201) << response.body;
    return json::parse(response.body)->text("id");
  }
  std::optional<std::set<std::string>> roles_of(const std::string& id) { return role_numbers(*tenant_.find(std::stoll(id))); }
  bool can_accept() { return false; }
  void accept(const std::string&) {}

 private:
  static Settings settings() {
    Settings settings = Service::settings();
    settings["api-key"] = "t0ken-0123456789";
    settings["page-size"] = "3";
    return settings;
  }
  static constexpr std::string_view enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
  static json::Value element(std::string_view type, const std::string& value, std::string_view sub) {
    json::Value out;
    out.set("type", type);
    out.set(sub, value);
    return out;
  }
};

using Services = testing::Types<Scim<Complete>, Scim<Bare>, Scim<Put>, Scim<Cursors>, Scim<Heedless>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Scim, ProviderContract, Services);

}  // namespace
}  // namespace rollcall::test
