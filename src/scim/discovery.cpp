#include "scim/discovery.hpp"

#include "scim/response.hpp"

namespace rollcall::scim {
namespace {

Value meta(std::string_view type, std::string_view base, const std::string& path) {
  return Object{{"resourceType", type}, {"location", std::string(base) + path}};
}

Value texts(const std::vector<std::string>& all) {
  Array out;
  for (const std::string& each : all) out.emplace_back(each);
  return out;
}

// RFC 7643 section 7. A complex attribute has no case and no uniqueness of its own.
Value attribute_document(const Attribute& attribute) {
  Object out{{"name", attribute.name},
             {"type", to_string(attribute.type)},
             {"multiValued", attribute.multi_valued},
             {"description", attribute.description},
             {"required", attribute.required}};
  if (!attribute.canonical_values.empty()) out.emplace_back("canonicalValues", texts(attribute.canonical_values));
  out.emplace_back("caseExact", attribute.case_exact);
  out.emplace_back("mutability", to_string(attribute.mutability));
  out.emplace_back("returned", to_string(attribute.returned));
  out.emplace_back("uniqueness", to_string(attribute.uniqueness));
  if (!attribute.reference_types.empty()) out.emplace_back("referenceTypes", texts(attribute.reference_types));
  if (attribute.type == Type::complex) {
    Array subs;
    for (const Attribute& sub : attribute.sub_attributes) subs.push_back(attribute_document(sub));
    out.emplace_back("subAttributes", std::move(subs));
  }
  return out;
}

Value supported(bool yes) { return Object{{"supported", yes}}; }

Value pagination(const Service& service) {
  Object out{{"cursor", service.cursor},
             {"index", true},
             {"defaultPaginationMethod", "index"},
             {"defaultPageSize", service.paging.default_count},
             {"maxPageSize", service.paging.max_count}};
  if (service.cursor) out.emplace_back("cursorTimeout", service.cursor_timeout);
  return out;
}

Value bulk(const Service& service) {
  return Object{{"supported", service.bulk},
                {"maxOperations", static_cast<std::int64_t>(service.bulk ? service.limits.bulk_operations : 0)},
                {"maxPayloadSize", service.bulk ? service.max_payload : 0}};
}

Value bearer_token() {
  return Object{{"type", "oauthbearertoken"},
                {"name", "OAuth Bearer Token"},
                {"description", "A token of `rollcall token create`, in the header Authorization: Bearer"},
                {"specUri", "https://www.rfc-editor.org/info/rfc6750"},
                {"primary", true}};
}

template <class Each>
std::string listed(std::size_t total, Each each) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < total; ++i) out.push_back(json::write(each(i)));
  return list_response(Page{static_cast<std::int64_t>(total), 1, {}, {}}, out);
}

}  // namespace

Value service_provider_config(const Service& service) {
  Object out{{"schemas", Array{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"}}};
  if (!service.documentation.empty()) out.emplace_back("documentationUri", service.documentation);
  out.emplace_back("patch", supported(true));
  out.emplace_back("bulk", bulk(service));
  out.emplace_back("filter", Object{{"supported", true}, {"maxResults", service.paging.max_count}});
  out.emplace_back("changePassword", supported(service.change_password));
  out.emplace_back("sort", supported(service.sort));
  out.emplace_back("etag", supported(service.etag));
  out.emplace_back("pagination", pagination(service));
  out.emplace_back("authenticationSchemes", Array{bearer_token()});
  out.emplace_back("meta", meta("ServiceProviderConfig", service.base, "/ServiceProviderConfig"));
  return out;
}

Value resource_type_document(const ResourceType& type, std::string_view base) {
  Array extensions;
  for (const Extension& extension : type.extensions)
    extensions.emplace_back(Object{{"schema", extension.schema->id}, {"required", extension.required}});
  Object out{{"schemas", Array{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}},
             {"id", type.name},
             {"name", type.name},
             {"description", type.description},
             {"endpoint", type.endpoint},
             {"schema", type.core->id}};
  if (!extensions.empty()) out.emplace_back("schemaExtensions", std::move(extensions));
  out.emplace_back("meta", meta("ResourceType", base, "/ResourceTypes/" + type.name));
  return out;
}

Value schema_document(const Schema& schema, std::string_view base) {
  Array attributes;
  for (const Attribute& attribute : schema.attributes) attributes.push_back(attribute_document(attribute));
  return Object{{"schemas", Array{"urn:ietf:params:scim:schemas:core:2.0:Schema"}},
                {"id", schema.id},
                {"name", schema.name},
                {"description", schema.description},
                {"attributes", std::move(attributes)},
                {"meta", meta("Schema", base, "/Schemas/" + schema.id)}};
}

std::string resource_types_document(std::string_view base) {
  return listed(resource_types().size(), [&](std::size_t i) { return resource_type_document(*resource_types()[i], base); });
}

std::string schemas_document(std::string_view base) {
  return listed(schemas().size(), [&](std::size_t i) { return schema_document(*schemas()[i], base); });
}

}  // namespace rollcall::scim
