#include "app/leadership.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace rollcall::app {
namespace {

constexpr const char* name = "reconcile";
constexpr auto term = std::chrono::minutes{10};
constexpr auto renewal = std::chrono::minutes{1};
constexpr auto look_again = std::chrono::milliseconds{200};

// Field 22 of /proc/PID/stat: when the process began; a pid that is used again begins later. Empty for no process, and for one that has
// ended and only waits to be reaped.
std::string start_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text;
  std::getline(file, text);
  const auto end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream rest(text.substr(end + 1));
  std::string field;
  for (int i = 0; i < 20 && rest >> field; ++i)
    if (i == 0 && (field == "Z" || field == "X")) return {};
  return field;
}

std::string host() {
  char out[256] = {};
  gethostname(out, sizeof out - 1);
  return out;
}

}  // namespace

std::string holder_name(const std::string& what) {
  const std::string pid = std::to_string(getpid());
  return host() + ":" + pid + ":" + start_of(pid) + " " + what;
}

bool may_live(const std::string& holder) {
  std::istringstream parts(holder.substr(0, holder.find(' ')));
  std::string where, pid, start;
  std::getline(parts, where, ':');
  std::getline(parts, pid, ':');
  std::getline(parts, start, ':');
  if (where != host()) return true;
  const std::string now = start_of(pid);
  return !now.empty() && now == start;
}

Result<std::string> leader(store::State& state) {
  ROLLCALL_TRY(const auto held, state.lease(name));
  return held && may_live(held->holder) ? held->holder : std::string();
}

Result<std::unique_ptr<Leadership>> Leadership::take(const std::string& url, Duration wait, const std::string& what, std::function<void()> on_lost) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  const std::string self = holder_name(what);
  ROLLCALL_TRY(auto state, store::State::open(url, store::Access::write));
  while (true) {
    ROLLCALL_TRY(const auto held, state->lease(name));
    if (held && held->holder != self && !may_live(held->holder)) ROLLCALL_CHECK(state->drop_lease(*held));
    const Instant now = system_now();
    ROLLCALL_TRY(auto lease, state->take_lease(name, self, now, now + term));
    if (lease.holder == self) return std::unique_ptr<Leadership>(new Leadership(std::move(state), std::move(lease), std::move(on_lost)));
    if (std::chrono::steady_clock::now() >= deadline)
      return fail(ErrorKind::refused, "the state is in use by " + lease.holder + "; wait for it with --wait, or stop it");
    std::this_thread::sleep_for(look_again);
  }
}

Leadership::Leadership(std::unique_ptr<store::State> state, store::State::Lease lease, std::function<void()> on_lost)
    : state_(std::move(state)), lease_(std::move(lease)), on_lost_(std::move(on_lost)), thread_([this] { keep(); }) {}

Leadership::~Leadership() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
    condition_.notify_all();
  }
  thread_.join();
  (void)state_->drop_lease(lease_);
}

// A renewal that fails is tried again long before the term is over; only "it is another's" is a loss.
void Leadership::keep() {
  std::unique_lock lock(mutex_);
  while (!condition_.wait_for(lock, renewal, [this] { return done_; })) {
    lock.unlock();
    const auto still = state_->renew_lease(lease_, system_now() + term);
    lock.lock();
    if (!still || *still) continue;
    lost_ = true;
    if (on_lost_) on_lost_();
    return;
  }
}

}  // namespace rollcall::app
