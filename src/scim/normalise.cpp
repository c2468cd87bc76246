#include "scim/normalise.hpp"

#include <algorithm>
#include <unordered_set>

#include "language/dates.hpp"
#include "language/unicode.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {
namespace {

tl::unexpected<Failure> wrong(const Place& place, const std::string& why, ErrorType type = ErrorType::invalid_value) {
  const std::string where = place.text();
  return refuse(type, (where.empty() ? "the resource" : where) + " " + why);
}

std::string_view wanted(Type type) {
  constexpr std::string_view texts[] = {"must be a string",
                                        "must be true or false",
                                        "must be a number",
                                        "must be a whole number",
                                        "must be a date and time of RFC 3339, as \"2026-11-21T10:00:00Z\"",
                                        "must be a URI in a string",
                                        "must be base64 in a string",
                                        "must be an object"};
  return texts[static_cast<int>(type)];
}

bool is_base64(std::string_view text) {
  const std::size_t end = text.find_last_not_of('=') + 1;
  return text.size() - end <= 2 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("+/-_\r\n").find(c) != std::string_view::npos;
         });
}

bool is_time(const std::string& text) { return text.size() >= 19 && !language::is_bare_date(text) && language::parse_rfc3339(text); }

Answer<Value> text_value(const Attribute& attribute, const Value& value, const Place& place) {
  const std::string* const text = value.as_string();
  if (!text) return wrong(place, std::string(wanted(attribute.type)));
  // Some stores cut a text at NUL: what cannot be kept exactly is refused.
  if (text->find('\0') != std::string::npos) return wrong(place, "holds a NUL character, which cannot be stored");
  if (attribute.type == Type::date_time && !is_time(*text)) return wrong(place, std::string(wanted(attribute.type)));
  if (attribute.type == Type::binary && !is_base64(*text)) return wrong(place, std::string(wanted(attribute.type)));
  return value;
}

// Entra ID without its compliance flag writes booleans as "True" and "False".
Answer<Value> boolean_value(const Value& value, const Place& place) {
  if (value.as_bool()) return value;
  if (const std::string* text = value.as_string()) {
    if (same_name(*text, "true")) return Value(true);
    if (same_name(*text, "false")) return Value(false);
  }
  return wrong(place, std::string(wanted(Type::boolean)));
}

Answer<Value> simple_value(const Attribute& attribute, const Value& value, const Place& place) {
  switch (attribute.type) {
    case Type::boolean:
      return boolean_value(value, place);
    case Type::integer:
    case Type::decimal:
      if (!value.as_int() && !(attribute.type == Type::decimal && value.as_double())) return wrong(place, std::string(wanted(attribute.type)));
      return value;
    default:
      return text_value(attribute, value, place);
  }
}

// {"$ref": ".../Users/7"} without a value means 7. A reference to nothing is unassigned when all of it is.
Answer<Value> complete_reference(Object object, const Attribute& attribute, const Value& sent, const Place& place, Manner manner) {
  if (Value* value = member_of(object, "value"); value && has_value(value)) return Value(std::move(object));
  drop(object, "value");
  if (const Value* ref = member_of(object, "$ref"); has_value(ref)) {
    const std::string& uri = *ref->as_string();
    const std::string id = uri.substr(uri.rfind('/') + 1);
    if (!id.empty()) {
      put(object, attribute, *attribute.find("value"), id);
      return Value(std::move(object));
    }
  }
  if (object.empty() && !has_value(&sent)) return Value();
  // In a whole resource what is readOnly is left aside (RFC 7644 sections 3.3, 3.5.1): a manager with a displayName alone is nobody.
  if (object.empty() && manner == Manner::strict && !attribute.multi_valued) return Value();
  return wrong(Place{&place, "value"}, "is missing: it says which resource is meant");
}

