#include "scim/bulk.hpp"

#include <algorithm>

#include "language/unicode.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {
namespace {

constexpr std::string_view bulk_urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

const Value* member(const Object& object, std::string_view name) {
  const auto it = std::find_if(object.begin(), object.end(), [&](const json::Member& m) { return same_name(m.first, name); });
  return it == object.end() || it->second.is_null() ? nullptr : &it->second;
}

std::string text(const Object& object, std::string_view name) {
  const Value* const value = member(object, name);
  return value && value->as_string() ? *value->as_string() : std::string();
}

bool names_bulk(const Value* urns) {
  const Array* const array = urns ? urns->as_array() : nullptr;
  return array && std::any_of(array->begin(), array->end(), [](const Value& v) { return v.as_string() && same_name(*v.as_string(), bulk_urn); });
}

std::optional<Failure> bad(ErrorType type, std::string detail) { return refuse(type, std::move(detail)).value(); }

std::optional<Failure> problem_of(const BulkOperation& op, const Object& sent, std::set<std::string>& bulk_ids) {
  constexpr std::string_view methods[] = {"POST", "PUT", "PATCH", "DELETE"};
  if (std::find(std::begin(methods), std::end(methods), op.method) == std::end(methods))
    return bad(ErrorType::invalid_syntax, "method must be POST, PUT, PATCH or DELETE");
  if (!op.path.starts_with('/')) return bad(ErrorType::invalid_syntax, "path must begin with a slash, as /Users");
  if (op.method == "POST" && op.bulk_id.empty()) return bad(ErrorType::invalid_value, "bulkId is missing: every POST needs one");
  if (op.method == "POST" && !bulk_ids.insert(op.bulk_id).second) return bad(ErrorType::invalid_value, "this bulkId stands twice in the request");
  if (op.method != "DELETE" && !op.data.as_object()) return bad(ErrorType::invalid_syntax, "data is missing, or is no object");
  if (const Value* version = member(sent, "version"); version && !version->as_string()) return bad(ErrorType::invalid_value, "version must be a string");
  return std::nullopt;
}

BulkOperation operation(const Value& value, std::set<std::string>& bulk_ids) {
  BulkOperation out;
  const Object* const object = value.as_object();
  if (!object) {
    out.failure = bad(ErrorType::invalid_syntax, "an operation must be an object with method and path");
    return out;
  }
  out.method = language::upper(text(*object, "method"));
  out.bulk_id = text(*object, "bulkId");
  out.version = text(*object, "version");
  out.path = text(*object, "path");
  if (const Value* data = member(*object, "data")) out.data = *data;
  out.failure = problem_of(out, *object, bulk_ids);
  return out;
}

}  // namespace

Answer<BulkRequest> parse_bulk(const Value& body, const Limits& limits) {
  const Object* const object = body.as_object();
  if (!object || !names_bulk(member(*object, "schemas"))) return refuse(ErrorType::invalid_syntax, "schemas must name " + std::string(bulk_urn));
  BulkRequest out;
  if (const Value* errors = member(*object, "failOnErrors")) {
    if (!errors->as_int() || *errors->as_int() < 1) return refuse(ErrorType::invalid_value, "failOnErrors must be a whole number from 1");
    out.fail_on_errors = *errors->as_int();
  }
  const Value* const list = member(*object, "Operations");
  const Array* const operations = list ? list->as_array() : nullptr;
  if (!operations || operations->empty()) return refuse(ErrorType::invalid_syntax, "Operations must be an array with at least one operation");
  if (operations->size() > limits.bulk_operations)
    return refuse(413, "this request has " + std::to_string(operations->size()) + " operations; maxOperations is " + std::to_string(limits.bulk_operations));
  std::set<std::string> bulk_ids;
  for (const Value& each : *operations) out.operations.push_back(operation(each, bulk_ids));
  return out;
}

Value bulk_response(const std::vector<BulkResult>& results) {
  Array operations;
  for (const BulkResult& each : results) {
    Object out;
    if (!each.method.empty()) out.emplace_back("method", each.method);
    if (!each.bulk_id.empty()) out.emplace_back("bulkId", each.bulk_id);
    if (!each.version.empty()) out.emplace_back("version", each.version);
    if (!each.location.empty()) out.emplace_back("location", each.location);
    out.emplace_back("status", std::to_string(each.status));
    if (!each.response.is_null()) out.emplace_back("response", each.response);
    operations.emplace_back(std::move(out));
  }
  return Object{{"schemas", Array{"urn:ietf:params:scim:api:messages:2.0:BulkResponse"}}, {"Operations", std::move(operations)}};
}

}  // namespace rollcall::scim
