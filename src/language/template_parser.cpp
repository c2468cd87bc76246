#include <algorithm>
#include <charconv>

#include "language/filter.hpp"
#include "language/program.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// Attribute descriptions with options (RFC 4512 section 2.5), OIDs, SCIM paths with URNs (RFC 7644 section 3.10).
bool is_name_char(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("-_.:;$").find(c) != std::string_view::npos;
}

constexpr int max_calls = 64, max_parts = 256;

}  // namespace

// Recursive descent over one text. The first error ends it: failed_ is set, and every function returns at once.
class TemplateParser {
 public:
  TemplateParser(std::string_view text, const Tables& tables) : text_(text), tables_(tables) {}

  tl::expected<Template, SyntaxError> parse() {
    auto program = std::make_shared<Template::Program>();
    program->source = std::string(text_);
    if (text_.size() > max_source)
      fail(max_source, "this template is longer than 8 KiB");
    else if (!is_utf8(text_))
      fail(0, "this template is not valid UTF-8");
    while (!failed_ && !done()) part(program->parts);
    if (failed_) return tl::unexpected<SyntaxError>(error_);
    program->plain = plain(*program);
    return Template(std::move(program));
  }

 private:
  void fail(std::size_t offset, std::string message) {
    if (failed_) return;
    failed_ = true;
    error_ = {offset, std::move(message)};
  }
  bool done() const { return at_ >= text_.size(); }
  bool next_is(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  bool take(std::string_view what) {
    if (!next_is(what)) return false;
    at_ += what.size();
    return true;
  }
  void spaces() {
    while (!done() && is_space(text_[at_])) ++at_;
  }

  void part(std::vector<Part>& parts) {
    if (parts.size() >= max_parts) return fail(at_, "this template has too many parts");
    if (next_is("{") && !next_is("{{")) {
      parts.push_back({{}, expression()});
      return;
    }
    std::string literal;
    while (!done()) {
      if (take("{{"))
        literal += '{';
      else if (take("}}"))
        literal += '}';
      else if (next_is("{"))
        break;
      else if (next_is("}"))
        return fail(at_, "a single `}`: an expression begins with `{`, a brace is written `}}`");
      else
        literal += text_[at_++];
    }
    parts.push_back({std::move(literal), std::nullopt});
  }

  Expression expression() {
    const std::size_t begin = at_++;
    Expression out;
    do {
      spaces();
      out.alternatives.push_back(operand());
      spaces();
    } while (!failed_ && take("??"));
    if (failed_ || take("}")) return out;
    if (done())
      fail(begin, "the `}` that closes this expression is missing");
    else if (next_is("?"))
      fail(at_, "alternatives are separated by `??`");
    else
      fail(at_, "`|`, `??` or `}` is expected here, not `" + std::string(cut(text_.substr(at_), 4)) + "`");
    return out;
  }

  Operand operand() {
    Operand out;
    out.offset = at_;
    if (next_is("'")) {
      out.literal = true;
      out.text = quoted();
    } else {
      out.text = name();
    }
    out.source = std::string(text_.substr(out.offset, at_ - out.offset));
    for (spaces(); !failed_ && take("|"); spaces()) {
      if (out.calls.size() >= max_calls) fail(at_, "too many functions in one expression");
      spaces();
      call(out.calls);
    }
    return out;
  }

  // An attribute's name or a SCIM path with its filters in brackets.
  std::string name() {
    const std::size_t begin = at_;
    if (done() || !(is_letter(text_[at_]) || is_digit(text_[at_]))) {
      if (next_is("\""))
        fail(at_, "texts stand in single quotes");
      else
        fail(at_, "the name of an attribute is expected here");
      return {};
    }
    while (!failed_ && !done() && (is_name_char(text_[at_]) || next_is("["))) {
      if (next_is("["))
        brackets();
      else
        ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  void brackets() {
    const std::size_t begin = ++at_;
    for (bool in_text = false; !done() && (in_text || text_[at_] != ']'); ++at_) {
      if (in_text && text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '"')
        in_text = !in_text;
    }
    if (done()) return fail(begin - 1, "the `]` that closes this filter is missing");
    if (auto filter = parse_filter(text_.substr(begin, at_ - begin)); !filter)
      return fail(begin + filter.error().offset, filter.error().message);
    ++at_;
  }

  void call(std::vector<Call>& calls) {
    const std::size_t begin = at_;
    while (!done() && (is_letter(text_[at_]) || is_digit(text_[at_]) || next_is("_"))) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const Function* function = find_function(word);
    if (word.empty()) return fail(begin, "the name of a function is expected behind `|`");
    if (!function)
      return fail(begin, "unknown function `" + std::string(word) + "`" + did_you_mean(word, function_names()));
    std::vector<Argument> arguments;
    const std::size_t behind = at_;
    spaces();
    if (next_is("("))
      parentheses(arguments);
    else
      at_ = behind;
    if (failed_) return;
    auto made = make_call(*function, arguments, begin, tables_);
    if (!made) return fail(made.error().offset, made.error().message);
    made->source = std::string(text_.substr(begin, at_ - begin));
    calls.push_back(std::move(*made));
  }

  void parentheses(std::vector<Argument>& arguments) {
    const std::size_t begin = at_++;
    spaces();
    if (take(")")) return;
    do {
      spaces();
      arguments.push_back(argument());
      spaces();
    } while (!failed_ && take(","));
    if (!failed_ && !take(")")) {
      if (done())
        fail(begin, "the `)` that closes these arguments is missing");
      else
        fail(at_, "`,` or `)` is expected here");
    }
  }

  Argument argument() {
    Argument out;
    out.offset = at_;
    if (next_is("'")) {
      out.text = quoted();
      return out;
    }
    if (next_is("\"")) fail(at_, "texts stand in single quotes");
    const std::size_t begin = at_;
    while (!done() && (is_name_char(text_[at_]) || next_is("+"))) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word.empty()) fail(begin, "an argument is expected here");
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, out.number);
    if (error == std::errc::result_out_of_range) fail(begin, "this number is too large");
    const bool whole = error == std::errc() && stop == end;
    out.kind = whole ? Argument::Kind::number : Argument::Kind::name;
    if (!whole && !word.empty() && (word.front() == '-' || word.front() == '+')) fail(begin, "this is no whole number");
    out.text = std::string(word);
    return out;
  }

  // 'text', with '' for a quote.
  std::string quoted() {
    const std::size_t begin = at_++;
    std::string out;
    while (!done()) {
      if (take("''"))
        out += '\'';
      else if (take("'"))
        return out;
      else
        out += text_[at_++];
    }
    fail(begin, "the quote that closes this text is missing");
    return out;
  }

  static std::optional<Template::Plain> plain(const Template::Program& program) {
    if (!program.is_single() || program.parts.front().expression->alternatives.size() != 1) return std::nullopt;
    const Operand& only = program.parts.front().expression->alternatives.front();
    if (only.literal || only.calls.size() > 1) return std::nullopt;
    if (only.calls.size() == 1 && only.calls.front().function->name != "uuid") return std::nullopt;
    return Template::Plain{only.text, only.calls.size() == 1};
  }

  std::string_view text_;
  const Tables& tables_;
  std::size_t at_ = 0;
  bool failed_ = false;
  SyntaxError error_;
};

tl::expected<Template, SyntaxError> Template::parse(std::string_view text, const Tables& tables) {
  return TemplateParser(text, tables).parse();
}

}  // namespace rollcall::language
