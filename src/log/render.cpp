#include "log/render.hpp"

#include <cstdint>
#include <cstdio>
#include <ctime>

namespace rollcall::log {
namespace {

constexpr std::string_view level_names[] = {"trace", "debug", "info", "warn", "error"};
constexpr char32_t broken = 0xfffd;

// Takes one character off the front; `broken` for a byte that is not UTF-8 (RFC 3629).
char32_t next_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (more == 0 || first >= 0xf5 || text.size() < static_cast<std::size_t>(more)) return broken;
  char32_t value = first & (0x3f >> more);
  for (int i = 0; i < more; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c & 0xc0) != 0x80) return broken;
    value = value << 6 | (c & 0x3f);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (value < least[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return broken;
  text.remove_prefix(more);
  return value;
}

// Control characters, line separators, and the direction overrides that make a line read as another.
bool is_dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff;
}

void append_escaped(std::string& out, char32_t c) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(c));
  out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : buffer;
}

void append_safe(std::string& out, std::string_view text, bool quoted) {
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = next_character(text);
    if (quoted && (c == '"' || c == '\\'))
      out += '\\', out += static_cast<char>(c);
    else if (is_dangerous(c))
      append_escaped(out, c);
    else if (c == broken)
      out += "\xef\xbf\xbd";
    else
      out += before.substr(0, before.size() - text.size());
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_safe(out, text, true);
  out += '"';
}

void append_value(std::string& out, std::string_view value) {
  if (value.empty() || value.find_first_of(" \"=\\\t\r\n") != std::string_view::npos)
    append_quoted(out, value);
  else
    append_safe(out, value, false);
}

std::string time_text(std::chrono::sys_time<std::chrono::milliseconds> time, bool millis) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char buffer[40];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out = buffer;
  if (millis) {
    std::snprintf(buffer, sizeof buffer, ".%03d",
                  static_cast<int>((time.time_since_epoch() % std::chrono::seconds(1)).count()));
    out += buffer;
  }
  return out + 'Z';
}

bool shown(const Line& line, const Field& field) { return !field.is_personal || line.show_personal; }

}  // namespace

std::string as_message(const Line& line) {
  std::string out;
  append_safe(out, line.event, false);
  for (const auto& field : line.fields) {
    if (!shown(line, field)) continue;
    out.append(" ").append(field.key).append("=");
    append_value(out, field.value);
  }
  return out;
}

std::string as_text(const Line& line) {
  std::string out = time_text(line.time, false) + ' ';
  out.append(level_names[static_cast<int>(line.level)]).resize(out.size() < 27 ? 27 : out.size(), ' ');
  return out + as_message(line);
}

std::string as_json(const Line& line) {
  std::string out = "{\"time\":\"" + time_text(line.time, true) + "\",\"level\":\"";
  out.append(level_names[static_cast<int>(line.level)]).append("\",\"event\":");
  append_quoted(out, line.event);
  for (const auto& field : line.fields) {
    if (!shown(line, field)) continue;
    out += ',';
    append_quoted(out, field.key);
    out += ':';
    append_quoted(out, field.value);
  }
  return out + '}';
}

}  // namespace rollcall::log
