#include "log/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/systemd_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>

#include "log/render.hpp"

namespace rollcall::log {
namespace {

enum class Format { text, json, journald };

struct Outlet {
  std::shared_ptr<spdlog::logger> logger;
  Format format = Format::text;
};

std::shared_ptr<spdlog::logger> make_logger(Format format) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (format == Format::journald)
    sink = std::make_shared<spdlog::sinks::systemd_sink_mt>("rollcall");
  else
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("rollcall", sink);
  logger->set_level(spdlog::level::trace);  // enabled() decides
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::trace);
  return logger;
}

std::atomic<Level> current_level{Level::info};
std::mutex outlet_mutex;

std::shared_ptr<const Outlet>& outlet_slot() {
  static auto& slot =
      *new std::shared_ptr<const Outlet>(std::make_shared<Outlet>(Outlet{make_logger(Format::text), Format::text}));
  return slot;  // never destroyed: threads may log while the process leaves
}

std::shared_ptr<const Outlet> outlet() {
  const std::lock_guard lock(outlet_mutex);
  return outlet_slot();
}

std::optional<Level> parse_level(std::string_view name) {
  constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error"};
  for (int i = 0; i < 5; ++i)
    if (names[i] == name) return static_cast<Level>(i);
  return std::nullopt;
}

// systemd.exec(5): JOURNAL_STREAM is device:inode of the journal's socket; another number means that stderr was
// redirected.
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!stream || fstat(STDERR_FILENO, &status) != 0) return false;
  return std::string(stream) == std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

std::optional<Format> parse_format(std::string_view name) {
  if (name == "auto") return stderr_is_journal() ? Format::journald : Format::text;
  if (name == "text") return Format::text;
  if (name == "json") return Format::json;
  if (name == "journald") return Format::journald;
  return std::nullopt;
}

}  // namespace

Result<void> configure(std::string_view level, std::string_view format) {
  const auto wanted_level = parse_level(level);
  const auto wanted_format = parse_format(format);
  if (!wanted_level) return fail(ErrorKind::invalid, "a log level is one of trace debug info warn error");
  if (!wanted_format) return fail(ErrorKind::invalid, "a log format is one of auto text json journald");
  auto made = std::make_shared<Outlet>(Outlet{make_logger(*wanted_format), *wanted_format});
  const std::lock_guard lock(outlet_mutex);
  outlet_slot() = std::move(made);
  current_level = *wanted_level;
  return {};
}

bool enabled(Level level) { return level >= current_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  const auto out = outlet();
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const Line line{now, level, event, fields, enabled(Level::debug)};
  const std::string text = out->format == Format::json   ? as_json(line)
                           : out->format == Format::text ? as_text(line)
                                                         : as_message(line);
  out->logger->log(static_cast<spdlog::level::level_enum>(level), spdlog::string_view_t(text.data(), text.size()));
}

void flush() { outlet()->logger->flush(); }

}  // namespace rollcall::log
