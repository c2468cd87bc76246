// The SCIM filter grammar (RFC 7644 section 3.4.2.2) as a tree, apart from what it is evaluated over: conditions here,
// resources at the SCIM endpoint. Errata 4690, 7319 and 7322 are obeyed, and `path[filter].sub op value`, which Entra
// sends, is accepted. Pure; values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "language/problem.hpp"

namespace rollcall::language {

enum class FilterKind { compare, present, all, any, negation, value_path };  // all: and; any: or
enum class CompareOp { eq, ne, co, sw, ew, gt, ge, lt, le };
std::string_view to_string(CompareOp op);

struct AttributePath {
  std::string urn;  // schema URN, or empty
  std::string name;
  std::string sub;           // sub-attributes after the first dot, or empty
  std::string text() const;  // as in a filter
  bool operator==(const AttributePath&) const = default;
};

using CompareValue = std::variant<std::monostate, bool, std::int64_t, double, std::string>;  // monostate: null

struct Filter {
  FilterKind kind = FilterKind::present;
  AttributePath path;            // compare, present, value_path
  CompareOp op = CompareOp::eq;  // compare
  CompareValue value;            // compare
  // all, any: two or more; negation: one; value_path: one, over the sub-attributes of one element. `a[f].b op v` is the
  // value_path a[f and b op v]: one element satisfies both.
  std::vector<Filter> children;
  std::size_t offset = 0;  // of the term in the text
};

struct FilterLimits {
  std::size_t length = 8 * 1024;
  int depth = 64;
  int terms = 256;
};

tl::expected<Filter, SyntaxError> parse_filter(std::string_view text, const FilterLimits& limits = {});
// `urn:...:User:name.sub`; the offset of an error counts from the beginning of `text`.
tl::expected<AttributePath, SyntaxError> parse_attribute_path(std::string_view text);

}  // namespace rollcall::language
