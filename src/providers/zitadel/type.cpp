// Zitadel in the table of types: options, capabilities, and what only this type can say is wrong with a configuration.
#include "providers/zitadel/provider.hpp"
#include "providers/zitadel/wire.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::providers::zitadel {
namespace {

constexpr std::size_t longest_text = 200;  // urlTemplate and applicationName (the descriptors' rules)

void object_to_credentials(const ProviderSettings& s, std::vector<Objection>& out) {
  const auto given = [&](const char* key) {
    const auto it = s.secrets.find(key);
    return it != s.secrets.end() && it->second.present();
  };
  const bool token = given("token"), key = given("key-file");
  if (!token && !key)
    out.push_back({"", "token", "missing required key: a service account's personal access token, or key-file with its JSON key"});
  if (token && key) out.push_back({"", "key-file", "token and key-file exclude each other: the service account needs one of them"});
  if (token && !key && s.options.contains("audience")) out.push_back({"", "audience", "belongs to key-file: a personal access token has none"});
}

void object_to_landing(const ProviderSettings& s, std::vector<Objection>& out) {
  const InviteSettings& invite = s.invite;
  const bool by_provider = invite.deliver == "provider";
  const bool names_all = invite.landing.find("{userId}") != std::string::npos && invite.landing.find("{code}") != std::string::npos;
  // Our own mail may show the code in a template of its own.
  if (!invite.landing.empty() && !names_all && (by_provider || invite.template_file.empty()))
    out.push_back({"invite", "landing", "must hold {userId} and {code}, or nobody could follow the link"});
  if (by_provider && url_template(invite.landing).size() > longest_text)
    out.push_back({"invite", "landing", "is longer than the 200 bytes that Zitadel takes as urlTemplate; with deliver = \"smtp\" it may be longer"});
  if (invite.application_name.size() > longest_text) out.push_back({"invite", "application-name", "is longer than the 200 bytes that Zitadel takes"});
}

std::vector<Objection> objections(const ProviderSettings& s) {
  std::vector<Objection> out;
  object_to_credentials(s, out);
  if (!s.roles.empty() && !s.options.contains("project"))
    out.push_back({"", "project", "missing required key: the rules name roles of a project, whose id this is"});
  if (s.invite.present) object_to_landing(s, out);
  return out;
}

}  // namespace

Capabilities capabilities() {
  Capabilities c;
  c.external_id_changes = false;
  c.lists_acceptance = false;
  c.invite = InviteWay::code;
  c.sends_invitations = true;
  c.external_id_field = "userId";
  c.user_name_field = "username";
  c.email_field = "email";
  c.required_any = {"email"};
  c.required_all = {"email", "profile.givenName", "profile.familyName"};
  c.listed_fields = listed_fields();
  c.case_insensitive_fields = {"username", "email"};
  c.page_size = search_limit;
  return c;
}

ProviderType type() {
  ProviderType type;
  type.name = "zitadel";
  type.default_rate = "25/s";  // a server of one's own has no limit; this one spares it
  type.default_mapping = "zitadel";
  type.options = {{"token", OptionKind::secret, false, "", {}},       {"key-file", OptionKind::secret, false, "", {}},
                  {"audience", OptionKind::text, false, "", {}},      {"organization", OptionKind::text, false, "", {}},
                  {"project", OptionKind::text, false, "", {}},       {"email-verified", OptionKind::flag, false, "true", {}}};
  type.fields = fields();
  type.field_prefixes = {std::string(metadata_prefix)};
  type.can_deliver = true;
  type.names_application = true;
  type.objections = &objections;
  type.capabilities = capabilities();
  type.make = &make;
  return type;
}

}  // namespace rollcall::providers::zitadel
