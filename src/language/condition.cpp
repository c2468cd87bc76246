#include "language/condition.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "language/dates.hpp"
#include "language/names.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
bool in_order(CompareOp op, const T& a, const T& b) {
  switch (op) {
    case CompareOp::gt:
      return a > b;
    case CompareOp::ge:
      return a >= b;
    case CompareOp::lt:
      return a < b;
    case CompareOp::le:
      return a <= b;
    default:
      return a == b;
  }
}

// Only what is written with a time of day: a bare date compares as text.
std::optional<Instant> instant(std::string_view text) {
  return text.size() >= 19 && text[4] == '-' ? parse_rfc3339(text) : std::nullopt;
}

bool compare_text(CompareOp op, const std::string& value, const std::string& wanted, bool group) {
  if (const auto b = instant(wanted); b && op != CompareOp::co && op != CompareOp::sw && op != CompareOp::ew)
    if (const auto a = instant(value)) return in_order(op, *a, *b);
  if (group && op == CompareOp::eq && wanted.find('=') != std::string::npos) {
    const auto a = normal_dn(value), b = normal_dn(wanted);
    if (a && b) return *a == *b;
  }
  const std::string a = fold(value), b = fold(wanted);
  switch (op) {
    case CompareOp::co:
      return a.find(b) != std::string::npos;
    case CompareOp::sw:
      return a.starts_with(b);
    case CompareOp::ew:
      return a.ends_with(b);
    default:
      return in_order(op, a, b);
  }
}

bool compare_number(CompareOp op, const std::string& value, const CompareValue& wanted) {
  if (const auto* whole = std::get_if<std::int64_t>(&wanted)) {
    if (const auto a = number<std::int64_t>(value)) return in_order(op, *a, *whole);
    const auto a = number<double>(value);
    return a && in_order(op, *a, static_cast<double>(*whole));
  }
  const auto a = number<double>(value);
  return a && in_order(op, *a, std::get<double>(wanted));
}

bool compare_one(CompareOp op, const std::string& value, const CompareValue& wanted, bool group) {
  if (const auto* text = std::get_if<std::string>(&wanted)) return compare_text(op, value, *text, group);
  if (const auto* truth = std::get_if<bool>(&wanted)) return lower(value) == (*truth ? "true" : "false");
  return compare_number(op, value, wanted);
}

bool compare(const Filter& filter, const Lookup& lookup) {
  Values values = lookup.values(filter.path.text());
  std::erase_if(values, [](const std::string& value) { return value.empty(); });
  const bool opposite = filter.op == CompareOp::ne;
  const CompareOp op = opposite ? CompareOp::eq : filter.op;
  if (std::holds_alternative<std::monostate>(filter.value)) return values.empty() != opposite;
  const bool group = lower(filter.path.name) == "groups";
  const bool any = std::any_of(values.begin(), values.end(),
                               [&](const std::string& value) { return compare_one(op, value, filter.value, group); });
  return any != opposite;
}

bool holds(const Filter& filter, const Lookup& lookup) {
  auto child = [&](const Filter& f) { return holds(f, lookup); };
  switch (filter.kind) {
    case FilterKind::all:
      return std::all_of(filter.children.begin(), filter.children.end(), child);
    case FilterKind::any:
      return std::any_of(filter.children.begin(), filter.children.end(), child);
    case FilterKind::negation:
      return !holds(filter.children.front(), lookup);
    case FilterKind::compare:
      return compare(filter, lookup);
    case FilterKind::value_path:
      return false;  // refused by parse()
    case FilterKind::present:
      break;
  }
  const Values values = lookup.values(filter.path.text());
  return std::any_of(values.begin(), values.end(), [](const std::string& value) { return !value.empty(); });
}

const Filter* find_value_path(const Filter& filter) {
  if (filter.kind == FilterKind::value_path) return &filter;
  for (const Filter& child : filter.children)
    if (const Filter* found = find_value_path(child)) return found;
  return nullptr;
}

void collect(const Filter& filter, std::vector<Use>& out) {
  for (const Filter& child : filter.children) collect(child, out);
  if (filter.kind != FilterKind::present && filter.kind != FilterKind::compare) return;
  const bool null = filter.kind == FilterKind::compare && std::holds_alternative<std::monostate>(filter.value);
  out.push_back({filter.path.text(), filter.kind == FilterKind::present || null, filter.offset});
}

}  // namespace

tl::expected<Condition, SyntaxError> Condition::parse(std::string_view text) {
  auto filter = parse_filter(text);
  if (!filter) return tl::unexpected<SyntaxError>(filter.error());
  if (const Filter* found = find_value_path(*filter))
    return tl::unexpected<SyntaxError>(SyntaxError{
        found->offset,
        "`" + found->path.text() + "[...]` cannot be used in a condition: its attributes hold plain texts"});
  Condition out;
  out.source_ = std::string(text);
  out.filter_ = std::move(*filter);
  return out;
}

bool Condition::matches(const Lookup& lookup) const { return source_.empty() || holds(filter_, lookup); }

std::vector<Use> Condition::uses() const {
  std::vector<Use> out;
  collect(filter_, out);
  std::set<std::string> asked;
  for (const Use& use : out)
    if (use.guarded) asked.insert(lower(use.name));
  for (Use& use : out) use.guarded = asked.count(lower(use.name)) > 0;
  return out;
}

}  // namespace rollcall::language
