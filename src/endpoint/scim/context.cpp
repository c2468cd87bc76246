#include "endpoint/scim/context.hpp"

#include "log/log.hpp"

namespace rollcall::endpoint {

scim::Failure state_failure(const Error& error) {
  log::error("the state refuses a SCIM request", {{"reason", error.message}});
  if (is_retryable(error.kind)) return {503, scim::ErrorType::none, "the service is busy; try again"};
  return {500, scim::ErrorType::none, "the service failed; its log says why"};
}

scim::Answer<store::ResourceRow> find_resource(const Context& c, RecordKind kind, const std::string& id) {
  // What the state would refuse to look for cannot be one of our ids.
  const bool sane = id.size() <= 64 && json::is_utf8(id) && id.find('\0') == id.npos;
  if (sane) {
    ROLLCALL_TRY(auto row, kept(c.state.resource(c.source.name, id)));
    if (row && row->kind == kind) return std::move(*row);
  }
  return scim::refuse(404, "there is no " + type_of(kind).name + " with this id");
}

scim::Answer<json::Value> body_of(const store::ResourceRow& row) { return kept(json::parse(row.body, "resource in the state")); }

}  // namespace rollcall::endpoint
