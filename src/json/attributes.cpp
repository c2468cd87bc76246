#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "json/sax.hpp"
#include "json/text.hpp"

namespace rollcall::json {
namespace {

bool is_text(std::string_view value) { return is_utf8(value) && value.find('\0') == value.npos; }

// Events that a reader of a fixed shape does not expect.
struct Unexpected {
  std::string problem;
  bool refuse(std::string_view why) {
    problem = why;
    return false;
  }
  bool Null() { return refuse("expected a string, found null"); }
  bool Bool(bool) { return refuse("expected a string, found a boolean"); }
  bool Int(int) { return refuse("expected a string, found a number"); }
  bool Uint(unsigned) { return Int(0); }
  bool Int64(std::int64_t) { return Int(0); }
  bool Uint64(std::uint64_t) { return Int(0); }
  bool Double(double) { return Int(0); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return Int(0); }
};

// {"name":["text",{"base64":"..."}]}: depth 1 is the object, 2 an attribute's array, 3 a binary value.
struct AttributesReader : Unexpected {
  Attributes out;
  Values* values = nullptr;
  int depth = 0;

  bool StartObject() {
    if (depth != 0 && depth != 2) return refuse("an object where none may stand");
    ++depth;
    return true;
  }
  bool EndObject(rapidjson::SizeType count) {
    if (depth == 3 && count != 1) return refuse("a binary value needs exactly the member base64");
    --depth;
    return true;
  }
  bool StartArray() {
    if (depth != 1) return refuse("an array where none may stand");
    ++depth;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    --depth;
    return true;
  }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    const std::string_view name(s, n);
    if (depth == 3) return name == "base64" || refuse("a binary value has only the member base64");
    // The text is in the map's order, so the end is the right place.
    const auto size = out.size();
    values = &out.try_emplace(out.end(), std::string(name))->second;
    return out.size() > size || refuse("an attribute stands twice");
  }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    if (depth == 2) {
      values->emplace_back(s, n);
      return is_utf8(values->back()) || refuse("invalid UTF-8");
    }
    if (depth != 3) return refuse("expected an array of values, found a string");
    auto bytes = crypto::base64_decode(std::string_view(s, n));
    if (!bytes) return refuse("a binary value is no valid base64");
    values->push_back(std::move(*bytes));
    return true;
  }
};

struct MapReader : Unexpected {
  std::map<std::string, std::string> out;
  std::string key;
  bool open = false;

  bool StartObject() { return open ? refuse("expected a string, found an object") : (open = true); }
  bool EndObject(rapidjson::SizeType) { return true; }
  bool StartArray() {
    return refuse(open ? "expected a string, found an array" : "expected an object, found an array");
  }
  bool EndArray(rapidjson::SizeType) { return true; }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    key.assign(s, n);
    return is_utf8(key) || refuse("invalid UTF-8");
  }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    if (!open) return refuse("expected an object, found a string");
    std::string value(s, n);
    if (!is_utf8(value)) return refuse("invalid UTF-8");
    const auto size = out.size();
    out.try_emplace(out.end(), std::move(key), std::move(value));
    return out.size() > size || refuse("a name stands twice");
  }
};

}  // namespace

std::string write_attributes(const Attributes& attributes) {
  std::string out;
  out.reserve(256);
  out += '{';
  for (const auto& [name, values] : attributes) {
    if (out.size() > 1) out += ',';
    append_quoted(out, name);
    out += ":[";
    for (const auto& value : values) {
      if (&value != &values.front()) out += ',';
      if (is_text(value))
        append_quoted(out, value);
      else
        out += "{\"base64\":\"" + crypto::base64(value) + "\"}";
    }
    out += ']';
  }
  return out += '}';
}

Result<Attributes> read_attributes(std::string_view text) {
  AttributesReader reader;
  ROLLCALL_CHECK(run(text, reader));
  return std::move(reader.out);
}

std::string write_map(const std::map<std::string, std::string>& map) {
  std::string out = "{";
  for (const auto& [key, value] : map) {
    if (out.size() > 1) out += ',';
    append_quoted(out, key);
    out += ':';
    append_quoted(out, value);
  }
  return out += '}';
}

Result<std::map<std::string, std::string>> read_map(std::string_view text) {
  MapReader reader;
  ROLLCALL_CHECK(run(text, reader));
  return std::move(reader.out);
}

}  // namespace rollcall::json
