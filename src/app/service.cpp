#include "app/service.hpp"

#include <systemd/sd-daemon.h>
#include <time.h>

namespace rollcall::app {

void notify_ready() { sd_notify(0, "READY=1"); }

void notify_reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = static_cast<long long>(now.tv_sec) * 1000000 + now.tv_nsec / 1000;
  sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us)).c_str());
}

void notify_stopping() { sd_notify(0, "STOPPING=1"); }

void notify_status(const std::string& text) { sd_notify(0, ("STATUS=" + text).c_str()); }

void feed_watchdog() { sd_notify(0, "WATCHDOG=1"); }

std::chrono::microseconds watchdog_interval() {
  std::uint64_t us = 0;
  return sd_watchdog_enabled(0, &us) > 0 ? std::chrono::microseconds(us / 2) : std::chrono::microseconds{0};
}

}  // namespace rollcall::app
