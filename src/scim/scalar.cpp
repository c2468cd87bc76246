#include "scim/scalar.hpp"

#include <algorithm>

#include "language/dates.hpp"
#include "language/unicode.hpp"

namespace rollcall::scim {
namespace {

std::string comparable(const Attribute& attribute, const std::string& text) {
  return attribute.case_exact || attribute.type == Type::reference || attribute.type == Type::binary ? text : language::fold(text);
}

double as_double(const Scalar& number) {
  const auto* whole = std::get_if<std::int64_t>(&number);
  return whole ? static_cast<double>(*whole) : std::get<double>(number);
}

bool is_number(const Scalar& s) { return std::holds_alternative<std::int64_t>(s) || std::holds_alternative<double>(s); }

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

Scalar scalar(const Attribute& attribute, const json::Value& value) {
  if (const auto* text = value.as_string()) {
    if (attribute.type == Type::date_time)
      if (const auto at = language::parse_rfc3339(*text)) return std::int64_t{at->time_since_epoch().count()};
    return comparable(attribute, *text);
  }
  if (const auto* truth = value.as_bool()) return *truth;
  if (const auto* whole = value.as_int()) return *whole;
  if (const auto* real = value.as_double()) return *real;
  return {};
}

int compare(const Scalar& a, const Scalar& b) {
  if (a.index() != b.index() && is_number(a) && is_number(b)) return order(as_double(a), as_double(b));
  return order(a, b);
}

bool has_value(const json::Value* value) {
  if (!value || value->is_null()) return false;
  if (const auto* text = value->as_string()) return !text->empty();
  if (const auto* array = value->as_array()) return std::any_of(array->begin(), array->end(), [](const json::Value& v) { return has_value(&v); });
  const auto* object = value->as_object();
  return !object || std::any_of(object->begin(), object->end(), [](const json::Member& m) { return has_value(&m.second); });
}

std::string element_key(const Attribute& attribute, const json::Value& element) {
  const Attribute* const value = attribute.find("value");
  const std::string* const text = element.as_object() ? nullptr : element.as_string();
  if (text) return comparable(attribute, *text);
  const json::Value* const held = value ? element.find("value") : nullptr;
  if (!held || !held->as_string()) return json::write(element);
  std::string out = comparable(*value, *held->as_string());
  if (attribute.is_reference()) return out;
  return out.append(1, '\0').append(language::fold(element.text("type")));
}

}  // namespace rollcall::scim
