// The admin endpoint (contract section 7): /healthz, /readyz, /metrics. Read-only. Thread rule: handlers run on the service's I/O thread;
// Readiness may be set from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "endpoint/metrics.hpp"
#include "net/server.hpp"

namespace rollcall::endpoint {

// State open, schedule running, leading: why not, or ready.
class Readiness {
 public:
  void set(bool ready, std::string why) {
    const std::lock_guard lock(mutex_);
    ready_ = ready;
    why_ = std::move(why);
  }
  std::pair<bool, std::string> get() const {
    const std::lock_guard lock(mutex_);
    return {ready_, why_};
  }

 private:
  mutable std::mutex mutex_;
  bool ready_ = false;
  std::string why_ = "starting";
};

// `metrics` and `readiness` outlive the server.
net::Handler admin_handler(const Metrics& metrics, const Readiness& readiness);

}  // namespace rollcall::endpoint
