#include "sources/filter.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "sources/attribute_type.hpp"
#include "sources/dn.hpp"

namespace rollcall::sources {

struct Filter::Node {
  enum class Kind { all, any, negated, present, equal, substring, at_least, at_most, all_bits, any_bits };
  Kind kind = Kind::all;
  std::vector<Node> parts;          // all, any, negated
  std::string attribute;            // short, lower case
  std::string value, dn;            // as written; folded() or normal, where it applies
  std::vector<std::string> pieces;  // substring: folded; the first and the last are anchored, empty if not given
  std::int64_t bits = 0;

  bool matches(const Attributes& entry) const;
  bool holds(const std::string& candidate) const;
};

namespace {

using Node = Filter::Node;
using Kind = Node::Kind;

constexpr int max_depth = 100;
constexpr std::string_view rule_and = "1.2.840.113556.1.4.803", rule_or = "1.2.840.113556.1.4.804";

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// Substring matching: spaces inside count as folded() leaves them.
bool substring(std::string_view text, const std::vector<std::string>& pieces) {
  const std::string& first = pieces.front();
  const std::string& last = pieces.back();
  if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last)) return false;
  text = text.substr(first.size(), text.size() - first.size() - last.size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const auto at = text.find(pieces[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces[i].size());
  }
  return true;
}

// Orders integers as such, everything else as folded text; generalizedTime comes right as text.
int order(const std::string& a, const std::string& b) {
  const auto x = number(a), y = number(b);
  if (x && y) return *x < *y ? -1 : *x > *y;
  return folded(a).compare(folded(b));
}

class FilterReader {
 public:
  enum class Rules { ours, any };
  FilterReader(std::string_view text, Rules rules) : text_(text), rules_(rules) {}

  Result<Node> read() {
    skip_spaces();
    const bool bare = !text_.empty() && peek() != '(';  // "objectClass=person", as libldap takes it
    ROLLCALL_TRY(Node node, bare ? item() : filter(0));
    skip_spaces();
    if (at_ != text_.size()) return wrong("something follows the filter");
    return node;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (peek() == ' ') ++at_;
  }
  tl::unexpected<Error> wrong(std::string what) const {
    return fail(ErrorKind::invalid, "the filter " + std::string(text_) + " cannot be read at character " +
                                        std::to_string(at_ + 1) + ": " + what);
  }

  Result<Node> filter(int depth) {
    if (depth > max_depth) return wrong("it is nested too deep");
    skip_spaces();
    if (peek() != '(') return wrong("a ( is missing");
    ++at_;
    skip_spaces();
    const char sign = peek();
    Result<Node> node = sign == '&' || sign == '|' || sign == '!' ? list(sign, depth) : item();
    if (!node) return node;
    skip_spaces();
    if (peek() != ')') return wrong("a ) is missing");
    ++at_;
    return node;
  }

  Result<Node> list(char sign, int depth) {
    ++at_;
    Node node;
    node.kind = sign == '&' ? Kind::all : sign == '|' ? Kind::any : Kind::negated;
    for (skip_spaces(); peek() == '('; skip_spaces()) {
      ROLLCALL_TRY(Node part, filter(depth + 1));
      node.parts.push_back(std::move(part));
    }
    if (sign == '!' && node.parts.size() != 1) return wrong("! takes one filter");
    return node;  // RFC 4526: (&) is true, (|) is false
  }

  Result<Node> item() {
    const auto equals = text_.find('=', at_);
    if (equals == std::string_view::npos) return wrong("a = is missing");
    std::string_view left = text_.substr(at_, equals - at_);
    Node node;
    node.kind = Kind::equal;
    if (left.ends_with(":")) return extensible(left.substr(0, left.size() - 1), equals + 1);
    if (left.ends_with(">")) node.kind = Kind::at_least;
    if (left.ends_with("<")) node.kind = Kind::at_most;
    if (node.kind != Kind::equal || left.ends_with("~")) left.remove_suffix(1);  // approximate: equal
    const auto description = parse_description(left);
    if (!description) return wrong("an attribute name is missing");
    node.attribute = short_type(description->type);
    at_ = equals + 1;
    ROLLCALL_CHECK(assertion(node));
    return node;
  }

