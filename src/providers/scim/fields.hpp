// The fields of a mapping as places in a SCIM user: `name.givenName`, `emails[type eq "work"].value`,
// `urn:...:User:department`. What exists by RFC 7643 comes from the schemas in src/scim. Pure; no thread rule.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/account.hpp"
#include "scim/schema.hpp"

namespace rollcall::providers::scim {

namespace protocol = rollcall::scim;

inline constexpr std::string_view work_email = "emails[type eq \"work\"].value";
inline constexpr std::string_view extension_prefix = "urn:";

struct Place {
  std::string urn;        // the extension under whose key it stands; "" is the core
  std::string attribute;
  std::string type;       // which element of a multi-valued attribute; "" for an attribute with one value
  std::string sub;        // "" for an attribute that is not complex
  bool many() const { return !type.empty(); }
};
std::optional<Place> place_of(std::string_view field);  // nothing: no place that can be written

const std::set<std::string>& fields();  // that a mapping may name, extensions other than the enterprise user's aside

// What the service's own /Schemas say: which attributes it has, and of which type. Names without case.
class Attributes {
 public:
  void add(std::string_view urn, const json::Value& schema);  // of the list of /Schemas
  // RFC 7643's own where the service has no /Schemas.
  bool has(const Place& place) const;
  protocol::Type type_of(const Place& place) const;

 private:
  std::map<std::string, protocol::Type> by_path_;
};

// Names of attributes compare without case (RFC 7643 section 2.1).
const json::Value* member(const json::Value& object, std::string_view name);

// Everything that has a value, and "" for those of `enforced` that have none and that the service has. No password.
Fields read_fields(const json::Value& user, const std::set<std::string>& enforced, const Attributes& attributes);
// Sets, or with "" takes away, one field in a resource. What else stands there stays, whatever it is.
void set_field(json::Value& resource, const Place& place, const std::string& text, const Attributes& attributes);
json::Value value_of(const std::string& text, protocol::Type type);

}  // namespace rollcall::providers::scim
