#include <charconv>
#include <cmath>

#include "json/json.hpp"
#include "json/text.hpp"

namespace rollcall::json {
namespace {

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// The shortest text that reads back as the same double, and as a double: 1 becomes 1.0. JSON has no NaN (RFC 8259
// section 6).
void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char digits[32];
  const std::string_view text(digits, std::to_chars(digits, digits + sizeof digits, number).ptr - digits);
  out += text;
  if (text.find_first_of(".e") == text.npos) out += ".0";
}

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}  // 0: compact

  void value(const Value& v) {
    if (const auto* s = v.as_string()) return append_quoted(out_, *s);
    if (const auto* n = v.as_int()) return append_number(out_, *n);
    if (const auto* d = v.as_double()) return append_number(out_, *d);
    if (const auto* b = v.as_bool()) {
      out_ += *b ? "true" : "false";
    } else if (const auto* array = v.as_array()) {
      items('[', ']', *array, [this](const Value& item) { value(item); });
    } else if (const auto* object = v.as_object()) {
      items('{', '}', *object, [this](const Member& member) {
        append_quoted(out_, member.first);
        out_ += indent_ > 0 ? ": " : ":";
        value(member.second);
      });
    } else {
      out_ += "null";
    }
  }
  std::string take() { return std::move(out_); }

 private:
  template <class Items, class Each>
  void items(char open, char close, const Items& all, Each each) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : all) {
      if (!first) out_ += ',';
      first = false;
      new_line();
      each(item);
    }
    --depth_;
    if (!first) new_line();
    out_ += close;
  }
  void new_line() {
    if (indent_ > 0) out_.append(1, '\n').append(static_cast<std::size_t>(indent_ * depth_), ' ');
  }

  std::string out_;
  int indent_;
  int depth_ = 0;
};

}  // namespace

std::string write(const Value& value) {
  Writer writer(0);
  writer.value(value);
  return writer.take();
}

std::string write_pretty(const Value& value, int indent) {
  Writer writer(indent);
  writer.value(value);
  return writer.take();
}

}  // namespace rollcall::json
