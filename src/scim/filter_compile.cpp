#include "scim/filter_compile.hpp"

#include "language/dates.hpp"
#include "language/unicode.hpp"

namespace rollcall::scim {
namespace {

using language::CompareOp;
using language::FilterKind;

tl::unexpected<Failure> wrong(const language::Filter& filter, const std::string& why) {
  return refuse(ErrorType::invalid_filter, "filter: at " + std::to_string(filter.offset) + ": `" + filter.path.text() + "` " + why);
}

bool is_part(CompareOp op) { return op == CompareOp::co || op == CompareOp::sw || op == CompareOp::ew; }
bool is_equal(CompareOp op) { return op == CompareOp::eq || op == CompareOp::ne; }

// RFC 7644 section 3.4.2.2: booleans and binaries have no order (an error is required); numbers have no parts.
Answer<void> check_operator(const language::Filter& filter, const Attribute& leaf) {
  const std::string op = "`" + std::string(to_string(filter.op)) + "`";
  const bool fine = leaf.type == Type::boolean || leaf.type == Type::binary     ? is_equal(filter.op)
                    : leaf.type == Type::integer || leaf.type == Type::decimal ? !is_part(filter.op)
                                                                               : true;
  if (!fine) return wrong(filter, "is of type " + std::string(to_string(leaf.type)) + ", which cannot be compared with " + op);
  return {};
}

// Entra ID writes roles[primary eq "True"].
Answer<Scalar> truth_of(const language::Filter& filter) {
  if (const auto* truth = std::get_if<bool>(&filter.value)) return Scalar(*truth);
  const auto* text = std::get_if<std::string>(&filter.value);
  if (text && same_name(*text, "true")) return Scalar(true);
  if (text && same_name(*text, "false")) return Scalar(false);
  return wrong(filter, "is compared with true or false");
}

Answer<Scalar> number_of(const language::Filter& filter) {
  if (const auto* whole = std::get_if<std::int64_t>(&filter.value)) return Scalar(*whole);
  if (const auto* real = std::get_if<double>(&filter.value)) return Scalar(*real);
  return wrong(filter, "is compared with a number");
}

Answer<Scalar> value_of(const language::Filter& filter, const Attribute& leaf) {
  if (leaf.type == Type::boolean) return truth_of(filter);
  if (leaf.type == Type::integer || leaf.type == Type::decimal) return number_of(filter);
  const auto* text = std::get_if<std::string>(&filter.value);
  if (!text) return wrong(filter, "is compared with a text in double quotes");
  if (leaf.type != Type::date_time) return scalar(leaf, *text);
  if (is_part(filter.op)) return Scalar(language::fold(*text));
  const auto at = language::is_bare_date(*text) ? std::nullopt : language::parse_rfc3339(*text);
  if (!at) return wrong(filter, "is compared with a date and time of RFC 3339, as \"2026-11-21T10:00:00Z\"");
  return Scalar(std::int64_t{at->time_since_epoch().count()});
}

bool never_returned(const Path& path) { return path.leaf() && path.leaf()->returned == Returned::never; }

}  // namespace

std::optional<Path> FilterCompiler::resolved(const language::AttributePath& path) const {
  if (type_) return resolve(*type_, path.text());
  if (auto out = resolve_within(*element_, path.text())) return out;
  // The values of a simple attribute have one part, which is all of them.
  if (element_->type != Type::complex && same_name(path.text(), "value")) return Path{};
  return std::nullopt;
}

Answer<Filter::Term> FilterCompiler::term(const language::Filter& filter) {
  Filter::Term out;
  out.kind = filter.kind;
  if (filter.kind == FilterKind::all || filter.kind == FilterKind::any || filter.kind == FilterKind::negation) {
    for (const language::Filter& child : filter.children) {
      ROLLCALL_TRY(Filter::Term compiled, term(child));
      out.children.push_back(std::move(compiled));
    }
    return out;
  }
  const auto path = resolved(filter.path);
  out.known = path.has_value();
  if (!path) {
    unknown_.insert(filter.path.text());
    return out.op = filter.op, out;
  }
  out.path = *path;
  if (path->whole() && type_ && !path->extension) return wrong(filter, "is a schema; name one of its attributes");
  // A question about a password would answer it letter by letter.
  if (never_returned(*path)) return wrong(filter, "is never returned, and cannot be searched");
  if (filter.kind == FilterKind::present) return out;
  return filter.kind == FilterKind::value_path ? within(filter, std::move(out)) : comparison(filter, std::move(out));
}

Answer<Filter::Term> FilterCompiler::within(const language::Filter& filter, Filter::Term out) {
  if (out.path.sub || out.path.whole()) return wrong(filter, "cannot have [...]: brackets stand behind an attribute with sub-attributes");
  const Attribute& attribute = *out.path.attribute;
  if (attribute.type != Type::complex && !attribute.multi_valued) return wrong(filter, "has no sub-attributes: nothing can stand in [...]");
  FilterCompiler inner(attribute);
  ROLLCALL_TRY(Filter::Term child, inner.term(filter.children.front()));
  if (!inner.unknown().empty()) {
    out.known = false;
    for (const std::string& name : inner.unknown()) unknown_.insert(filter.path.text() + "." + name);
  }
  // members[value eq "x"] says members.value eq "x".
  if (child.kind == FilterKind::compare && child.op == CompareOp::eq && !std::holds_alternative<std::monostate>(child.value) && child.path.attribute) {
    child.path = Path{out.path.extension, out.path.attribute, child.path.attribute};
    child.known = out.known;
    return child;
  }
  out.children.push_back(std::move(child));
  return out;
}

Answer<Filter::Term> FilterCompiler::comparison(const language::Filter& filter, Filter::Term out) {
  out.op = filter.op;
  // A complex attribute stands for its value (section 3.4.2.2 does so for multi-valued ones; manager is meant the same way).
  if (!out.path.sub && out.path.attribute && out.path.attribute->type == Type::complex && !std::holds_alternative<std::monostate>(filter.value))
    out.path.sub = out.path.attribute->find("value");
  const Attribute* const leaf = out.path.leaf() ? out.path.leaf() : element_;
  if (std::holds_alternative<std::monostate>(filter.value)) return out;  // eq null: unassigned
  if (leaf->type == Type::complex) return wrong(filter, "is complex: name one of its sub-attributes");
  ROLLCALL_CHECK(check_operator(filter, *leaf));
  ROLLCALL_TRY(out.value, value_of(filter, *leaf));
  if (const auto* text = std::get_if<std::string>(&filter.value)) out.text = *text;
  return out;
}

}  // namespace rollcall::scim
