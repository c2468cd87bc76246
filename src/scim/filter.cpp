#include "scim/filter.hpp"

#include <algorithm>

#include "language/unicode.hpp"
#include "scim/filter_compile.hpp"

namespace rollcall::scim {
namespace {

using language::CompareOp;
using language::FilterKind;
using Term = Filter::Term;

bool satisfies(const Term& term, const Attribute& leaf, const Value& value) {
  if (term.op == CompareOp::co || term.op == CompareOp::sw || term.op == CompareOp::ew) {
    const std::string* const raw = value.as_string();
    const std::string* const wanted = std::get_if<std::string>(&term.value);
    if (!raw || !wanted) return false;
    const Scalar held = leaf.type == Type::date_time ? Scalar(language::fold(*raw)) : scalar(leaf, value);
    const std::string& text = std::get<std::string>(held);
    return term.op == CompareOp::co   ? text.find(*wanted) != std::string::npos
           : term.op == CompareOp::sw ? text.starts_with(*wanted)
                                      : text.ends_with(*wanted);
  }
  const Scalar held = scalar(leaf, value);
  const bool same_kind = held.index() == term.value.index() || (held.index() >= 2 && held.index() <= 3 && term.value.index() >= 2 && term.value.index() <= 3);
  if (!same_kind) return term.op == CompareOp::ne;
  const int order = compare(held, term.value);
  switch (term.op) {
    case CompareOp::eq:
      return order == 0;
    case CompareOp::ne:
      return order != 0;
    case CompareOp::gt:
      return order > 0;
    case CompareOp::ge:
      return order >= 0;
    case CompareOp::lt:
      return order < 0;
    default:
      return order <= 0;
  }
}

class Matcher {
 public:
  explicit Matcher(const MemberTest& member) : member_(member) {}

  bool holds(const Term& term, const Value& scope, const Attribute* element) const {
    const auto child = [&](const Term& t) { return holds(t, scope, element); };
    switch (term.kind) {
      case FilterKind::all:
        return std::all_of(term.children.begin(), term.children.end(), child);
      case FilterKind::any:
        return std::any_of(term.children.begin(), term.children.end(), child);
      case FilterKind::negation:
        return !child(term.children.front());
      case FilterKind::value_path:
        return term.known && any_element(*term.path.attribute, attribute_in(term, scope),
                                         [&](const Value& v) { return holds(term.children.front(), v, term.path.attribute); });
      case FilterKind::present:
        return term.known && (term.path.sub ? any_leaf(term, scope, [](const Value& v) { return has_value(&v); }) : has_value(attribute_in(term, scope)));
      default:
        return compares(term, scope, element);
    }
  }

 private:
  // The value of the term's attribute, the whole extension, or the scope itself.
  static const Value* attribute_in(const Term& term, const Value& scope) {
    const Value* out = &scope;
    if (term.path.extension) out = out->find(term.path.extension->name);
    if (out && term.path.attribute) out = out->find(term.path.attribute->name);
    return out;
  }

  template <class Each>
  static bool any_element(const Attribute& attribute, const Value* value, Each each) {
    if (!value) return false;
    const Array* const array = attribute.multi_valued ? value->as_array() : nullptr;
    return array ? std::any_of(array->begin(), array->end(), each) : each(*value);
  }

  template <class Each>
  static bool any_leaf(const Term& term, const Value& scope, Each each) {
    const Value* const value = attribute_in(term, scope);
    if (!term.path.attribute) return value && each(*value);
    return any_element(*term.path.attribute, value, [&](const Value& v) {
      const Value* const leaf = term.path.sub ? v.find(term.path.sub->name) : &v;
      return leaf && each(*leaf);
    });
  }

  bool compares(const Term& term, const Value& scope, const Attribute* element) const {
    const bool unequal = term.op == CompareOp::ne;
    if (!term.known) return unequal;
    if (member_ && term.op == CompareOp::eq && term.path.text() == "members.value") return member_(term.text);
    if (std::holds_alternative<std::monostate>(term.value)) {
      const bool there = any_leaf(term, scope, [](const Value& v) { return has_value(&v); });
      return unequal == there;
    }
    const Attribute& leaf = term.path.leaf() ? *term.path.leaf() : *element;
    bool any = false;
    const bool found = any_leaf(term, scope, [&](const Value& v) {
      any = any || has_value(&v);
      return satisfies(term, leaf, v);
    });
    return found || (unequal && !any);
  }

