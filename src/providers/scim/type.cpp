// SCIM in the table of types: options and capabilities.
#include "providers/scim/fields.hpp"
#include "providers/scim/provider.hpp"

namespace rollcall::providers::scim {

Capabilities capabilities() {
  Capabilities c;
  c.password_field = "password";
  c.external_id_field = "externalId";
  c.user_name_field = "userName";
  c.email_field = work_email;
  c.required_any = {"userName"};
  c.required_all = {"userName"};
  c.listed_fields = fields();
  c.listed_fields.erase("password");
  c.set_only = {"password"};
  c.case_insensitive_fields = {"userName"};
  for (const auto& field : fields())
    if (field.starts_with("emails[")) c.case_insensitive_fields.insert(field);
  return c;
}

ProviderType type() {
  ProviderType type;
  type.name = "scim";
  type.default_rate = "25/s";  // what the large clients ask of every service
  type.default_mapping = "scim";
  type.options = {{"token", OptionKind::secret, true, "", {}}};
  type.fields = fields();
  type.field_prefixes = {std::string(extension_prefix)};
  type.capabilities = capabilities();
  type.make = &make;
  return type;
}

}  // namespace rollcall::providers::scim
