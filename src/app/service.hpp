// The systemd side of the daemon (sd_notify(3)): ready, reloading, stopping, status and watchdog. Does nothing outside systemd.
// Thread rule: any thread.
#pragma once

#include <chrono>
#include <string>

namespace rollcall::app {

void notify_ready();
void notify_reloading();
void notify_stopping();
void notify_status(const std::string& text);
void feed_watchdog();
// How often the watchdog wants to be fed; 0: never.
std::chrono::microseconds watchdog_interval();

}  // namespace rollcall::app
