// The functions of the template language (contract section 3), for the parser and the evaluation of templates only.
// A function changes a sequence of values in place; empty values are dropped after each one. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "language/dates.hpp"
#include "language/problem.hpp"
#include "language/template.hpp"

namespace re2 {
class RE2;
}

namespace rollcall::language {

struct Sequence {
  Values values;         // none of them empty
  bool ordered = false;  // the order means something: split() made it
};

struct Argument {
  enum class Kind { text, number, name };
  Kind kind = Kind::text;
  std::string text;  // of a text or name
  std::int64_t number = 0;
  std::size_t offset = 0;
};

struct Function;
struct Call {
  const Function* function = nullptr;
  std::string source;  // as written, for traces
  std::vector<std::string> texts;
  std::array<std::int64_t, 2> numbers{};
  std::shared_ptr<const re2::RE2> pattern;
  std::shared_ptr<const Table> table;
  DateForm form = DateForm::rfc3339;
};

struct Function {
  std::string_view name;
  std::string_view usage;      // "replace(a,b)"
  std::string_view arguments;  // one letter each: t text, s text that must not be empty, n number, a attribute, T table
  bool provides;               // answers where there is no value: such a use of an attribute is guarded
  void (*apply)(const Call&, Sequence&);
};

const Function* find_function(std::string_view name);

// Checks number, kinds and contents of the arguments. `offset` is where the function's name stands.
tl::expected<Call, SyntaxError> make_call(const Function& function, const std::vector<Argument>& arguments,
                                          std::size_t offset, const Tables& tables);
void apply(const Call& call, Sequence& sequence);

// Sorted by code point, each once, unless the order means something.
void settle_order(Sequence& sequence);

// The whole table is in functions.cpp; these need a file of their own for their length.
std::string replace_pattern(std::string_view text, const re2::RE2& pattern, std::string_view replacement);
tl::expected<std::shared_ptr<const re2::RE2>, SyntaxError> compile_pattern(const Argument& pattern,
                                                                           const Argument& replacement);

}  // namespace rollcall::language
