#include "language/problem.hpp"

#include <algorithm>
#include <tuple>

namespace rollcall::language {
namespace {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Edit distance with neighbouring letters swapped counted as one (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = fold(a[i - 1]) == fold(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// The first byte of the line with this number, from 1; npos when the text has fewer.
std::size_t line_start(std::string_view source, int line) {
  std::size_t at = 0;
  for (int n = 1; n < line; ++n) {
    at = source.find('\n', at);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  return at;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }  // inside a UTF-8 sequence

std::size_t utf8_length(unsigned long code) { return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4; }

}  // namespace

std::string to_string(const Problem& problem) {
  std::string out = problem.file;
  if (problem.line > 0) out += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
  if (!out.empty()) out += ": ";
  if (!problem.key.empty()) out += problem.key + ": ";
  return out + problem.text;
}

void sort_problems(std::vector<Problem>& problems) {
  auto order = [](const Problem& p) { return std::tie(p.file, p.line, p.column, p.key, p.text); };
  std::sort(problems.begin(), problems.end(), [&](const Problem& a, const Problem& b) { return order(a) < order(b); });
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > 128) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > word.size() + 3 || word.size() > candidate.size() + 3) continue;
    const std::size_t d = distance(word, candidate);
    if (d < least && d < word.size()) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? std::string() : " (did you mean `" + near + "`?)";
}

int column_in_string(std::string_view source, int line, int column, std::size_t offset) {
  std::size_t at = line_start(source, line);
  for (int n = 1; n < column && at < source.size(); ++n)  // columns count code points
    for (++at; at < source.size() && continues(source[at]);) ++at;
  if (at >= source.size() || (source[at] != '"' && source[at] != '\'')) return column;
  const char quote = source[at];
  if (source.substr(at, 3) == std::string(3, quote)) return column;
  int result = column + 1;
  ++at;
  for (std::size_t value = 0; value < offset && at < source.size() && source[at] != '\n' && source[at] != quote;
       ++result) {
    if (quote == '"' && source[at] == '\\' && at + 1 < source.size()) {  // TOML 1.0: \n, \", \\, \uXXXX, \UXXXXXXXX
      const std::size_t digits = source[at + 1] == 'u' ? 4 : source[at + 1] == 'U' ? 8 : 0;
      unsigned long code = 0;
      for (char c : source.substr(std::min(at + 2, source.size()), digits))
        code = code * 16 + static_cast<unsigned long>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
      value += utf8_length(code);
      at += 2 + digits;
      result += static_cast<int>(1 + digits);
      continue;
    }
    do {
      ++at;
      ++value;
    } while (at < source.size() && continues(source[at]));
  }
  return result;
}

}  // namespace rollcall::language
