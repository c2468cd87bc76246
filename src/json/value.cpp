#include <algorithm>

#include "json/json.hpp"

namespace rollcall::json {
namespace {

std::string_view name_of_type(const Value& v) {
  if (v.is_null()) return "null";
  if (v.as_bool()) return "a boolean";
  if (v.as_int() || v.as_double()) return "a number";
  if (v.as_string()) return "a string";
  return v.as_array() ? "an array" : "an object";
}

std::string joined(std::string_view path, std::string_view name) {
  std::string out(path);
  if (!out.empty() && !name.empty()) out += '.';
  return out += name;
}

tl::unexpected<Error> unexpected_type(const std::string& path, std::string_view wanted, const Value& found) {
  std::string text = "expected ";
  text.append(wanted).append(", found ").append(name_of_type(found));
  return fail(ErrorKind::corrupt, path.empty() ? text : path + ": " + text);
}

Result<const Value*> member(const Value& object, std::string_view name, std::string_view path) {
  if (!object.as_object()) return unexpected_type(std::string(path), "an object", object);
  if (const Value* found = object.find(name)) return found;
  return fail(ErrorKind::corrupt, joined(path, name) + ": missing");
}

template <class T, class Get>
Result<T> require(const Value& object, std::string_view name, std::string_view path, std::string_view wanted, Get get) {
  ROLLCALL_TRY(const Value* found, member(object, name, path));
  if (const auto* value = get(*found)) return *value;
  return unexpected_type(joined(path, name), wanted, *found);
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  const Object* object = as_object();
  if (!object) return nullptr;
  const auto it = std::find_if(object->begin(), object->end(), [&](const Member& m) { return m.first == name; });
  return it == object->end() ? nullptr : &it->second;
}

Value& Value::set(std::string_view name, Value value) {
  if (!as_object()) data_ = Object{};
  Object& object = *as_object();
  const auto it = std::find_if(object.begin(), object.end(), [&](const Member& m) { return m.first == name; });
  if (it != object.end()) return it->second = std::move(value);
  return object.emplace_back(std::string(name), std::move(value)).second;
}

std::string Value::text(std::string_view name) const {
  const Value* found = find(name);
  const std::string* s = found ? found->as_string() : nullptr;
  return s ? *s : std::string();
}

Result<std::string> require_text(const Value& object, std::string_view name, std::string_view path) {
  return require<std::string>(object, name, path, "a string", [](const Value& v) { return v.as_string(); });
}

Result<std::int64_t> require_int(const Value& object, std::string_view name, std::string_view path) {
  return require<std::int64_t>(object, name, path, "a whole number", [](const Value& v) { return v.as_int(); });
}

Result<bool> require_bool(const Value& object, std::string_view name, std::string_view path) {
  return require<bool>(object, name, path, "true or false", [](const Value& v) { return v.as_bool(); });
}

Result<const Array*> require_array(const Value& object, std::string_view name, std::string_view path) {
  ROLLCALL_TRY(const Value* found, member(object, name, path));
  if (const Array* array = found->as_array()) return array;
  return unexpected_type(joined(path, name), "an array", *found);
}

}  // namespace rollcall::json
