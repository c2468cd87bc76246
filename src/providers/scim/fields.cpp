#include "providers/scim/fields.hpp"

#include <algorithm>
#include <charconv>

#include "json/json.hpp"
#include "scim/path.hpp"

namespace rollcall::providers::scim {
namespace {

using json::Value;
using protocol::same_name;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string key_of(std::string_view urn, std::string_view attribute, std::string_view sub) {
  std::string key = lower(urn.empty() ? protocol::user_urn : urn) + ':' + lower(attribute);
  return sub.empty() ? key : key + '.' + lower(sub);
}

std::optional<Place> extension_place(std::string_view field) {
  const auto colon = field.rfind(':');
  Place place;
  place.urn = field.substr(0, colon);
  const std::string_view rest = field.substr(colon + 1);
  const auto dot = rest.find('.');
  place.attribute = rest.substr(0, dot);
  if (dot != rest.npos) place.sub = rest.substr(dot + 1);
  const bool whole = !place.attribute.empty() && (dot == rest.npos || !place.sub.empty());
  if (!whole || same_name(place.urn, protocol::group_urn)) return std::nullopt;
  if (same_name(place.urn, protocol::user_urn)) place.urn.clear();
  return place;
}

bool is_label(const protocol::Attribute& sub) {  // what is about a value and not a value
  return sub.name == "type" || sub.name == "primary" || sub.name == "display" || sub.name == "$ref" || sub.read_only();
}

void add_fields(const std::string& prefix, const protocol::Attribute& attribute, std::set<std::string>& out) {
  // Members of groups are changed there; `active` is suspending; pictures, certificates and messengers are no matter of a directory's.
  static const std::set<std::string_view> others = {"active", "photos", "x509Certificates", "ims"};
  if (attribute.read_only() || others.contains(attribute.name)) return;
  const std::string name = prefix + attribute.name;
  if (attribute.type != protocol::Type::complex) out.insert(name);
  const protocol::Attribute* type = attribute.multi_valued ? attribute.find("type") : nullptr;
  for (const auto& sub : attribute.sub_attributes) {
    if (is_label(sub)) continue;
    if (!attribute.multi_valued) out.insert(name + '.' + sub.name);
    if (!type) continue;
    for (const auto& word : type->canonical_values) out.insert(name + "[type eq \"" + word + "\"]." + sub.name);
  }
}

std::optional<std::string> text_of(const Value* value) {
  if (!value) return std::nullopt;
  if (value->as_string()) return *value->as_string();
  if (value->as_bool()) return std::string(*value->as_bool() ? "true" : "false");
  if (value->as_int()) return std::to_string(*value->as_int());
  return std::nullopt;
}

// An element without a type stands for the work one: some services drop the type.
std::size_t element_of(const json::Array& elements, std::string_view type) {
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (const Value* word = member(elements[i], "type"); word && word->as_string() && same_name(*word->as_string(), type)) return i;
  for (std::size_t i = 0; i < elements.size() && type == "work"; ++i)
    if (!text_of(member(elements[i], "type"))) return i;
  return elements.size();
}

std::string text_at(const Value& user, const Place& place) {
  const Value* at = place.urn.empty() ? &user : member(user, place.urn);
  if (at) at = member(*at, place.attribute);
  if (at && place.many()) {
    const json::Array* elements = at->as_array();
    const std::size_t i = elements ? element_of(*elements, place.type) : 0;
    at = elements && i < elements->size() ? &(*elements)[i] : nullptr;
  }
  if (at && !place.sub.empty()) at = member(*at, place.sub);
  return text_of(at).value_or("");
}

// The member by any spelling of its name; made when it is not there.
Value& member_in(Value& object, std::string_view name) {
  if (!object.as_object()) object = json::Object();
  for (auto& [key, value] : *object.as_object())
    if (same_name(key, name)) return value;
  object.as_object()->emplace_back(std::string(name), Value());
  return object.as_object()->back().second;
}

void erase(Value& object, std::string_view name) {
  if (object.as_object()) std::erase_if(*object.as_object(), [&](const auto& each) { return same_name(each.first, name); });
}

// Sets a value, or takes it away with an object that has nothing else.
void set_leaf(Value& object, std::string_view attribute, std::string_view sub, Value value) {
  if (sub.empty()) {
    if (value.is_null()) return erase(object, attribute);
    member_in(object, attribute) = std::move(value);
    return;
  }
  if (value.is_null() && !member(object, attribute)) return;
  Value& complex = member_in(object, attribute);
  set_leaf(complex, sub, "", std::move(value));
  if (!complex.as_object() || complex.as_object()->empty()) erase(object, attribute);
}

bool only_labels(const Value& element) {
  return std::all_of(element.as_object()->begin(), element.as_object()->end(), [](const auto& each) {
    return same_name(each.first, "type") || same_name(each.first, "primary") || same_name(each.first, "display") || each.second.is_null();
  });
}

void set_element(Value& resource, const Place& place, Value value) {
  Value& list = member_in(resource, place.attribute);
  if (!list.as_array()) list = json::Array();
  json::Array& elements = *list.as_array();
  const std::size_t i = element_of(elements, place.type);
  if (i < elements.size()) {
    set_leaf(elements[i], place.sub, "", std::move(value));
    if (elements[i].as_object() && only_labels(elements[i])) elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(i));
  } else if (!value.is_null()) {
    Value fresh;
    fresh.set("type", place.type);
    fresh.set(place.sub, std::move(value));
    if (elements.empty()) fresh.set("primary", true);
    elements.push_back(std::move(fresh));
  }
  if (elements.empty()) erase(resource, place.attribute);
}

// `schemas` names the extensions that are there (RFC 7643 section 3).
void name_schema(Value& resource, const std::string& urn) {
  Value& schemas = member_in(resource, "schemas");
  if (!schemas.as_array()) schemas = json::Array{std::string(protocol::user_urn)};
  const bool there = std::any_of(schemas.as_array()->begin(), schemas.as_array()->end(),
                                 [&](const Value& each) { return each.as_string() && same_name(*each.as_string(), urn); });
  if (!there) schemas.as_array()->emplace_back(urn);
}

protocol::Type type_named(std::string_view word) {
  for (const auto type : {protocol::Type::boolean, protocol::Type::decimal, protocol::Type::integer, protocol::Type::complex})
    if (same_name(word, protocol::to_string(type))) return type;
  return protocol::Type::string;
}

// Extensions that RFC 7643 does not know: their plain values, and those of their complex attributes.
void read_extension(const std::string& urn, const Value& extension, Fields& out) {
  if (!extension.as_object()) return;
  for (const auto& [name, value] : *extension.as_object()) {
    if (const auto text = text_of(&value)) out[urn + ':' + name] = *text;
    if (!value.as_object()) continue;
    for (const auto& [sub, inner] : *value.as_object())
      if (const auto text = text_of(&inner)) out[urn + ':' + name + '.' + sub] = *text;
  }
}

const std::map<std::string, Place>& shown_places() {
  static const std::map<std::string, Place> all = [] {
    std::map<std::string, Place> out;
    for (const auto& field : fields())
      if (field != "password") out.emplace(field, *place_of(field));
    return out;
  }();
  return all;
}

}  // namespace

