#include "language/filter.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

constexpr std::string_view op_names[] = {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_path_char(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("-_.:$").find(c) != std::string_view::npos;
}

tl::unexpected<SyntaxError> error(std::size_t offset, std::string message) {
  return tl::unexpected<SyntaxError>(SyntaxError{offset, std::move(message)});
}

void append_utf8(std::string& out, unsigned long code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(lead[more] | (code >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
}

// Recursive descent: or < and < not, ( ), [ ]. The first error ends it.
class FilterParser {
 public:
  FilterParser(std::string_view text, const FilterLimits& limits) : text_(text), limits_(limits) {}

  tl::expected<Filter, SyntaxError> parse() {
    if (text_.size() > limits_.length)
      return error(limits_.length, "this filter is longer than " + std::to_string(limits_.length) + " bytes");
    if (!is_utf8(text_)) return error(0, "this filter is not valid UTF-8");
    Filter out = disjunction();
    spaces();
    if (!failed_ && !done()) {
      if (text_[at_] == ')' || text_[at_] == ']')
        fail(at_, std::string("a `") + text_[at_] + "` too many");
      else
        fail(at_, "`and`, `or` or the end is expected here");
    }
    if (failed_) return tl::unexpected<SyntaxError>(error_);
    return out;
  }

 private:
  void fail(std::size_t offset, std::string message) {
    if (failed_) return;
    failed_ = true;
    error_ = {offset, std::move(message)};
  }
  bool done() const { return at_ >= text_.size(); }
  bool next_is(char c) const { return !done() && text_[at_] == c; }
  void spaces() {
    while (next_is(' ') || next_is('\t') || next_is('\n') || next_is('\r')) ++at_;
  }

  // The word that begins here, without moving.
  std::string_view word() const {
    std::size_t end = at_;
    while (end < text_.size() && is_path_char(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool take_word(std::string_view wanted) {
    spaces();
    if (lower(word()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  Filter disjunction() {
    return chain("or", FilterKind::any, [this] { return conjunction(); });
  }
  Filter conjunction() {
    return chain("and", FilterKind::all, [this] { return term(); });
  }

  template <class Next>
  Filter chain(std::string_view joiner, FilterKind kind, Next next) {
    spaces();
    const std::size_t begin = at_;
    Filter first = next();
    if (failed_ || !take_word(joiner)) return first;
    Filter out;
    out.kind = kind;
    out.offset = begin;
    out.children.push_back(std::move(first));
    do out.children.push_back(next());
    while (!failed_ && take_word(joiner));
    return out;
  }

  Filter term() {
    spaces();
    if (failed_) return {};
    if (next_is('(')) return group();
    const std::size_t begin = at_;
    const std::string_view first = word();
    if (lower(first) == "not") {
      at_ += first.size();
      spaces();  // RFC 7644 erratum 7319: a space may stand here
      if (next_is('(')) {
        Filter out;
        out.kind = FilterKind::negation;
        out.offset = begin;
        out.children.push_back(group());
        return out;
      }
      fail(begin, "`not` needs parentheses: not (...)");
      return {};
    }
    return attribute_term();
  }

  Filter group() {
    const std::size_t begin = at_++;
    enter(begin);
    Filter out = failed_ ? Filter{} : disjunction();
    --depth_;
    spaces();
    if (failed_) return out;
    if (next_is(')'))
      ++at_;
    else if (done())
      fail(begin, "the `)` that closes this group is missing");
    else
      fail(at_, "`and`, `or` or `)` is expected here");
    return out;
  }

  void enter(std::size_t begin) {
    if (++depth_ > limits_.depth)
      fail(begin, "this filter is nested more than " + std::to_string(limits_.depth) + " deep");
  }

  Filter attribute_term() {
    Filter out;
    out.offset = at_;
    if (++terms_ > limits_.terms) fail(at_, "this filter has more than " + std::to_string(limits_.terms) + " terms");
    const std::string_view path = word();
    if (path.empty()) {
      fail(at_, done() ? "an attribute is expected at the end" : "an attribute is expected here");
      return out;
    }
    auto parsed = parse_attribute_path(path);
    if (!parsed) {
      fail(at_ + parsed.error().offset, parsed.error().message);
      return out;
    }
    out.path = std::move(*parsed);
    at_ += path.size();
    if (next_is('[')) return element_filter(std::move(out));
    comparison(out);
    return out;
  }

  // path[filter], and path[filter].sub op value, which is not in the ABNF but is sent by Entra.
  Filter element_filter(Filter out) {
    const std::size_t begin = at_++;
    out.kind = FilterKind::value_path;
    if (inside_) fail(begin, "no [...] inside [...] (RFC 7644 section 3.4.2.2)");
    enter(begin);
    if (failed_) return out;
    inside_ = true;
    out.children.push_back(disjunction());
    inside_ = false;
    --depth_;
    spaces();
    if (failed_) return out;
    if (!next_is(']')) {
      fail(done() ? begin : at_,
           done() ? "the `]` that closes this filter is missing" : "`and`, `or` or `]` is expected here");
      return out;
    }
    ++at_;
    if (!next_is('.')) return out;
    ++at_;
    Filter both;
    both.kind = FilterKind::all;
    both.offset = begin;
    both.children.push_back(std::move(out.children.front()));
    both.children.push_back(attribute_term());
    out.children.front() = std::move(both);
    return out;
  }

  void comparison(Filter& out) {
    if (!next_is(' ') && !next_is('\t'))
      return fail(at_, "an operator is expected behind `" + out.path.text() + "`, as in `" + out.path.text() + " pr`");
    spaces();
    const std::size_t begin = at_;
    const std::string name = lower(word());
    if (name == "pr") {
      at_ += 2;
      out.kind = FilterKind::present;
      return;
    }
    const auto* op = std::find(std::begin(op_names), std::end(op_names), name);
    if (op == std::end(op_names))
      return fail(begin, (name.empty() ? "an operator is expected here" : "unknown operator `" + name + "`") +
                             "; known are eq ne co sw ew gt ge lt le pr");
    at_ += name.size();
    out.kind = FilterKind::compare;
    out.op = static_cast<CompareOp>(op - op_names);
    spaces();
    const std::size_t value_at = at_;
    out.value = value();
    if (!failed_) check_type(out, value_at);
  }

  // RFC 7644 section 3.4.2.2: booleans and null have no order, and only texts have parts.
  void check_type(const Filter& filter, std::size_t at) {
    const bool text = std::holds_alternative<std::string>(filter.value);
    const bool number =
        std::holds_alternative<std::int64_t>(filter.value) || std::holds_alternative<double>(filter.value);
    const std::string op = "`" + std::string(to_string(filter.op)) + "`";
    if (filter.op == CompareOp::eq || filter.op == CompareOp::ne || text) return;
    const bool part = filter.op == CompareOp::co || filter.op == CompareOp::sw || filter.op == CompareOp::ew;
    if (part)
      fail(at, op + " compares with a text in double quotes");
    else if (!number)
      fail(at, op + " compares with a text or a number");
  }

  CompareValue value() {
    if (next_is('"')) return string();
    const std::size_t begin = at_;
    std::size_t end = at_;
    while (end < text_.size() && (is_path_char(text_[end]) || text_[end] == '+')) ++end;
    const std::string_view token = text_.substr(begin, end - begin);
    at_ = end;
    const std::string folded = lower(token);
    if (folded == "true") return true;
    if (folded == "false") return false;
    if (folded == "null") return {};
    if (!token.empty() && (is_digit(token.front()) || token.front() == '-'))
      if (auto parsed = number(token)) return *parsed;
    if (next_is('\''))
      fail(begin, "texts stand in double quotes here");
    else if (token.empty())
      fail(begin, "a value is expected here: a text in double quotes, a number, true, false or null");
    else
      fail(begin, "`" + std::string(token) + "` is no value: texts stand in double quotes");
    return {};
  }

  static std::optional<CompareValue> number(std::string_view token) {
    const char* const end = token.data() + token.size();
    std::int64_t whole = 0;
    if (auto [stop, bad] = std::from_chars(token.data(), end, whole); bad == std::errc() && stop == end) return whole;
    double real = 0;
    if (auto [stop, bad] = std::from_chars(token.data(), end, real); bad == std::errc() && stop == end) return real;
    return std::nullopt;
  }

  // A JSON string (RFC 8259 section 7).
  CompareValue string() {
    const std::size_t begin = at_++;
    std::string out;
    while (!done() && text_[at_] != '"' && !failed_) {
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20)
        fail(at_, "a control character in a text is written \\u00XX");
      else if (c == '\\')
        escape(out);
      else
        out += c, ++at_;
    }
    if (!failed_ && done())
      fail(begin, "the quote that closes this text is missing");
    else
      ++at_;
    return out;
  }

  void escape(std::string& out) {
    const std::size_t begin = at_++;
    const char c = done() ? '\0' : text_[at_++];
    constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    if (const auto i = from.find(c); c != '\0' && i != std::string_view::npos) {
      out += to[i];
      return;
    }
    unsigned long code = 0, low = 0;
    if (c != 'u' || !hex(code)) return fail(begin, "this is no escape of JSON");
    if (code >= 0xD800 && code < 0xDC00) {
      if (text_.substr(at_, 2) != "\\u") return fail(begin, "half of a surrogate pair");
      at_ += 2;
      if (!hex(low) || low < 0xDC00 || low > 0xDFFF) return fail(begin, "half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return fail(begin, "half of a surrogate pair");
    }
    append_utf8(out, code);
  }

  bool hex(unsigned long& code) {
    if (at_ + 4 > text_.size()) return false;
    const auto [stop, bad] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, code, 16);
    if (bad != std::errc() || stop != text_.data() + at_ + 4) return false;
    at_ += 4;
    return true;
  }

  std::string_view text_;
  const FilterLimits& limits_;
  std::size_t at_ = 0;
  int depth_ = 0, terms_ = 0;
  bool inside_ = false, failed_ = false;
  SyntaxError error_;
};

bool is_attribute_name(std::string_view name) {  // ATTRNAME, and $ref
  if (name.empty() || !(is_letter(name.front()) || name == "$ref")) return false;
  return std::all_of(name.begin() + 1, name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
}

}  // namespace

std::string_view to_string(CompareOp op) { return op_names[static_cast<int>(op)]; }

std::string AttributePath::text() const {
  return (urn.empty() ? "" : urn + ":") + name + (sub.empty() ? "" : "." + sub);
}

tl::expected<AttributePath, SyntaxError> parse_attribute_path(std::string_view text) {
  AttributePath out;
  std::size_t at = 0;
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    if (lower(text.substr(0, 4)) != "urn:")
      return error(0, "`" + std::string(text) + "` is no attribute: a schema begins with `urn:`");
    out.urn = std::string(text.substr(0, colon));
    at = colon + 1;
  }
  const std::string_view path = text.substr(at);
  const std::size_t dot = path.find('.');
  out.name = std::string(path.substr(0, dot));
  if (dot != std::string_view::npos) out.sub = std::string(path.substr(dot + 1));
  bool fine = is_attribute_name(out.name) && (dot == std::string_view::npos || !out.sub.empty());
  for (std::size_t begin = 0; fine && !out.sub.empty() && begin <= out.sub.size();) {
    const std::size_t end = std::min(out.sub.find('.', begin), out.sub.size());
    fine = is_attribute_name(std::string_view(out.sub).substr(begin, end - begin));
    begin = end + 1;
  }
  if (!fine) return error(at, "`" + std::string(text) + "` is no name of an attribute");
  return out;
}

tl::expected<Filter, SyntaxError> parse_filter(std::string_view text, const FilterLimits& limits) {
  return FilterParser(text, limits).parse();
}

}  // namespace rollcall::language
