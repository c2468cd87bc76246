#include "language/template.hpp"

#include <algorithm>

#include "language/names.hpp"
#include "language/program.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

const char* const not_utf8 = "is not valid UTF-8";
const char* const too_long = "is longer than 64 KiB";

const char* defect(const std::string& value) {
  if (value.size() > max_text) return too_long;
  return is_utf8(value) ? nullptr : not_utf8;
}

// The smallest usable value; null when there is none.
const std::string* smallest(const Values& values, std::string* problem) {
  const std::string* best = nullptr;
  for (const std::string& value : values) {
    if (value.empty()) continue;
    if (const char* why = defect(value)) {
      if (problem) *problem = why;
    } else if (!best || value < *best) {
      best = &value;
    }
  }
  return best;
}

}  // namespace

Sequence Operand::start(const Lookup& lookup) const {
  Sequence out;
  if (literal)
    out.values.push_back(text);
  else
    out.values = lookup.values(text);
  std::erase_if(out.values, [](const std::string& value) { return value.empty(); });
  settle_order(out);
  return out;
}

Sequence Operand::evaluate(const Lookup& lookup) const {
  Sequence out = start(lookup);
  for (const Call& call : calls) apply(call, out);
  return out;
}

Sequence Expression::evaluate(const Lookup& lookup) const {
  for (const Operand& alternative : alternatives)
    if (Sequence out = alternative.evaluate(lookup); !out.values.empty()) return out;
  return {};
}

Template::Template() {
  static const auto empty = std::make_shared<const Program>();
  program_ = empty;
}

Template::Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

Values Template::values(const Lookup& lookup) const {
  if (!program_->is_single()) {
    std::string one = text(lookup);
    return one.empty() ? Values{} : Values{std::move(one)};
  }
  Sequence out = program_->parts.front().expression->evaluate(lookup);
  std::erase_if(out.values, [](const std::string& value) { return defect(value) != nullptr; });
  settle_order(out);
  return std::move(out.values);
}

std::string Template::text(const Lookup& lookup, std::string* problem) const {
  if (program_->plain && !program_->plain->uuid)
    if (const Values* stored = lookup.stored(program_->plain->attribute)) {
      const std::string* value = smallest(*stored, problem);
      return value ? *value : std::string();
    }
  std::string out, why;
  bool any = is_constant();
  for (const Part& part : program_->parts) {
    if (!part.expression) {
      out += part.literal;
      continue;
    }
    const Sequence sequence = part.expression->evaluate(lookup);
    if (const std::string* value = smallest(sequence.values, &why)) {
      out += *value;
      any = true;
    }
    if (out.size() > max_text) why = too_long;
  }
  if (!why.empty() && problem) *problem = why;
  // Beside other text, an unusable value would leave a text that says something else.
  if (!any || out.size() > max_text || (!why.empty() && !program_->is_single())) return {};
  return out;
}

const std::string& Template::source() const { return program_->source; }

bool Template::is_constant() const {
  return std::none_of(program_->parts.begin(), program_->parts.end(),
                      [](const Part& p) { return p.expression.has_value(); });
}

std::vector<Use> Template::uses() const {
  std::vector<Use> out;
  for (const Part& part : program_->parts) {
    if (!part.expression) continue;
    const bool alternatives = part.expression->alternatives.size() > 1;
    for (const Operand& operand : part.expression->alternatives) {
      if (operand.literal) continue;
      const bool provided =
          std::any_of(operand.calls.begin(), operand.calls.end(), [](const Call& c) { return c.function->provides; });
      out.push_back({operand.text, alternatives || provided, operand.offset});
    }
  }
  return out;
}

std::vector<Step> Template::trace(const Lookup& lookup) const {
  std::vector<Step> out;
  for (const Part& part : program_->parts) {
    if (!part.expression) continue;
    bool first = true;
    for (const Operand& operand : part.expression->alternatives) {
      Sequence sequence = operand.start(lookup);
      out.push_back({(first ? "" : "?? ") + operand.source, {}, sequence.values});
      for (const Call& call : operand.calls) {
        Step step{call.source, sequence.values, {}};
        apply(call, sequence);
        step.after = sequence.values;
        out.push_back(std::move(step));
      }
      first = false;
      if (!sequence.values.empty()) break;
    }
  }
  return out;
}

const std::optional<Template::Plain>& Template::plain() const { return program_->plain; }

std::optional<std::vector<std::string>> Template::plain_alternatives() const {
  if (!program_->is_single()) return std::nullopt;
  std::vector<std::string> out;
  for (const Operand& operand : program_->parts.front().expression->alternatives) {
    if (operand.literal || !operand.calls.empty()) return std::nullopt;
    out.push_back(operand.text);
  }
  return out;
}

}  // namespace rollcall::language