std::optional<Place> place_of(std::string_view field) {
  if (lower(field.substr(0, extension_prefix.size())) == extension_prefix) return extension_place(field);
  constexpr std::string_view open = "[type eq \"", close = "\"].";
  Place place;
  const auto bracket = field.find(open), end = field.find(close);
  if (bracket != field.npos && end != field.npos && end > bracket + open.size()) {
    place.attribute = field.substr(0, bracket);
    place.type = field.substr(bracket + open.size(), end - bracket - open.size());
    place.sub = field.substr(end + close.size());
  } else {
    const auto dot = field.find('.');
    place.attribute = field.substr(0, dot);
    if (dot != field.npos) place.sub = field.substr(dot + 1);
  }
  if (fields().contains(std::string(field)) || field == "active") return place;
  return std::nullopt;
}

const std::set<std::string>& fields() {
  static const std::set<std::string> all = [] {
    std::set<std::string> out = {"externalId"};
    for (const auto& attribute : protocol::user_type().core->attributes) add_fields("", attribute, out);
    for (const auto& attribute : protocol::find_schema(protocol::enterprise_urn)->attributes)
      add_fields(std::string(protocol::enterprise_urn) + ':', attribute, out);
    return out;
  }();
  return all;
}

void Attributes::add(std::string_view urn, const Value& schema) {
  const Value* list = member(schema, "attributes");
  if (!list || !list->as_array()) return;
  for (const Value& attribute : *list->as_array()) {
    const std::string name = attribute.text("name");
    by_path_[key_of(urn, name, "")] = type_named(attribute.text("type"));
    const Value* subs = member(attribute, "subAttributes");
    if (!subs || !subs->as_array()) continue;
    for (const Value& sub : *subs->as_array()) by_path_[key_of(urn, name, sub.text("name"))] = type_named(sub.text("type"));
  }
}

