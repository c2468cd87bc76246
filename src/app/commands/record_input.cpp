#include "app/commands/record_input.hpp"

#include "crypto/hash.hpp"
#include "sources/ldif/reader.hpp"

namespace rollcall::app {
namespace {

Result<std::string> value_text(const json::Value& value, const std::string& path) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* flag = value.as_bool()) return std::string(*flag ? "true" : "false");
  if (value.as_int() || value.as_double()) return json::write(value);
  if (const auto* encoded = value.find("base64"); encoded && encoded->as_string())
    if (auto octets = crypto::base64_decode(*encoded->as_string())) return std::move(*octets);
  return fail(ErrorKind::corrupt, path + ": expected a text, a number, true, false or {\"base64\": \"...\"}");
}

Result<Values> texts_of(const json::Value& value, const std::string& path) {
  Values result;
  if (value.is_null()) return result;
  if (const auto* list = value.as_array()) {
    for (const auto& item : *list) {
      ROLLCALL_TRY(auto text, value_text(item, path));
      result.push_back(std::move(text));
    }
    return result;
  }
  ROLLCALL_TRY(auto text, value_text(value, path));
  result.push_back(std::move(text));
  return result;
}

const json::Value& inner(const json::Value& value) {
  const auto* wrapped = value.find("value");
  return wrapped ? *wrapped : value;
}

}  // namespace

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

Result<RecordInput> read_ldif_record(std::string_view text) {
  ROLLCALL_TRY(auto reader, sources::LdifReader::open(text));
  auto record = reader.next();
  if (!record) return fail(ErrorKind::corrupt, "line " + record.error().where + ": " + record.error().message);
  if (!*record) return fail(ErrorKind::corrupt, "there is no record in it");
  if (!(*record)->bad.empty()) return fail(ErrorKind::corrupt, (*record)->dn + ": " + (*record)->bad);
  RecordInput input;
  input.dn = (*record)->dn;
  // Options such as ;lang-de or ;binary make other attributes of them, which no mapping reads.
  for (auto& [name, value] : (*record)->values)
    if (name.find(';') == std::string::npos) input.attributes[name].push_back(std::move(value));
  return input;
}

Result<RecordInput> read_json_record(const json::Value& value) {
  RecordInput input;
  input.dn = value.text("dn");
  const auto* nested = value.find("attributes");
  const auto* object = nested && nested->as_object() ? nested->as_object() : value.as_object();
  if (!object) return fail(ErrorKind::corrupt, "expected an object with the attributes of one record");
  for (const auto& [name, node] : *object) {
    if (name == "dn") continue;
    ROLLCALL_TRY(auto texts, texts_of(node, name));
    if (!texts.empty()) input.attributes[name] = std::move(texts);
  }
  return input;
}

Result<Identity> read_identity(const json::Value& value) {
  const auto* object = value.as_object();
  if (!object) return fail(ErrorKind::corrupt, "expected an object with the attributes of one identity");
  Identity identity;
  for (const auto& [name, node] : *object) {
    ROLLCALL_TRY(auto texts, texts_of(inner(node), name));
    if (name == "groups") {
      for (auto& text : texts)
        identity.groups.push_back({"", text, text, text.find('=') != std::string::npos ? text : ""});
    } else if (name == "sources") {
      identity.sources = std::move(texts);
    } else if (texts.size() > 1) {
      return fail(ErrorKind::corrupt, name + ": an identity has one value of each attribute");
    } else if (name == "active") {
      identity.active = texts.empty() || texts.front() != "false";
    } else if (!texts.empty() && !texts.front().empty()) {
      identity.values[name] = std::move(texts.front());
    }
  }
  return identity;
}

}  // namespace rollcall::app
