// How an action ended, and the sum of a run. Values; no thread rule.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rollcall/plan.hpp"

namespace rollcall::sync {

enum class OutcomeKind { done, failed, skipped, in_doubt, waiting };   // waiting: an invitation for its turn, or for nothing any more
constexpr std::string_view to_string(OutcomeKind k) {
  constexpr std::string_view names[] = {"done", "failed", "skipped", "in-doubt", "waiting"};
  return names[static_cast<int>(k)];
}

struct Outcome {
  std::string provider;
  ActionKind kind = ActionKind::update;
  std::string user, name, account;
  OutcomeKind outcome = OutcomeKind::done;
  std::string detail;
};

struct RunReport {
  std::vector<Outcome> troubles;           // everything but done and waiting
  std::map<std::string, std::int64_t> done;  // by kind
  std::int64_t failed = 0, skipped = 0, in_doubt = 0, waiting = 0, carried_out = 0;
  bool stopped = false;                    // asked to end before everything was begun
};

// Told of every action as it ends; for progress and metrics. On the I/O thread.
using OnOutcome = std::function<void(const Outcome&)>;

}  // namespace rollcall::sync
