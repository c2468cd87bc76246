// The documents of /ServiceProviderConfig, /ResourceTypes and /Schemas (RFC 7644 section 4), written from schema.hpp. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scim/error.hpp"
#include "scim/limits.hpp"
#include "scim/query.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

struct Service {
  std::string base;  // the URI under which /Users stands, without a slash at the end
  Limits limits;
  Paging paging;
  std::int64_t max_payload = 1 << 20;
  bool change_password = false;
  bool bulk = true, sort = true, etag = true;
  bool cursor = true;
  std::int64_t cursor_timeout = 3600;  // seconds that a cursor is good for at least
  std::string documentation;           // a URI, or empty
};

Value service_provider_config(const Service& service);

Value resource_type_document(const ResourceType& type, std::string_view base);
Value schema_document(const Schema& schema, std::string_view base);
// The ListResponses.
std::string resource_types_document(std::string_view base);
std::string schemas_document(std::string_view base);

}  // namespace rollcall::scim