bool Attributes::has(const Place& place) const {
  if (place.urn.empty() && same_name(place.attribute, "externalId")) return true;  // common: no schema lists it
  if (!by_path_.empty()) return by_path_.contains(key_of(place.urn, place.attribute, place.sub));
  return place.urn.empty() || same_name(place.urn, protocol::enterprise_urn);
}

protocol::Type Attributes::type_of(const Place& place) const {
  const auto known = by_path_.find(key_of(place.urn, place.attribute, place.sub));
  if (known != by_path_.end()) return known->second;
  const std::string path = (place.urn.empty() ? "" : place.urn + ':') + place.attribute + (place.sub.empty() ? "" : '.' + place.sub);
  const auto resolved = protocol::resolve(protocol::user_type(), path);
  return resolved && resolved->leaf() ? resolved->leaf()->type : protocol::Type::string;
}

const Value* member(const Value& object, std::string_view name) {
  if (!object.as_object()) return nullptr;
  for (const auto& [key, value] : *object.as_object())
    if (same_name(key, name)) return value.is_null() ? nullptr : &value;
  return nullptr;
}

Fields read_fields(const Value& user, const std::set<std::string>& enforced, const Attributes& attributes) {
  Fields out;
  for (const auto& [field, place] : shown_places()) {
    std::string text = text_at(user, place);
    if (!text.empty() || (enforced.contains(field) && attributes.has(place))) out.emplace(field, std::move(text));
  }
  if (!user.as_object()) return out;
  for (const auto& [name, value] : *user.as_object())
    if (name.find(':') != name.npos && !same_name(name, protocol::enterprise_urn)) read_extension(name, value, out);
  for (const auto& field : enforced) {
    const auto place = field.starts_with(extension_prefix) ? place_of(field) : std::nullopt;
    if (place && !fields().contains(field) && attributes.has(*place)) out[field] = text_at(user, *place);
  }
  return out;
}

void set_field(Value& resource, const Place& place, const std::string& text, const Attributes& attributes) {
  Value value = text.empty() ? Value() : value_of(text, attributes.type_of(place));
  if (place.many()) return set_element(resource, place, std::move(value));
  if (place.urn.empty()) return set_leaf(resource, place.attribute, place.sub, std::move(value));
  if (value.is_null() && !member(resource, place.urn)) return;
  if (!value.is_null()) name_schema(resource, place.urn);
  set_leaf(member_in(resource, place.urn), place.attribute, place.sub, std::move(value));
}

Value value_of(const std::string& text, protocol::Type type) {
  if (type == protocol::Type::boolean && (same_name(text, "true") || same_name(text, "false"))) return same_name(text, "true");
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const bool whole = std::from_chars(text.data(), end, number).ptr == end && !text.empty();
  if (whole && (type == protocol::Type::integer || type == protocol::Type::decimal)) return number;
  return text;
}

}  // namespace rollcall::providers::scim
