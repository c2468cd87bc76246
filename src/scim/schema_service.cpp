// RFC 7643 sections 5 to 7 and RFC 9865 section 3: the schemas of the discovery documents. All of it is readOnly.
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

constexpr auto ro = Mutability::read_only;

Attribute text(std::string name, std::string description, bool required = false) {
  return {.name = std::move(name), .description = std::move(description), .required = required, .mutability = ro};
}
Attribute exact(Attribute attribute) {
  attribute.case_exact = true;
  return attribute;
}
Attribute uri(std::string name, std::string description, bool required, std::string target) {
  return {.name = std::move(name), .description = std::move(description), .type = Type::reference, .required = required, .case_exact = true,
          .mutability = ro, .reference_types = {std::move(target)}};
}
Attribute of_type(Type type, std::string name, std::string description, bool required) {
  return {.name = std::move(name), .description = std::move(description), .type = type, .required = required, .mutability = ro};
}
Attribute number(std::string name, std::string description, bool required = true) {
  return of_type(Type::integer, std::move(name), std::move(description), required);
}
Attribute truth(std::string name, std::string description, bool required = true) {
  return of_type(Type::boolean, std::move(name), std::move(description), required);
}
Attribute part(std::string name, std::string description, bool required, std::vector<Attribute> subs) {
  Attribute out = of_type(Type::complex, std::move(name), std::move(description), required);
  out.sub_attributes = std::move(subs);
  return out;
}
Attribute parts(std::string name, std::string description, bool required, std::vector<Attribute> subs) {
  Attribute out = part(std::move(name), std::move(description), required, std::move(subs));
  out.multi_valued = true;
  return out;
}
Attribute texts(std::string name, std::string description) {
  Attribute out = exact(text(std::move(name), std::move(description)));
  out.multi_valued = true;
  return out;
}
Attribute one_of(Attribute attribute, std::vector<std::string> words) {
  attribute.canonical_values = std::move(words);
  return attribute;
}
Attribute feature(std::string name, std::string description) {
  return part(std::move(name), std::move(description), true, {truth("supported", "Whether it is offered")});
}

// A schema shows its attributes, and these their sub-attributes: twice the same list, the outer with `subAttributes`.
std::vector<Attribute> characteristics() {
  return {exact(text("name", "The attribute's name", true)),
          one_of(text("type", "The type of its values", true), {"string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary"}),
          truth("multiValued", "Whether it may have several values"),
          text("description", "What it is for"),
          truth("required", "Whether a resource must have it", false),
          texts("canonicalValues", "Suggested values"),
          truth("caseExact", "Whether case matters when texts are compared", false),
          one_of(text("mutability", "When it can be written"), {"readOnly", "readWrite", "immutable", "writeOnly"}),
          one_of(text("returned", "When it is answered"), {"always", "never", "default", "request"}),
          one_of(text("uniqueness", "How far its values are unique"), {"none", "server", "global"}),
          texts("referenceTypes", "What a reference may point to")};
}

}  // namespace

Schema service_provider_config_schema() {
  Attribute bulk = feature("bulk", "Several operations in one request");
  bulk.sub_attributes.push_back(number("maxOperations", "At most so many operations"));
  bulk.sub_attributes.push_back(number("maxPayloadSize", "At most so many bytes"));
  Attribute filter = feature("filter", "Queries with a filter");
  filter.sub_attributes.push_back(number("maxResults", "At most so many resources in one answer"));
  return {"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
          "ServiceProviderConfig",
          "What this service offers",
          {uri("documentationUri", "Where to read more", false, "external"), feature("patch", "PATCH"), std::move(bulk), std::move(filter),
           feature("changePassword", "Setting a password"), feature("sort", "Sorting"), feature("etag", "Versions of resources"),
           part("pagination", "Pages of long lists (RFC 9865)", false,
                {truth("cursor", "Pages by cursor"), truth("index", "Pages by index"),
                 one_of(text("defaultPaginationMethod", "The method when the client names none"), {"cursor", "index"}),
                 number("defaultPageSize", "The size of a page when the client names none", false),
                 number("maxPageSize", "The largest page", false), number("cursorTimeout", "Seconds that a cursor lives at least", false)}),
           parts("authenticationSchemes", "How a client says who it is", true,
                 {one_of(text("type", "The scheme", true), {"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"}),
                  text("name", "Its name", true), text("description", "What it is", true), uri("specUri", "Its specification", false, "external"),
                  uri("documentationUri", "Where to read more", false, "external"), truth("primary", "Whether it is preferred", false)})}};
}

Schema resource_type_schema() {
  return {"urn:ietf:params:scim:schemas:core:2.0:ResourceType",
          "ResourceType",
          "A kind of resource",
          {exact(text("name", "The kind's name", true)), text("description", "What it is"),
           uri("endpoint", "Where its resources stand, below the base URI", true, "uri"), uri("schema", "The URN of its schema", true, "uri"),
           parts("schemaExtensions", "Its extensions", false,
                 {uri("schema", "The URN of the extension", true, "uri"), truth("required", "Whether every resource must have it")})}};
}

Schema schema_schema() {
  std::vector<Attribute> all = characteristics();
  all.push_back(parts("subAttributes", "The parts of a complex attribute", false, characteristics()));
  return {"urn:ietf:params:scim:schemas:core:2.0:Schema",
          "Schema",
          "A schema",
          {exact(text("name", "The schema's name")), text("description", "What it describes"),
           parts("attributes", "Its attributes", true, std::move(all))}};
}

}  // namespace rollcall::scim
