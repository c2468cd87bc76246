// A template: text with `{ATTRIBUTE | function(args) ?? ... ?? 'text'}` (contract section 3). Data, not code: no loops,
// no I/O, at most 64 KiB a text, whatever the values are. Immutable after parse(); cheap to copy; any thread.
//
// Values of an attribute have no order: where order is seen (first, last, join, one text) they stand by code point,
// each once. split() gives an order that counts. A value that is no valid UTF-8 passes through the functions for octets
// (base64, uuid) and otherwise stays as it is; it never leaves as text.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "language/lookup.hpp"
#include "language/problem.hpp"

namespace rollcall::language {

using Table = std::map<std::string, std::string>;
using Tables = std::map<std::string, Table>;  // [table.NAME]

inline constexpr std::size_t max_text = 64 * 1024;   // bytes of one result
inline constexpr std::size_t max_source = 8 * 1024;  // bytes of a template or condition as written

// One use of an attribute. Guarded: its absence is provided for by `??`, default, present, absent or not (in a
// condition: pr).
struct Use {
  std::string name;
  bool guarded = false;
  std::size_t offset = 0;  // in the template or condition
  bool operator==(const Use&) const = default;
};

// One step of an evaluation: `expression` is the attribute, the function, or `??` with its alternative, as written.
struct Step {
  std::string expression;
  Values before, after;
  bool operator==(const Step&) const = default;
};

class Template {
 public:
  Template();  // the empty text: always absent
  static tl::expected<Template, SyntaxError> parse(std::string_view text, const Tables& tables = {});

  // All values, by code point or as split() left them; of a text that mixes literals and expressions the one text. Only
  // valid UTF-8 and not empty.
  Values values(const Lookup& lookup) const;
  // One value: the smallest by code point; "" is absent. `problem`, where given, receives why a value could not be used
  // ("is not valid UTF-8", "is longer than 64 KiB"); it is left alone when all was well.
  std::string text(const Lookup& lookup, std::string* problem = nullptr) const;

  const std::string& source() const;
  bool is_constant() const;  // no expression in it
  std::vector<Use> uses() const;
  std::vector<Step> trace(const Lookup& lookup) const;

  // The attribute of a bare `{attr}` or `{attr | uuid}`: what readers evaluate for every entry.
  struct Plain {
    std::string attribute;
    bool uuid = false;
  };
  const std::optional<Plain>& plain() const;
  bool is_plain() const { return plain().has_value(); }
  // The attributes of `{a ?? b ?? c}` in this order; nullopt when it is anything else.
  std::optional<std::vector<std::string>> plain_alternatives() const;

  bool operator==(const Template& other) const { return source() == other.source(); }

 private:
  struct Program;
  friend class TemplateParser;
  explicit Template(std::shared_ptr<const Program> program);
  std::shared_ptr<const Program> program_;
};

// The names of all functions, sorted.
const std::vector<std::string>& function_names();

}  // namespace rollcall::language
