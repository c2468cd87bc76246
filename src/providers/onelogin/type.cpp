// OneLogin /1 and /2 in the table of types.
#include "providers/onelogin/provider.hpp"
#include "providers/onelogin/verbs.hpp"

namespace rollcall::providers::onelogin {
namespace {

template <class Verbs>
std::unique_ptr<Provider> make(const char* type, const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options, const std::map<std::string, Secret>& secrets, HttpClient& client) {
  const auto option = [&](const char* name) {
    const auto it = options.find(name);
    return it == options.end() ? std::string() : it->second;
  };
  const auto secret = secrets.find("client-secret");
  Credentials credentials{url, option("client-id"), secret == secrets.end() ? Secret() : secret->second, type};
  while (credentials.url.ends_with('/')) credentials.url.pop_back();
  return std::make_unique<Verbs>(Session(std::move(credentials), timeout, client), option("revoke-on-exit") == "true");
}

std::unique_ptr<Provider> make_v1(const std::string& url, std::chrono::milliseconds timeout, const std::map<std::string, std::string>& options,
                                  const std::map<std::string, Secret>& secrets, HttpClient& client) {
  return make<OneLoginV1>("onelogin-v1", url, timeout, options, secrets, client);
}
std::unique_ptr<Provider> make_v2(const std::string& url, std::chrono::milliseconds timeout, const std::map<std::string, std::string>& options,
                                  const std::map<std::string, Secret>& secrets, HttpClient& client) {
  return make<OneLoginV2>("onelogin-v2", url, timeout, options, secrets, client);
}

ProviderType type(Api api) {
  ProviderType type;
  type.name = type.default_mapping = api == Api::v1 ? "onelogin-v1" : "onelogin-v2";
  type.default_rate = "4000/h";  // of the account's 5,000 calls an hour, whoever makes them
  type.options = {{"client-id", OptionKind::text, true, "", {}},
                  {"client-secret", OptionKind::secret, true, "", {}},
                  {"revoke-on-exit", OptionKind::flag, false, "false", {}}};
  type.fields = fields(api);
  type.field_prefixes = {std::string(custom_prefix)};
  type.can_deliver = true;
  type.capabilities = capabilities(api);
  type.make = api == Api::v1 ? &make_v1 : &make_v2;
  return type;
}

}  // namespace

Capabilities capabilities(Api api) {
  Capabilities c;
  c.lists_changes = api == Api::v2;   // /1 filters by the day of the creation alone
  c.password_field = "password";
  c.invite = InviteWay::link;
  c.sends_invitations = true;
  c.external_id_field = "external_id";
  c.user_name_field = "username";
  c.email_field = "email";
  c.required_any = {"username", "email"};
  c.required_all = api == Api::v1 ? std::set<std::string>{"firstname", "lastname"} : std::set<std::string>{"username", "email"};
  c.listed_fields = listed_fields(api);
  c.case_insensitive_fields = {"username", "email"};
  c.set_only = {std::string(clear_password), std::string(salted_password)};
  c.page_size = 50;
  return c;
}

ProviderType type_v1() { return type(Api::v1); }
ProviderType type_v2() { return type(Api::v2); }

}  // namespace rollcall::providers::onelogin
