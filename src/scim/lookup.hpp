// A SCIM resource as templates see it: attributes are SCIM paths (RFC 7644 section 3.10), names without case. Owns
// nothing; pure; any thread.
#pragma once

#include <string_view>

#include "json/json.hpp"
#include "language/lookup.hpp"

namespace rollcall::scim {

class ResourceLookup : public language::Lookup {
 public:
  explicit ResourceLookup(const json::Value& resource) : resource_(resource) {}
  // `userName`, `name.givenName`, `emails[type eq "work"].value`, `urn:...:User:department`.
  Values values(std::string_view path) const override;

 private:
  const json::Value& resource_;
};

}  // namespace rollcall::scim
