// A condition: a SCIM filter (RFC 7644 section 3.4.2.2) over identity attributes, or over an account's fields in
// `protect`. Strings compare without case, RFC 3339 times as instants. A comparison with several values holds if any
// value satisfies it; `ne` is the opposite of `eq`, so `groups ne "x"` says: in no group x. `groups` compares a DN in
// its normal form. Pure; immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "language/filter.hpp"
#include "language/lookup.hpp"
#include "language/template.hpp"

namespace rollcall::language {

class Condition {
 public:
  // At most 8 KiB, 64 deep, 256 terms. `path[...]` is refused: an identity's attributes hold plain texts. A condition
  // that was not parsed holds always.
  static tl::expected<Condition, SyntaxError> parse(std::string_view text);

  bool matches(const Lookup& lookup) const;
  // Every attribute; guarded when the condition also asks for it with `pr` or compares it with null.
  std::vector<Use> uses() const;
  const std::string& source() const { return source_; }
  bool operator==(const Condition& other) const { return source_ == other.source_; }

 private:
  std::string source_;
  Filter filter_;
};

}  // namespace rollcall::language
