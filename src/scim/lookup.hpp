// A SCIM resource as templates see it: attributes are SCIM paths (RFC 7644 section 3.10), names without case. Owns
// nothing; pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/json.hpp"
#include "language/filter.hpp"
#include "language/lookup.hpp"

namespace rollcall::scim {

// A path that has been read: `userName`, `name.givenName`, `emails[type eq "work"].value`, `urn:...:User:department`. One that is none
// finds nothing.
class ResourcePath {
 public:
  explicit ResourcePath(std::string_view path);
  Values values(const json::Value& resource) const;

 private:
  std::optional<language::AttributePath> attribute_;
  std::optional<language::Filter> filter_;   // between brackets
  std::string below_;                        // and behind them
};

class ResourceLookup : public language::Lookup {
 public:
  explicit ResourceLookup(const json::Value& resource) : resource_(resource) {}
  Values values(std::string_view path) const override { return ResourcePath(path).values(resource_); }

 private:
  const json::Value& resource_;
};

}  // namespace rollcall::scim