  const MemberTest& member_;
};

bool looks_at(const Term& term, std::string_view name) {
  const bool list = term.kind == FilterKind::all || term.kind == FilterKind::any || term.kind == FilterKind::negation;
  if (list) return std::any_of(term.children.begin(), term.children.end(), [&](const Term& t) { return looks_at(t, name); });
  if (!term.known || (term.kind == FilterKind::compare && term.op == CompareOp::eq && term.path.text() == "members.value")) return false;
  const Attribute* const top = term.path.extension ? term.path.extension : term.path.attribute;
  return top && same_name(top->name, name);
}

void collect(const Term& term, const Path* above, std::vector<Equality>& out) {
  if (term.kind == FilterKind::all)
    for (const Term& child : term.children) collect(child, above, out);
  if (term.kind == FilterKind::value_path && term.known) collect(term.children.front(), &term.path, out);
  if (term.kind != FilterKind::compare || !term.known || term.op != CompareOp::eq || !std::holds_alternative<std::string>(term.value)) return;
  const Path path = above ? Path{above->extension, above->attribute, term.path.attribute} : term.path;
  out.push_back({path.text(), term.text});
}

Answer<language::Filter> parsed(std::string_view text, const language::FilterLimits& limits) {
  auto filter = language::parse_filter(text, limits);
  if (!filter) return refuse(ErrorType::invalid_filter, "filter: at " + std::to_string(filter.error().offset) + ": " + filter.error().message);
  return std::move(*filter);
}

tl::unexpected<Failure> unknown_attribute(const std::string& name) {
  return refuse(ErrorType::invalid_filter, "filter: there is no attribute `" + name + "`; /Schemas lists those that are known");
}

}  // namespace

Answer<Filter> Filter::parse(std::string_view text, const ResourceType& type, const language::FilterLimits& limits) {
  ROLLCALL_TRY(std::vector<Filter> all, parse(text, std::vector<const ResourceType*>{&type}, limits));
  return std::move(all.front());
}

Answer<std::vector<Filter>> Filter::parse(std::string_view text, const std::vector<const ResourceType*>& types, const language::FilterLimits& limits) {
  ROLLCALL_TRY(const language::Filter tree, parsed(text, limits));
  std::vector<Filter> out(types.size());
  std::set<std::string> unknown;
  for (std::size_t i = 0; i < types.size(); ++i) {
    FilterCompiler compiler(*types[i]);
    ROLLCALL_TRY(out[i].root_, compiler.term(tree));
    if (i == 0)
      unknown = compiler.unknown();
    else
      std::erase_if(unknown, [&](const std::string& name) { return !compiler.unknown().count(name); });
  }
  if (!unknown.empty()) return unknown_attribute(*unknown.begin());
  return out;
}

Answer<Filter> Filter::within(const language::Filter& filter, const Attribute& attribute) {
  FilterCompiler compiler(attribute);
  Filter out;
  ROLLCALL_TRY(out.root_, compiler.term(filter));
  if (!compiler.unknown().empty()) return unknown_attribute(attribute.name + "." + *compiler.unknown().begin());
  return out;
}

bool Filter::matches(const Value& resource, const MemberTest& member) const {
  // Within one value of a simple attribute the leaf is the value itself: it compares as text does.
  static const Attribute plain{.case_exact = true};
  return Matcher(member).holds(root_, resource, &plain);
}

bool Filter::reads(std::string_view attribute) const { return looks_at(root_, attribute); }

std::vector<Equality> Filter::equalities() const {
  std::vector<Equality> out;
  collect(root_, nullptr, out);
  return out;
}

bool Filter::is_equality() const { return root_.kind == FilterKind::compare && equalities().size() == 1; }

}  // namespace rollcall::scim