Answer<Value> complex_value(const Attribute& attribute, const Value& value, const Place& place, Manner manner, const Limits& limits) {
  const Object* const sent = value.as_object();
  if (!sent) {
    // `manager` and members as a plain id, roles as a plain name.
    const Attribute* const only = value.as_string() ? attribute.find("value") : nullptr;
    if (!only) return wrong(place, std::string(wanted(Type::complex)));
    return complex_value(attribute, Object{{"value", value}}, place, manner, limits);
  }
  std::vector<Value> slots(attribute.sub_attributes.size());
  std::vector<bool> seen(slots.size());
  for (const json::Member& member : *sent) {
    const Attribute* const sub = attribute.find(member.first);
    if (!sub || sub->read_only()) continue;
    const auto slot = static_cast<std::size_t>(sub - attribute.sub_attributes.data());
    const Place here{&place, sub->name};
    if (seen[slot]) return wrong(here, "stands twice, with letters in different case", ErrorType::invalid_syntax);
    seen[slot] = true;
    ROLLCALL_TRY(slots[slot], normalise(*sub, member.second, here, manner, limits));
  }
  Object out;
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (!slots[i].is_null()) out.emplace_back(attribute.sub_attributes[i].name, std::move(slots[i]));
  if (attribute.is_reference()) return complete_reference(std::move(out), attribute, value, place, manner);
  return out.empty() ? Value() : Value(std::move(out));
}

// RFC 7643 section 2.4: `primary` is true at most once.
Answer<void> one_primary(const Array& values, const Place& place) {
  const auto is_primary = [](const Value& v) {
    const Value* flag = v.find("primary");
    return flag && *flag == Value(true);
  };
  if (std::count_if(values.begin(), values.end(), is_primary) > 1) return wrong(place, "has more than one value with primary true");
  return {};
}

Answer<Value> several_values(const Attribute& attribute, const Array& sent, const Place& place, Manner manner, const Limits& limits) {
  if (sent.size() > limits.values) return wrong(place, "has more than " + std::to_string(limits.values) + " values");
  Array out;
  out.reserve(sent.size());
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ROLLCALL_TRY(Value one, normalise_one(attribute, sent[i], Place{&place, {}, static_cast<long>(i)}, manner, limits));
    if (one.is_null() || !seen.insert(sent.size() > 1 ? element_key(attribute, one) : std::string()).second) continue;
    out.push_back(std::move(one));
  }
  if (attribute.find("primary")) ROLLCALL_CHECK(one_primary(out, place));
  return out.empty() ? Value() : Value(std::move(out));
}

}  // namespace

std::string Place::text() const {
  std::string out = above ? above->text() : "";
  if (index >= 0) return out + "[" + std::to_string(index) + "]";
  if (name.empty()) return out;
  // Behind the URN of an extension a colon stands (RFC 7644 section 3.10).
  const bool behind_urn = above && above->above && !above->above->above && above->name.find(':') != std::string_view::npos;
  if (!out.empty()) out += behind_urn ? ":" : ".";
  return out.append(name);
}

Answer<Value> normalise_one(const Attribute& attribute, const Value& value, const Place& place, Manner manner, const Limits& limits) {
  if (value.is_null()) return Value();
  if (attribute.type == Type::complex) return complex_value(attribute, value, place, manner, limits);
  const Value* const inner = manner == Manner::tolerant ? value.find("value") : nullptr;
  if (inner) return normalise_one(attribute, *inner, place, Manner::strict, limits);
  return simple_value(attribute, value, place);
}

Answer<Value> normalise(const Attribute& attribute, const Value& value, const Place& place, Manner manner, const Limits& limits) {
  if (value.is_null()) return Value();
  const Array* const array = value.as_array();
  if (attribute.multi_valued) {
    if (array) return several_values(attribute, *array, place, manner, limits);
    if (manner == Manner::tolerant) return several_values(attribute, Array{value}, place, manner, limits);
    return wrong(place, "must be an array");
  }
  // Old Entra ID: [{"value": "x"}] for a single text.
  if (array && array->empty()) return Value();
  if (array && manner == Manner::tolerant && array->size() == 1) return normalise_one(attribute, array->front(), place, manner, limits);
  return normalise_one(attribute, value, place, manner, limits);
}

Value* member_of(Object& object, std::string_view name) {
  const auto it = std::find_if(object.begin(), object.end(), [&](const json::Member& m) { return m.first == name; });
  return it == object.end() ? nullptr : &it->second;
}

void drop(Object& object, std::string_view name) {
  std::erase_if(object, [&](const json::Member& m) { return m.first == name; });
}

void put(Object& object, const Attribute& scope, const Attribute& member, Value value) {
  if (value.is_null()) return drop(object, member.name);
  if (Value* there = member_of(object, member.name)) {
    *there = std::move(value);
    return;
  }
  const auto behind = std::find_if(object.begin(), object.end(), [&](const json::Member& m) {
    const Attribute* other = scope.find(m.first);
    return !other || other > &member;
  });
  object.emplace(behind, member.name, std::move(value));
}

}  // namespace rollcall::scim
