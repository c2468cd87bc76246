#include "scim/patch.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {
namespace {

constexpr std::string_view patch_urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

// Names of members compare without case (Entra ID, RFC 7643 section 2.1).
Answer<const Value*> member(const Object& object, std::string_view name, const std::string& where) {
  const Value* found = nullptr;
  for (const json::Member& m : object) {
    if (!same_name(m.first, name)) continue;
    if (found) return refuse(ErrorType::invalid_syntax, where + std::string(name) + " stands twice, with letters in different case");
    found = &m.second;
  }
  return found;
}

// Clients forget `schemas`; one that names something else did not mean a PATCH.
Answer<void> check_schemas(const Object& body) {
  ROLLCALL_TRY(const Value* urns, member(body, "schemas", ""));
  if (!urns) return {};
  if (const Array* array = urns->as_array())
    for (const Value& urn : *array)
      if (urn.as_string() && same_name(*urn.as_string(), patch_urn)) return {};
  return refuse(ErrorType::invalid_syntax, "schemas must name " + std::string(patch_urn));
}

Answer<PatchVerb> verb_of(const Value* op, const std::string& where) {
  const std::string* const text = op ? op->as_string() : nullptr;
  if (text && same_name(*text, "add")) return PatchVerb::add;
  if (text && same_name(*text, "remove")) return PatchVerb::remove;
  if (text && same_name(*text, "replace")) return PatchVerb::replace;
  return refuse(ErrorType::invalid_syntax, where + "op must be add, remove or replace");
}

Answer<PatchOperation> operation(const Value& value, const std::string& where, const Limits& limits) {
  const Object* const object = value.as_object();
  if (!object) return refuse(ErrorType::invalid_syntax, where.substr(0, where.size() - 1) + " must be an object with op, path and value");
  PatchOperation out;
  ROLLCALL_TRY(const Value* op, member(*object, "op", where));
  ROLLCALL_TRY(out.verb, verb_of(op, where));
  ROLLCALL_TRY(const Value* path, member(*object, "path", where));
  if (path && !path->is_null() && !path->as_string()) return refuse(ErrorType::invalid_path, where + "path must be a string");
  if (has_value(path)) {
    auto parsed = parse_value_path(*path->as_string(), limits.filter);
    if (!parsed) {
      Failure failure = std::move(parsed).error();
      failure.detail = where + failure.detail;
      return tl::unexpected<Failure>(std::move(failure));
    }
    out.path = std::move(*parsed);
  }
  ROLLCALL_TRY(const Value* argument, member(*object, "value", where));
  if (argument) out.value = *argument;
  if (out.verb == PatchVerb::remove && !out.path)
    return refuse(ErrorType::no_target, where + "path is missing: a remove must say what it removes");
  if (out.verb != PatchVerb::remove && !out.value) return refuse(ErrorType::invalid_value, where + "value is missing");
  return out;
}

}  // namespace

Answer<Patch> parse_patch(const Value& body, const Limits& limits) {
  const Object* const object = body.as_object();
  if (!object) return refuse(ErrorType::invalid_syntax, "a PATCH is a JSON object with schemas and Operations");
  ROLLCALL_CHECK(check_schemas(*object));
  ROLLCALL_TRY(const Value* list, member(*object, "Operations", ""));
  const Array* const operations = list ? list->as_array() : nullptr;
  if (!operations || operations->empty()) return refuse(ErrorType::invalid_syntax, "Operations must be an array with at least one operation");
  if (operations->size() > limits.patch_operations)
    return refuse(413, "this PATCH has " + std::to_string(operations->size()) + " operations; at most " + std::to_string(limits.patch_operations) + " are taken");
  Patch out;
  out.operations.reserve(operations->size());
  for (std::size_t i = 0; i < operations->size(); ++i) {
    ROLLCALL_TRY(PatchOperation one, operation((*operations)[i], "Operations[" + std::to_string(i) + "].", limits));
    one.index = i;
    out.operations.push_back(std::move(one));
  }
  return out;
}

}  // namespace rollcall::scim
