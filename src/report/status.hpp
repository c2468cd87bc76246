// What `rollcall status` says: the last runs, what is pending, held and invited, how the reads went, and problems - new
// ones apart from those that the run before knew already. The caller fills it from the daemon or the state. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "store/rows.hpp"

namespace rollcall::report {

struct Problem {
  std::string text;
  Instant since{};
  bool known = false;  // the run before had it too
};

struct ProviderStatus {
  store::ProviderRow row;
  std::int64_t pending = 0, held = 0, waived = 0;
  std::map<std::string, std::int64_t> invitations;  // by state
};

struct Status {
  bool daemon = false;   // a daemon answered; else this is what the state says
  bool leading = false;  // it holds the lease
  Instant now{};
  std::vector<store::SourceRow> sources;
  std::vector<ProviderStatus> providers;
  std::vector<store::RunRow> runs;  // newest first
  std::vector<Problem> problems;
};

json::Value status_json(const Status& status);
std::string status_text(const Status& status, std::size_t width = 80);

}  // namespace rollcall::report
