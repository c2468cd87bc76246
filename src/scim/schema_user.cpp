// RFC 7643 sections 4.1 and 4.3: User and Enterprise User.
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

using Names = std::vector<std::string>;

Attribute text(std::string name, std::string description) { return {.name = std::move(name), .description = std::move(description)}; }

// The usual sub-attributes of section 2.4. Their `type` words are suggestions.
Attribute plural(std::string name, std::string description, Attribute value, Names types) {
  value.name = "value";
  return {.name = std::move(name),
          .description = std::move(description),
          .type = Type::complex,
          .multi_valued = true,
          .sub_attributes = {std::move(value),
                             text("display", "A label for people"),
                             {.name = "type", .description = "What this value is for", .canonical_values = std::move(types)},
                             {.name = "primary", .description = "The preferred value; true at most once", .type = Type::boolean}}};
}

Attribute uri(std::string name, std::string description) {
  return {.name = std::move(name), .description = std::move(description), .type = Type::reference, .case_exact = true, .reference_types = {"external"}};
}

Attribute name() {
  return {.name = "name",
          .description = "The parts of the person's name",
          .type = Type::complex,
          .sub_attributes = {text("formatted", "The whole name as it is shown"), text("familyName", "The family name"), text("givenName", "The given name"),
                             text("middleName", "Middle names"), text("honorificPrefix", "A title before the name, as Dr"),
                             text("honorificSuffix", "What follows the name, as III")}};
}

Attribute addresses() {
  return {.name = "addresses",
          .description = "Postal addresses",
          .type = Type::complex,
          .multi_valued = true,
          .sub_attributes = {text("formatted", "The whole address as it is printed"), text("streetAddress", "Street and house; may have several lines"),
                             text("locality", "City"), text("region", "State or region"), text("postalCode", "Postal code"),
                             text("country", "Country; ISO 3166-1 alpha-2 is best"),
                             {.name = "type", .description = "What this address is for", .canonical_values = {"work", "home", "other"}},
                             {.name = "primary", .description = "The preferred address; true at most once", .type = Type::boolean}}};
}

Attribute groups() {
  constexpr auto ro = Mutability::read_only;
  return {.name = "groups",
          .description = "The groups the person is in; changed only through the group",
          .type = Type::complex,
          .multi_valued = true,
          .mutability = ro,
          .sub_attributes = {{.name = "value", .description = "The group's id", .case_exact = true, .mutability = ro},
                             {.name = "$ref", .description = "The group's URI", .type = Type::reference, .case_exact = true, .mutability = ro,
                              .reference_types = {"User", "Group"}},
                             {.name = "display", .description = "The group's displayName", .mutability = ro},
                             {.name = "type", .description = "Whether the membership is the person's own or that of a group", .mutability = ro,
                              .canonical_values = {"direct", "indirect"}}}};
}

}  // namespace

Schema user_schema() {
  return {std::string(user_urn),
          "User",
          "A person",
          {{.name = "userName", .description = "The name to sign in with; unique without case in one source", .required = true, .uniqueness = Uniqueness::server},
           name(),
           text("displayName", "The name that is shown"),
           text("nickName", "What the person likes to be called"),
           uri("profileUrl", "A page about the person"),
           text("title", "The job title"),
           text("userType", "The relation to the organisation, as Employee or Contractor"),
           text("preferredLanguage", "Languages as in HTTP Accept-Language"),
           text("locale", "A BCP 47 tag, as en-US"),
           text("timezone", "An IANA time zone, as Europe/Stockholm"),
           {.name = "active", .description = "Whether the person may sign in", .type = Type::boolean},
           {.name = "password", .description = "A first password; never returned", .case_exact = true, .mutability = Mutability::write_only,
            .returned = Returned::never},
           plural("emails", "E-mail addresses", text("", "An address"), {"work", "home", "other"}),
           plural("phoneNumbers", "Telephone numbers", text("", "A number; RFC 3966 is best"), {"work", "home", "mobile", "fax", "pager", "other"}),
           plural("ims", "Instant messaging addresses", text("", "An address"), {"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"}),
           plural("photos", "Pictures of the person", uri("", "The URI of a picture"), {"photo", "thumbnail"}),
           addresses(),
           groups(),
           plural("entitlements", "What the person is entitled to", text("", "An entitlement"), {}),
           plural("roles", "Roles of the person", text("", "A role"), {}),
           plural("x509Certificates", "Certificates of the person",
                  {.name = "", .description = "DER in base64", .type = Type::binary, .case_exact = true}, {})}};
}

Schema enterprise_schema() {
  return {std::string(enterprise_urn),
          "EnterpriseUser",
          "What an employer knows of a person",
          {text("employeeNumber", "The number of the employee"), text("costCenter", "Cost center"), text("organization", "Organisation"),
           text("division", "Division"), text("department", "Department"),
           {.name = "manager",
            .description = "The person's manager",
            .type = Type::complex,
            .sub_attributes = {{.name = "value", .description = "The id of the manager's User, or what the client knows of it", .case_exact = true},
                               {.name = "$ref", .description = "The URI of the manager's User", .type = Type::reference, .case_exact = true,
                                .reference_types = {"User"}},
                               {.name = "displayName", .description = "The manager's displayName", .mutability = Mutability::read_only}}}}};
}

}  // namespace rollcall::scim
