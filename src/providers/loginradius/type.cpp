// LoginRadius in the table of types: options, capabilities, and what only this type can say is wrong with a configuration.
#include "providers/loginradius/provider.hpp"
#include "providers/loginradius/wire.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::providers::loginradius {
namespace {

std::string option(const ProviderSettings& s, const char* key) {
  const auto it = s.options.find(key);
  return it == s.options.end() ? std::string() : it->second;
}

void object_to_landing(const ProviderSettings& s, std::vector<Objection>& out) {
  const std::string& landing = s.invite.landing;
  if (!landing.empty() && !option(s, "invitation-url").empty())
    out.push_back({"invite", "landing", "is the same as invitation-url of the provider: give one of them"});
  for (const char* slot : {"{userId}", "{code}"})
    if (landing.find(slot) != landing.npos)
      out.push_back({"invite", "landing", std::string("holds ") + slot + ", which LoginRadius does not fill in: an invitation has neither account nor code"});
}

std::vector<Objection> objections(const ProviderSettings& s) {
  std::vector<Objection> out;
  if (!s.invite.present)
    out.push_back({"", "invite", "missing required table: LoginRadius makes accounts by invitation alone; with `when = \"never\"` in it nobody is invited"});
  object_to_landing(s, out);
  for (const char* key : {"assign-path", "roles-path"})
    if (const std::string path = option(s, key); path != (std::string_view(key) == "roles-path" ? "none" : "") && (!path.starts_with('/') || path.find("{uid}") == path.npos))
      out.push_back({"", key, "must begin with / and hold {uid}"});
  return out;
}

}  // namespace

Capabilities capabilities() {
  Capabilities c;
  c.lists_accounts = false;
  c.lists_roles = false;
  c.account_before_acceptance = false;
  c.invite = InviteWay::mail;
  c.sends_invitations = true;
  c.cancels_invitations = true;
  c.resends_invitations = true;
  c.user_name_field = "UserName";
  c.email_field = "Email";
  c.finds = {LookupBy::id, LookupBy::user_name, LookupBy::email};
  c.required_any = {"Email"};
  c.required_all = {"Email"};
  c.listed_fields = fields();
  c.case_insensitive_fields = {"UserName", "Email"};
  c.page_size = 1;
  return c;
}

ProviderType type() {
  ProviderType type;
  type.name = "loginradius";
  type.default_rate = "5/s";  // what a development tenant takes
  type.default_mapping = "loginradius";
  const std::string roles = "/v2/manage/account/{uid}/orgcontext/{orgid}/roles";
  type.options = {{"api-key", OptionKind::secret, true, "", {}},
                  {"api-secret", OptionKind::secret, true, "", {}},
                  {"organization", OptionKind::text, true, "", {}},
                  {"invitation-url", OptionKind::url, false, "", {}},
                  {"inviter", OptionKind::text, false, "", {}},
                  {"audit", OptionKind::share, false, "2%", {}},
                  {"credentials", OptionKind::choice, false, "headers", {"headers", "query"}},
                  {"block-by", OptionKind::choice, false, "IsActive", {"IsActive", "IsLoginLocked"}},
                  {"assign-path", OptionKind::text, false, roles, {}},
                  {"roles-path", OptionKind::text, false, roles, {}}};
  type.fields = fields();
  type.field_prefixes = {std::string(custom_prefix)};
  type.can_deliver = true;
  type.objections = &objections;
  type.capabilities = capabilities();
  type.make = &make;
  return type;
}

}  // namespace rollcall::providers::loginradius
