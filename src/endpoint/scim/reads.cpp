// GET, lists, searches and discovery.
#include "endpoint/scim/core.hpp"
#include "endpoint/scim/search.hpp"
#include "endpoint/scim/view.hpp"
#include "scim/discovery.hpp"
#include "scim/resource.hpp"
#include "scim/response.hpp"

namespace rollcall::endpoint {
namespace {

namespace asio = boost::asio;

asio::awaitable<Replied> searched(std::shared_ptr<Call> call, scim::Query query, std::vector<RecordKind> kinds) {
  const Context c = call->reading();
  auto found = co_await search(c, std::move(query), std::move(kinds));
  if (!found) co_return tl::unexpected<scim::Failure>(std::move(found).error());
  Reply reply;
  reply.body = std::move(*found);
  co_return reply;
}

scim::Service service_of(const Call& call) {
  const auto& settings = call.core->options.settings;
  scim::Service out;
  out.base = call.base;
  out.limits = call.core->limits;
  out.paging = call.core->paging;
  out.max_payload = settings.max_body;
  out.change_password = call.reading().keeps_passwords();
  return out;
}

Replied text(std::string body) { return Reply{200, std::move(body), {}}; }

Replied one_schema(const Call& call, const std::string& urn) {
  const scim::Schema* schema = scim::find_schema(urn);
  if (!schema) return scim::refuse(404, "there is no schema with this URN");
  return text(json::write(scim::schema_document(*schema, call.base)));
}

Replied one_type(const Call& call, const std::string& name) {
  const scim::ResourceType* type = scim::find_resource_type(name);
  if (!type) return scim::refuse(404, "there is no resource type with this name");
  return text(json::write(scim::resource_type_document(*type, call.base)));
}

bool has_filter(const Call& call) {
  for (const auto& [name, _] : call.parameters)
    if (scim::same_name(name, "filter")) return true;
  return false;
}

}  // namespace

scim::Answer<json::Value> parsed_body(const Call& call) {
  const auto type = header_value(call.headers, "Content-Type");
  if (!type.empty() && !scim::is_json_media_type(type)) return scim::refuse(415, "the body must be application/scim+json");
  if (const auto coding = header_value(call.headers, "Content-Encoding"); !coding.empty() && !scim::same_name(coding, "identity"))
    return scim::refuse(415, "the body must not be compressed; leave Content-Encoding out");
  return scim::parse_body(call.body, call.core->limits);
}

Conditions conditions_of(const Call& call) {
  return {std::string(header_value(call.headers, "If-Match")), std::string(header_value(call.headers, "If-None-Match"))};
}

scim::Answer<scim::Query> parsed_query(const Call& call) { return scim::parse_query(call.parameters, call.core->paging); }

asio::awaitable<Replied> list(std::shared_ptr<Call> call, std::vector<RecordKind> kinds) {
  auto query = parsed_query(*call);
  if (!query) co_return tl::unexpected<scim::Failure>(std::move(query).error());
  co_return co_await searched(call, std::move(*query), std::move(kinds));
}

asio::awaitable<Replied> post_search(std::shared_ptr<Call> call, std::vector<RecordKind> kinds) {
  const auto body = parsed_body(*call);
  if (!body) co_return tl::unexpected<scim::Failure>(body.error());
  auto query = scim::parse_search(*body, call->core->paging);
  if (!query) co_return tl::unexpected<scim::Failure>(std::move(query).error());
  co_return co_await searched(call, std::move(*query), std::move(kinds));
}

Replied get(const Call& call, RecordKind kind, const std::string& id) {
  const Context c = call.reading();
  ROLLCALL_TRY(const scim::Query query, parsed_query(call));
  ROLLCALL_TRY(const store::ResourceRow row, find_resource(c, kind, id));
  Reply reply;
  reply.headers.emplace_back("ETag", scim::etag(version_of(row)));
  const Conditions conditions = conditions_of(call);
  ROLLCALL_CHECK(check_version(row, {conditions.if_match, {}}));
  if (!conditions.if_none_match.empty() && scim::names_version(conditions.if_none_match, version_of(row))) {
    reply.status = 304;
    return reply;
  }
  const scim::Projection projection(type_of(kind), query.attributes, query.excluded);
  ROLLCALL_TRY(reply.body, rendered(c, row, projection));
  return reply;
}

// RFC 7644 section 4: GET only; paging and sorting mean nothing here, a filter is refused.
Replied discover(const Call& call, const std::vector<std::string>& segments) {
  if (call.method != "GET") return tl::unexpected<scim::Failure>(wrong_method("GET"));
  if (has_filter(call)) return scim::refuse(403, "the discovery endpoints take no filter");
  const bool whole = segments.size() == 1;
  if (segments[0] == "Schemas") return whole ? text(scim::schemas_document(call.base)) : one_schema(call, segments[1]);
  if (segments[0] == "ResourceTypes") return whole ? text(scim::resource_types_document(call.base)) : one_type(call, segments[1]);
  if (!whole) return scim::refuse(404, "there is nothing at this path");
  return text(json::write(scim::service_provider_config(service_of(call))));
}

}  // namespace rollcall::endpoint
