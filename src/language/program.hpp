// A parsed template: what Template hides. For the parser and the evaluation only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "language/functions.hpp"
#include "language/template.hpp"

namespace rollcall::language {

struct Operand {  // one alternative of `??`
  bool literal = false;
  std::string text;    // the attribute's name, or the literal text
  std::string source;  // the beginning as written, for traces
  std::size_t offset = 0;
  std::vector<Call> calls;

  Sequence start(const Lookup& lookup) const;
  Sequence evaluate(const Lookup& lookup) const;
};

struct Expression {
  std::vector<Operand> alternatives;
  Sequence evaluate(const Lookup& lookup) const;
};

struct Part {  // a literal, or an expression
  std::string literal;
  std::optional<Expression> expression;
};

struct Template::Program {
  std::string source;
  std::vector<Part> parts;
  std::optional<Plain> plain;

  bool is_single() const { return parts.size() == 1 && parts.front().expression; }
};

}  // namespace rollcall::language
