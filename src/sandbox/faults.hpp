// Faults on cue: what goes wrong, for which requests, and how often. Read from JSON or from the short form of the
// command line (README.md lists both). Pure; owned by the Sandbox; one thread at a time.
#pragma once

#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"

namespace rollcall::sandbox {

enum class FaultKind {
  latency,      // the answer comes later
  status,       // an error status instead of the answer
  html_error,   // the vendor's HTML error page
  drop_before,  // the connection closes, nothing happened
  drop_after,   // it happened, and the connection closes without an answer
  garbage,      // 200 with a body that is no document
  truncate,     // the right answer, cut in the middle
  hang_before,  // no answer for long, nothing happened
  hang_after,   // it happened, and no answer comes for long
  hide,         // a listing that is not whole although it says success
};

struct Match {
  std::string method;  // "" is any
  std::string path;    // '*' is anything; without a leading '/' the end of the path; "" is any
  std::string regex;   // searched in path and query; "" is any
  std::regex compiled;
  std::string body;  // a text that the request's body must hold
  int nth = 1;       // the first request of those that match
  int every = 1;     // and each so-many-th from there
  int times = 0;     // so many in all; 0 is without end
};

struct Fault {
  Match match;
  FaultKind kind = FaultKind::status;
  Duration delay{0};
  int status = 0;
  Headers headers;
  std::string body;
  bool effect = false;  // the request takes effect all the same
  double share = 0;
  std::set<std::string> fields;
  int seen = 0, fired = 0;
};

// JSON (an array of faults, or one), or "KIND[=VALUE] [METHOD] [PATH] [KEY=VALUE]..." with ';' between several.
Result<std::vector<Fault>> parse_faults(std::string_view text);
Result<std::vector<Fault>> read_faults(const json::Value& value);
json::Value fault_value(const Fault& fault);
bool matches(const Match& match, const HttpRequest& request);
// "50ms", "2s", "5m", "1h".
Result<Duration> parse_duration(std::string_view text);

class Faults {
 public:
  void set(std::vector<Fault> faults) { faults_ = std::move(faults); }
  const std::vector<Fault>& all() const { return faults_; }
  // Counts the request at every fault that it matches; answers those whose turn it is, in their order.
  std::vector<const Fault*> due(const HttpRequest& request);

 private:
  std::vector<Fault> faults_;
};

}  // namespace rollcall::sandbox
