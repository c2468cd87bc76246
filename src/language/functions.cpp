#include "language/functions.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "crypto/hash.hpp"
#include "language/names.hpp"
#include "language/unicode.hpp"

namespace rollcall::language {
namespace {

// Functions over octets see every value; functions over text leave alone what is no valid UTF-8, so that it is found at
// the end.
template <class Change>
void each_octets(Sequence& sequence, Change change) {
  for (std::string& value : sequence.values) value = change(value);
}
template <class Change>
void each_text(Sequence& sequence, Change change) {
  for (std::string& value : sequence.values)
    if (is_utf8(value)) value = change(value);
}

void one(Sequence& sequence, std::string value) { sequence = {{std::move(value)}, false}; }
void truth(Sequence& sequence, bool value) { one(sequence, value ? "true" : "false"); }
bool is_true(const std::string& value) { return value.size() == 4 && lower(value) == "true"; }  // LDAP writes TRUE

void lower_values(const Call&, Sequence& s) { each_text(s, lower); }
void upper_values(const Call&, Sequence& s) { each_text(s, upper); }
void trim_values(const Call&, Sequence& s) { each_text(s, trim); }
void ascii_values(const Call&, Sequence& s) { each_text(s, ascii); }

void first(const Call&, Sequence& s) {
  settle_order(s);
  if (!s.values.empty()) s.values.resize(1);
}

void last(const Call&, Sequence& s) {
  settle_order(s);
  if (!s.values.empty()) s.values.erase(s.values.begin(), s.values.end() - 1);
}

void join(const Call& call, Sequence& s) {
  settle_order(s);
  if (s.values.empty()) return;
  std::string out = s.values.front();
  for (std::size_t i = 1; i < s.values.size() && out.size() <= max_text; ++i) out += call.texts[0] + s.values[i];
  one(s, std::move(out));
}

void split(const Call& call, Sequence& s) {
  settle_order(s);
  const std::string& separator = call.texts[0];
  Sequence out{{}, true};
  for (const std::string& value : s.values)
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + separator.size()) {
      end = value.find(separator, begin);
      out.values.push_back(value.substr(begin, end == std::string::npos ? end : end - begin));
    }
  s = std::move(out);
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string::npos && out.size() <= max_text;
       at = text.find(from, begin)) {
    out.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  return out.append(text, begin);
}
void replace(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) { return replaced(value, call.texts[0], call.texts[1]); });
}

void regex(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) { return replace_pattern(value, *call.pattern, call.texts[1]); });
}

void substring_of(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) { return substring(value, call.numbers[0], call.numbers[1]); });
}

void prefix(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) { return call.texts[0] + value; });
}
void suffix(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) { return value + call.texts[0]; });
}

// Where the text does not occur there is nothing before or after it: `??` can then say what holds instead.
void before(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) {
    const std::size_t at = value.find(call.texts[0]);
    return at == std::string::npos ? std::string() : value.substr(0, at);
  });
}
void after(const Call& call, Sequence& s) {
  each_text(s, [&](const std::string& value) {
    const std::size_t at = value.find(call.texts[0]);
    return at == std::string::npos ? std::string() : value.substr(at + call.texts[0].size());
  });
}

void default_to(const Call& call, Sequence& s) {
  if (s.values.empty()) one(s, call.texts[0]);
}
void present(const Call&, Sequence& s) { truth(s, !s.values.empty()); }
void absent(const Call&, Sequence& s) { truth(s, s.values.empty()); }

void equals(const Call& call, Sequence& s) {
  truth(s, std::find(s.values.begin(), s.values.end(), call.texts[0]) != s.values.end());
}

// A mask, not a number of a bit: userAccountControl's 2 is "disabled". All bits of the mask, as
// LDAP's 1.2.840.113556.1.4.803.
void bit(const Call& call, Sequence& s) {
  each_octets(s, [&](const std::string& value) -> std::string {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) return {};
    return (number & call.numbers[0]) == call.numbers[0] ? "true" : "false";
  });
  const bool any = std::any_of(s.values.begin(), s.values.end(), is_true);
  const bool none = std::all_of(s.values.begin(), s.values.end(), [](const std::string& v) { return v.empty(); });
  if (!none) truth(s, any);
}