  Result<Node> extensible(std::string_view left, std::size_t value_at) {
    const auto colon = left.find(':');
    const std::string rule = colon == std::string_view::npos ? "" : lower(left.substr(colon + 1));
    const auto description = parse_description(left.substr(0, colon));
    if (rules_ == Rules::any && !left.empty()) return any_rule(value_at);
    if (!description) return wrong("a matching rule without an attribute is not supported in files");
    Node node;
    node.attribute = short_type(description->type);
    node.kind = rule == rule_and ? Kind::all_bits : rule == rule_or ? Kind::any_bits : Kind::equal;
    if (node.kind == Kind::equal && !rule.empty() && rule.find("exact") == std::string::npos &&
        rule.find("ignore") == std::string::npos)
      return wrong("the matching rule " + rule + " is not supported in files");
    at_ = value_at;
    ROLLCALL_TRY(const std::vector<std::string> pieces, pieces_of_value());
    if (pieces.size() != 1) return wrong("no * is allowed here");
    ROLLCALL_CHECK(set_value(node, pieces.front()));
    return node;
  }

  Result<Node> any_rule(std::size_t value_at) {
    at_ = value_at;
    ROLLCALL_TRY(const std::vector<std::string> pieces, pieces_of_value());
    if (pieces.size() != 1) return wrong("no * is allowed here");
    return Node{};
  }

  Result<void> assertion(Node& node) {
    ROLLCALL_TRY(std::vector<std::string> pieces, pieces_of_value());
    if (pieces.size() == 1) return set_value(node, pieces.front());
    if (node.kind != Kind::equal) return wrong("no * is allowed here");
    if (pieces.size() == 2 && pieces[0].empty() && pieces[1].empty()) {
      node.kind = Kind::present;
      return {};
    }
    node.kind = Kind::substring;
    for (std::string& piece : pieces) node.pieces.push_back(folded(piece));
    return {};
  }

  Result<void> set_value(Node& node, const std::string& value) {
    node.value = node.kind == Kind::equal ? folded(value) : value;
    if (node.kind == Kind::equal) node.dn = normal_dn(value);
    if (node.kind != Kind::all_bits && node.kind != Kind::any_bits) return {};
    const auto bits = number(value);
    if (!bits) return wrong("the bit rules take a number");
    node.bits = *bits;
    return {};
  }

  // The value up to the closing parenthesis, unescaped (RFC 4515 section 3), parted at unescaped stars.
  Result<std::vector<std::string>> pieces_of_value() {
    std::vector<std::string> out(1);
    for (; at_ < text_.size() && peek() != ')'; ++at_) {
      if (peek() == '(') return wrong("a ( in a value is written \\28");
      if (peek() == '*') {
        out.emplace_back();
      } else if (peek() == '\\') {
        unsigned int byte = 0;
        const char* begin = text_.data() + at_ + 1;
        if (at_ + 3 > text_.size() || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2)
          return wrong("after \\ stand two hexadecimal digits");
        out.back() += static_cast<char>(byte);
        at_ += 2;
      } else {
        out.back() += peek();
      }
    }
    return out;
  }

  std::string_view text_;
  Rules rules_;
  std::size_t at_ = 0;
};

const Values* values_of(const Attributes& entry, const std::string& attribute) {
  if (const auto at = entry.find(attribute); at != entry.end()) return &at->second;
  for (const auto& [name, values] : entry)
    if (short_type(lower(name)) == attribute) return &values;
  return nullptr;
}

}  // namespace

bool Filter::Node::holds(const std::string& candidate) const {
  switch (kind) {
    case Kind::present:
      return true;
    case Kind::substring:
      return substring(folded(candidate), pieces);
    case Kind::at_least:
      return order(candidate, value) >= 0;
    case Kind::at_most:
      return order(candidate, value) <= 0;
    case Kind::all_bits:
    case Kind::any_bits: {
      const auto has = number(candidate);
      return has && (kind == Kind::all_bits ? (*has & bits) == bits : (*has & bits) != 0);
    }
    default:
      return folded(candidate) == value || (!dn.empty() && normal_dn(candidate) == dn);
  }
}

bool Filter::Node::matches(const Attributes& entry) const {
  const auto part = [&](const Node& node) { return node.matches(entry); };
  if (kind == Kind::all) return std::all_of(parts.begin(), parts.end(), part);
  if (kind == Kind::any) return std::any_of(parts.begin(), parts.end(), part);
  if (kind == Kind::negated) return !parts.front().matches(entry);
  const Values* values = values_of(entry, attribute);
  return values && std::any_of(values->begin(), values->end(), [&](const std::string& value) { return holds(value); });
}

Result<Filter> Filter::parse(std::string_view text) {
  ROLLCALL_TRY(Node root, FilterReader(text, FilterReader::Rules::ours).read());
  Filter out;
  out.root_ = std::make_shared<const Node>(std::move(root));
  return out;
}

Result<void> Filter::check(std::string_view text) {
  ROLLCALL_CHECK(FilterReader(text, FilterReader::Rules::any).read());
  return {};
}

bool Filter::matches(const Attributes& entry) const { return root_->matches(entry); }

}  // namespace rollcall::sources
