// RFC 7643 section 4.2: Group; and rollcall's own extension (contract section 6).
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

Attribute shown(std::string name, std::string description) {
  return {.name = std::move(name), .description = std::move(description), .mutability = Mutability::read_only};
}

// One edits no member: one removes it and adds another. `display` is the member's own displayName.
Attribute members() {
  constexpr auto fixed = Mutability::immutable;
  return {.name = "members",
          .description = "The members of the group",
          .type = Type::complex,
          .multi_valued = true,
          .sub_attributes = {{.name = "value", .description = "The member's id", .case_exact = true, .mutability = fixed},
                             {.name = "$ref", .description = "The member's URI", .type = Type::reference, .case_exact = true, .mutability = fixed,
                              .reference_types = {"User", "Group"}},
                             {.name = "type", .description = "What the member is", .mutability = fixed, .canonical_values = {"User", "Group"}},
                             shown("display", "The member's displayName")}};
}

}  // namespace

// The text of section 4.2 wins over the listing of section 8.7.1: displayName is required.
Schema group_schema() {
  return {std::string(group_urn),
          "Group",
          "A group",
          {{.name = "displayName", .description = "The name of the group", .required = true}, members()}};
}

Schema provisioning_schema() {
  Attribute state = shown("state", "How far the account at this provider is");
  state.canonical_values = {"pending", "held", "failed", "provisioned", "suspended"};
  Attribute id = shown("accountId", "The id of the account at this provider");
  id.case_exact = true;
  Attribute roles = shown("roles", "The roles that the account has at this provider");
  roles.multi_valued = true;
  return {std::string(provisioning_urn),
          "Provisioning",
          "What rollcall made of this person at each provider",
          {{.name = "accounts",
            .description = "One entry for each provider",
            .type = Type::complex,
            .multi_valued = true,
            .mutability = Mutability::read_only,
            .sub_attributes = {shown("provider", "The provider's name in the configuration"), state, id, roles,
                               shown("invitation", "The state of the invitation"), shown("lastError", "Why the last step failed")}}}};
}

}  // namespace rollcall::scim
