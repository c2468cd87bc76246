// The whole of rollcall-sandbox but for its sockets: one tenant, one vendor's rules, faults, the limit, the counts and
// the control API under /_sandbox/ (README.md). Pure: the time is passed in, waiting is only said. One thread at a
// time.
#pragma once

#include <memory>
#include <string>

#include "sandbox/emulator.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/traffic.hpp"

namespace rollcall::sandbox {

struct Answer {
  HttpResponse response;
  Duration delay{0};     // before it is sent; what the request does is done already
  bool drop = false;     // closed without an answer, after the delay
  bool counted = false;  // ended() is due when it has been sent
  std::string note;      // the fault, for the log
};

class Sandbox {
 public:
  static Result<std::unique_ptr<Sandbox>> make(const Vendor& vendor, const VendorSettings& settings);

  Answer handle(const HttpRequest& request, Instant now);
  // Each counted answer, once it is on its way.
  void ended() { traffic_.end(); }

  Tenant& tenant() { return tenant_; }
  const Traffic& traffic() const { return traffic_; }
  void preload(int accounts, Instant now) { vendor_.preload(tenant_, accounts, now); }
  void set_faults(std::vector<Fault> faults) { faults_.set(std::move(faults)); }
  void set_latency(Duration latency) { latency_ = latency; }
  void set_rate_limit(RateLimit rate) { rate_ = rate; }

 private:
  explicit Sandbox(const Vendor& vendor) : vendor_(vendor), tenant_(vendor.unique_fields) {}
  void answer(const HttpRequest& request, Instant now, Answer& answer);
  void apply(const Fault& fault, const HttpRequest& request, Instant now, Answer& answer);
  HttpResponse too_many(Duration left) const;

  const Vendor& vendor_;  // of the table
  Tenant tenant_;
  std::unique_ptr<Emulator> emulator_;
  Faults faults_;
  RateLimit rate_;
  Traffic traffic_;
  Duration latency_{0};

  friend HttpResponse control(Sandbox& sandbox, const HttpRequest& request, Instant now);
};

// The control API: paths under /_sandbox/.
HttpResponse control(Sandbox& sandbox, const HttpRequest& request, Instant now);

}  // namespace rollcall::sandbox
