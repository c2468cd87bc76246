// The log: an event in a few words, and key=value fields. Everything goes to standard error; spdlog stands behind it.
// Log where an error is handled, once; never a secret, and personal data only through personal(). Thread rule: any
// thread.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "rollcall/result.hpp"

namespace rollcall::log {

enum class Level { trace, debug, info, warn, error };

// Marks a value that is personal data: printed only while the level is debug or trace.
struct Personal {
  std::string value;
};
inline Personal personal(std::string value) { return Personal{std::move(value)}; }

struct Field {
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, Personal v) : key(k), value(std::move(v.value)), is_personal(true) {}
  template <std::integral T>
  Field(std::string_view k, T v) : key(k), value(number(v)) {}

  std::string_view key;  // a literal
  std::string value;
  bool is_personal = false;

 private:
  template <class T>
  static std::string number(T v) {
    if constexpr (std::same_as<T, bool>)
      return v ? "true" : "false";
    else
      return std::to_string(v);
  }
};
using Fields = std::initializer_list<Field>;

// level: trace debug info warn error. format: text, json, journald, or auto: journald when standard error is the
// journal's stream (JOURNAL_STREAM), else text. Before this is called: info, text. An unknown name is `invalid` and
// changes nothing.
Result<void> configure(std::string_view level, std::string_view format);
bool enabled(Level level);  // for callers whose fields are dear

void write(Level level, std::string_view event, Fields fields);
inline void trace(std::string_view event, Fields fields = {}) { write(Level::trace, event, fields); }
inline void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }
void flush();

}  // namespace rollcall::log