void negate(const Call&, Sequence& s) { truth(s, std::none_of(s.values.begin(), s.values.end(), is_true)); }

void lookup(const Call& call, Sequence& s) {
  each_octets(s, [&](const std::string& value) {
    const auto it = call.table->find(value);
    return it == call.table->end() ? std::string() : it->second;
  });
}

void date(const Call& call, Sequence& s) {
  each_octets(s, [&](const std::string& value) {
    const auto instant = parse_date(call.form, value);
    return instant ? rfc3339(*instant) : std::string();
  });
}

void base64(const Call&, Sequence& s) {
  each_octets(s, [](const std::string& value) { return crypto::base64(value); });
}
void uuid(const Call&, Sequence& s) {
  each_octets(s, [](const std::string& value) { return uuid_text(value).value_or(std::string()); });
}

void dn(const Call& call, Sequence& s) {
  const std::string type = attribute_type(call.texts[0]);
  each_octets(s, [&](const std::string& value) -> std::string {
    for (const Rdn& rdn : parse_dn(value).value_or(std::vector<Rdn>()))
      for (const DnPart& part : rdn)
        if (part.type == type) return part.value;
    return {};
  });
}

constexpr Function functions[] = {
    // by name
    {"absent", "absent", "", true, absent},
    {"after", "after(s)", "s", false, after},
    {"ascii", "ascii", "", false, ascii_values},
    {"base64", "base64", "", false, base64},
    {"before", "before(s)", "s", false, before},
    {"bit", "bit(n)", "n", false, bit},
    {"date", "date(form)", "t", false, date},
    {"default", "default(s)", "t", true, default_to},
    {"dn", "dn(attribute)", "a", false, dn},
    {"equals", "equals(s)", "t", false, equals},
    {"first", "first", "", false, first},
    {"join", "join(sep)", "t", false, join},
    {"last", "last", "", false, last},
    {"lookup", "lookup(TABLE)", "T", false, lookup},
    {"lower", "lower", "", false, lower_values},
    {"not", "not", "", true, negate},
    {"prefix", "prefix(s)", "t", false, prefix},
    {"present", "present", "", true, present},
    {"regex", "regex(pattern,replacement)", "tt", false, regex},
    {"replace", "replace(a,b)", "st", false, replace},
    {"split", "split(sep)", "s", false, split},
    {"substring", "substring(start,length)", "nn", false, substring_of},
    {"suffix", "suffix(s)", "t", false, suffix},
    {"trim", "trim", "", false, trim_values},
    {"upper", "upper", "", false, upper_values},
    {"uuid", "uuid", "", false, uuid},
};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto it =
      std::find_if(std::begin(functions), std::end(functions), [&](const Function& f) { return f.name == name; });
  return it == std::end(functions) ? nullptr : it;
}

const std::vector<std::string>& function_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Function& function : functions) out.emplace_back(function.name);
    return out;
  }();
  return names;
}

void settle_order(Sequence& sequence) {
  if (sequence.ordered || sequence.values.size() < 2) return;
  std::sort(sequence.values.begin(), sequence.values.end());  // octets of UTF-8 sort as code points do
  sequence.values.erase(std::unique(sequence.values.begin(), sequence.values.end()), sequence.values.end());
}

void apply(const Call& call, Sequence& sequence) {
  call.function->apply(call, sequence);
  std::erase_if(sequence.values, [](const std::string& value) { return value.empty(); });
  // What grew too long stays too long, so that it is refused at the end, but grows no further.
  for (std::string& value : sequence.values)
    if (value.size() > max_text + 4) value.resize(cut(value, max_text + 4).size());
}

}  // namespace rollcall::language
