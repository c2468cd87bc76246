// JSON (RFC 8259) as values, over RapidJSON, which no header shows. Objects keep the order of their members; numbers are int64
// or double. Errors name the path: `users[3].email: expected a string`. Pure; values.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rollcall/record.hpp"
#include "rollcall/result.hpp"

namespace rollcall::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;

class Value {
 public:
  Value() = default;                       // null
  Value(std::nullptr_t) {}
  Value(bool b) : data_(b) {}
  Value(int n) : data_(static_cast<std::int64_t>(n)) {}
  Value(std::int64_t n) : data_(n) {}
  Value(double d) : data_(d) {}
  Value(std::string s) : data_(std::move(s)) {}
  Value(std::string_view s) : data_(std::string(s)) {}
  Value(const char* s) : data_(std::string(s)) {}
  Value(Array a) : data_(std::move(a)) {}
  Value(Object o) : data_(std::move(o)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&data_); }
  const double* as_double() const { return std::get_if<double>(&data_); }
  const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  const Array* as_array() const { return std::get_if<Array>(&data_); }
  Array* as_array() { return std::get_if<Array>(&data_); }
  const Object* as_object() const { return std::get_if<Object>(&data_); }
  Object* as_object() { return std::get_if<Object>(&data_); }

  // The member of an object by exact name; null pointer when this is no object or it is not there.
  const Value* find(std::string_view name) const;
  // Sets or replaces a member; a null value becomes an object first.
  Value& set(std::string_view name, Value value);
  // The string member, or "" when it is missing, null or no string.
  std::string text(std::string_view name) const;

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

// `where` stands before the error's text. Depth is limited; invalid UTF-8 and anything after the value are errors, `corrupt`.
Result<Value> parse(std::string_view text, std::string_view where = {}, std::size_t max_depth = 64);
std::string write(const Value& value);                       // compact
std::string write_pretty(const Value& value, int indent = 2);

// Required members with the path in the error: kind `corrupt`.
Result<std::string> require_text(const Value& object, std::string_view name, std::string_view path);
Result<std::int64_t> require_int(const Value& object, std::string_view name, std::string_view path);
Result<bool> require_bool(const Value& object, std::string_view name, std::string_view path);
Result<const Array*> require_array(const Value& object, std::string_view name, std::string_view path);

// Text form of attributes for the store: {"uid":["x"],"objectGUID":[{"base64":"..."}]} - values that are no valid UTF-8, or hold
// NUL, as base64. Fast: no Value in between.
std::string write_attributes(const Attributes& attributes);
Result<Attributes> read_attributes(std::string_view text);
// The same for flat string maps: {"email":"a@b"}.
std::string write_map(const std::map<std::string, std::string>& map);
Result<std::map<std::string, std::string>> read_map(std::string_view text);

// RFC 8259 string with quotes; invalid UTF-8 becomes U+FFFD.
std::string quote(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace rollcall::json
