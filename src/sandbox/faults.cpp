#include "sandbox/faults.hpp"

#include "sandbox/request.hpp"

namespace rollcall::sandbox {
namespace {

// '*' is any text, also none; everything else is itself.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_due(const Fault& fault) {
  const Match& match = fault.match;
  if (match.times > 0 && fault.fired >= match.times) return false;
  return fault.seen >= match.nth && (fault.seen - match.nth) % match.every == 0;
}

}  // namespace

bool matches(const Match& match, const HttpRequest& request) {
  if (!match.method.empty() && match.method != request.method) return false;
  if (!match.path.empty()) {
    const std::string pattern = match.path[0] == '/' ? match.path : "*/" + match.path;
    if (!glob(pattern, parse_target(request.url).path)) return false;
  }
  // std::regex recurses over its text: a longer one is no path of ours.
  if (!match.regex.empty() && (request.url.size() > 4096 || !std::regex_search(request.url, match.compiled)))
    return false;
  return match.body.empty() || request.body.find(match.body) != std::string::npos;
}

std::vector<const Fault*> Faults::due(const HttpRequest& request) {
  std::vector<const Fault*> due;
  for (Fault& fault : faults_) {
    if (!matches(fault.match, request)) continue;
    ++fault.seen;
    if (!is_due(fault)) continue;
    ++fault.fired;
    due.push_back(&fault);
  }
  return due;
}

}  // namespace rollcall::sandbox
