// One log line as text or JSON, without the line's end. Pure.
#pragma once

#include <chrono>
#include <string>

#include "log/log.hpp"

namespace rollcall::log {

struct Line {
  std::chrono::sys_time<std::chrono::milliseconds> time;
  Level level = Level::info;
  std::string_view event;
  Fields fields;
  bool show_personal = false;
};

std::string as_text(const Line& line);     // 2026-11-21T10:00:00Z info  event key=value
std::string as_message(const Line& line);  // event key=value: the journal has time and level itself
std::string as_json(const Line& line);     // {"time":...,"level":...,"event":...,"key":"value"}

}  // namespace rollcall::log
