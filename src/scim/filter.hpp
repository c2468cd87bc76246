// A filter over resources (RFC 7644 section 3.4.2.2): the grammar of language/filter.hpp, resolved against a schema and with its operators
// checked against the types. Strings compare by the attribute's caseExact, times as instants. A comparison with a multi-valued
// attribute holds when any value satisfies it; in `attribute[...]` one value satisfies all. `ne` holds for what is unassigned.
// Immutable after parse; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "language/filter.hpp"
#include "scim/error.hpp"
#include "scim/limits.hpp"
#include "scim/path.hpp"
#include "scim/scalar.hpp"
#include "scim/schema.hpp"

namespace rollcall::scim {

// A term `path eq "text"` that every match satisfies, in any value of a multi-valued attribute. For indexes.
struct Equality {
  std::string path;   // as the schema spells it: `userName`, `emails.value`, `members.value`
  std::string value;  // as the client wrote it
  bool operator==(const Equality&) const = default;
};

// Whether the group that is looked at has this member; for groups whose members are not in the resource.
using MemberTest = std::function<bool(std::string_view id)>;

class Filter {
 public:
  // invalidFilter: it does not parse, asks for an attribute that the type does not have, or for one with an operator that its type
  // does not have, or for one that is never returned.
  static Answer<Filter> parse(std::string_view text, const ResourceType& type, const language::FilterLimits& limits = {});
  // For a query over several types: one filter a type, in their order. What a type lacks is unassigned there; what all lack is an error.
  static Answer<std::vector<Filter>> parse(std::string_view text, const std::vector<const ResourceType*>& types,
                                           const language::FilterLimits& limits = {});
  // Of the brackets of a path: over one value of `attribute`.
  static Answer<Filter> within(const language::Filter& filter, const Attribute& attribute);

  // A filter that was not parsed matches everything. With `member`, `members.value eq` asks it and not the resource.
  bool matches(const Value& resource, const MemberTest& member = {}) const;
  // Whether it looks at this top-level attribute (or extension URN) beyond what `member` answers: what must be in the resource.
  bool reads(std::string_view attribute) const;
  std::vector<Equality> equalities() const;
  bool is_equality() const;  // one such term and nothing else

  struct Term {
    language::FilterKind kind = language::FilterKind::all;  // without children: holds always
    Path path;
    bool known = true;  // false: the type lacks the attribute
    language::CompareOp op = language::CompareOp::eq;
    Scalar value;      // as it is compared
    std::string text;  // a string as the client wrote it
    std::vector<Term> children;
  };

 private:
  Term root_;
};

}  // namespace rollcall::scim
