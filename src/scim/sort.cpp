#include "scim/sort.hpp"

namespace rollcall::scim {
namespace {

// The value that stands for all (section 3.4.2.3).
const Value* representative(const Value* value) {
  const Array* const array = value ? value->as_array() : nullptr;
  if (!array) return value;
  for (const Value& each : *array)
    if (const Value* primary = each.find("primary"); primary && *primary == Value(true)) return &each;
  return array->empty() ? nullptr : &array->front();
}

}  // namespace

Answer<Sort> Sort::parse(std::string_view sort_by, bool descending, const ResourceType& type) {
  const auto path = resolve(type, sort_by);
  const std::string name = "sortBy: `" + std::string(sort_by) + "`";
  if (!path || path->whole()) return refuse(ErrorType::invalid_path, name + " is no attribute of a " + type.name);
  Sort out;
  out.path_ = *path;
  out.descending_ = descending;
  if (!path->sub && path->attribute->type == Type::complex) out.path_.sub = path->attribute->find("value");
  if (out.path_.leaf()->type == Type::complex) return refuse(ErrorType::invalid_path, name + " is complex: name one of its sub-attributes");
  if (out.path_.leaf()->returned == Returned::never) return refuse(ErrorType::invalid_path, name + " is never returned, and cannot be sorted by");
  return out;
}

Scalar Sort::key(const Value& resource) const {
  const Value* value = path_.extension ? resource.find(path_.extension->name) : &resource;
  if (value) value = representative(value->find(path_.attribute->name));
  if (value && path_.sub) value = value->find(path_.sub->name);
  return has_value(value) ? scalar(*path_.leaf(), *value) : Scalar();
}

bool Sort::before(const Scalar& a, const Scalar& b) const {
  const bool no_a = std::holds_alternative<std::monostate>(a), no_b = std::holds_alternative<std::monostate>(b);
  if (no_a || no_b) return no_a != no_b && no_a == descending_;
  const int order = compare(a, b);
  return descending_ ? order > 0 : order < 0;
}

}  // namespace rollcall::scim
