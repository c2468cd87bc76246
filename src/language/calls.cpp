// Arguments of functions: their number, kinds and contents, checked when a template is parsed.
#include <re2/re2.h>

#include "language/functions.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

using Checked = tl::expected<void, SyntaxError>;

tl::unexpected<SyntaxError> error(std::size_t offset, std::string message) {
  return tl::unexpected<SyntaxError>(SyntaxError{offset, std::move(message)});
}

std::string plural(std::size_t count) { return count == 1 ? "1 argument" : std::to_string(count) + " arguments"; }

std::string usage(const Function& function) { return "`" + std::string(function.usage) + "`"; }

template <class Map>
std::vector<std::string> keys(const Map& map) {
  std::vector<std::string> out;
  for (const auto& [key, value] : map) out.push_back(key);
  return out;
}

Checked check_kind(const Function& function, char wanted, const Argument& argument) {
  if (wanted == 't' || wanted == 's') {
    if (argument.kind != Argument::Kind::text)
      return error(argument.offset, "a text in single quotes is expected here, as in " + usage(function));
    if (wanted == 's' && argument.text.empty())
      return error(argument.offset, "the text to look for must not be empty, in " + usage(function));
  } else if (wanted == 'n') {
    if (argument.kind != Argument::Kind::number)
      return error(argument.offset, "a number is expected here, as in " + usage(function));
  } else if (argument.kind != Argument::Kind::name) {
    return error(argument.offset, std::string(wanted == 'T' ? "the name of a table" : "the name of an attribute") +
                                      " is expected here, without quotes, as in " + usage(function));
  }
  return {};
}

Checked check_table(const Argument& argument, const Tables& tables, Call& call) {
  const auto it = tables.find(argument.text);
  if (it == tables.end())
    return error(argument.offset,
                 "there is no table [table." + argument.text + "]" + did_you_mean(argument.text, keys(tables)));
  call.table = std::make_shared<const Table>(it->second);
  return {};
}

Checked check_date(const Argument& argument, Call& call) {
  const auto form = date_form(argument.text);
  if (!form)
    return error(argument.offset, "unknown form of date `" + argument.text + "`" +
                                      did_you_mean(argument.text, date_form_names()) +
                                      "; known are filetime, generalized, days, rfc3339");
  call.form = *form;
  return {};
}

// What a kind alone does not tell.
Checked check_content(const Function& function, const std::vector<Argument>& arguments, Call& call) {
  if (function.name == "date") return check_date(arguments[0], call);
  if (function.name == "bit" && arguments[0].number <= 0)
    return error(arguments[0].offset, "the mask must be above 0; `bit(2)` tests the second lowest bit");
  if (function.name == "substring" && arguments[1].number < 0)
    return error(arguments[1].offset, "a length cannot be negative");
  if (function.name == "regex") {
    auto pattern = compile_pattern(arguments[0], arguments[1]);
    if (!pattern) return tl::unexpected<SyntaxError>(pattern.error());
    call.pattern = std::move(*pattern);
  }
  return {};
}

}  // namespace

tl::expected<Call, SyntaxError> make_call(const Function& function, const std::vector<Argument>& arguments,
                                          std::size_t offset, const Tables& tables) {
  if (arguments.size() != function.arguments.size())
    return error(offset, usage(function) + " takes " +
                             (function.arguments.empty() ? "no arguments" : plural(function.arguments.size())) +
                             ", here are " + (arguments.empty() ? "none" : std::to_string(arguments.size())));
  Call call{&function, {}, {}, {}, nullptr, nullptr, DateForm::rfc3339};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& argument = arguments[i];
    const char wanted = function.arguments[i];
    if (auto ok = check_kind(function, wanted, argument); !ok) return tl::unexpected<SyntaxError>(ok.error());
    if (wanted == 'n')
      call.numbers[i] = argument.number;
    else
      call.texts.push_back(argument.text);
    if (wanted == 'T')
      if (auto ok = check_table(argument, tables, call); !ok) return tl::unexpected<SyntaxError>(ok.error());
  }
  if (auto ok = check_content(function, arguments, call); !ok) return tl::unexpected<SyntaxError>(ok.error());
  return call;
}

tl::expected<std::shared_ptr<const re2::RE2>, SyntaxError> compile_pattern(const Argument& pattern,
                                                                           const Argument& replacement) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(pattern.text, options);
  if (!compiled->ok()) return error(pattern.offset, "bad pattern: " + compiled->error());
  std::string why;
  if (!compiled->CheckRewriteString(replacement.text, &why))
    return error(replacement.offset, "bad replacement: " + why);
  return compiled;
}

// RE2::GlobalReplace, but it stops as soon as the result is too long.
std::string replace_pattern(std::string_view text, const re2::RE2& pattern, std::string_view replacement) {
  constexpr int max_groups = 10;  // \0 to \9
  re2::StringPiece found[max_groups];
  const int groups = std::min(max_groups, pattern.NumberOfCapturingGroups() + 1);
  const re2::StringPiece input(text.data(), text.size()), rewrite(replacement.data(), replacement.size());
  std::string out;
  std::size_t at = 0, last_end = std::string_view::npos;
  while (at <= text.size() && out.size() <= max_text &&
         pattern.Match(input, at, text.size(), re2::RE2::UNANCHORED, found, groups)) {
    const auto begin = static_cast<std::size_t>(found[0].data() - text.data());
    out.append(text, at, begin - at);
    if (begin == last_end && found[0].empty()) {  // nothing, right behind the last match: one code point on
      at = begin + 1;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
      out.append(text.substr(begin, at - begin));
      continue;
    }
    pattern.Rewrite(&out, rewrite, found, groups);
    at = last_end = begin + found[0].size();
  }
  if (at < text.size()) out.append(text, at);
  return out;
}

}  // namespace rollcall::language
