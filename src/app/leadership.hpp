// One process reconciles (contract 4.8): a lease in the state, held by host, pid and start time, so that a killed holder's lease is
// free at once and a living one is named. Thread rule: the thread that owns the State.
#pragma once

#include <string>

#include "store/state.hpp"

namespace rollcall::app {

class Leadership {
 public:
  // Takes the lease, waiting at most `wait`. Refused names the holder.
  static Result<Leadership> take(store::State& state, Duration wait, const std::string& what);
  Leadership(Leadership&& other) noexcept;
  Leadership& operator=(Leadership&&) = delete;
  ~Leadership();                           // gives it up
  Result<bool> renew();                    // false: somebody else has it now
  std::int64_t epoch() const { return lease_.epoch; }

 private:
  Leadership(store::State& state, store::State::Lease lease) : state_(&state), lease_(std::move(lease)) {}
  store::State* state_;
  store::State::Lease lease_;
};

// "host:pid:start what": who this process is.
std::string holder_name(const std::string& what);
// Who reconciles now; "" is nobody that may still live.
Result<std::string> leader(store::State& state);
// Whether the named holder may still live: another host's always may, a process of this host is looked up.
bool may_live(const std::string& holder);

}  // namespace rollcall::app
