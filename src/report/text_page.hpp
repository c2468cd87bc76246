// Lines of text with colours and indentation, for the text forms of this room. Not shared between threads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall::report {

enum class Tone { plain, bold, green, yellow, red, dim };

class TextPage {
 public:
  TextPage(bool colour, int width) : colour_(colour), width_(width < 40 ? 40 : static_cast<std::size_t>(width)) {}

  // One line as it is: for commands and what was laid out already.
  void line(std::size_t indent, std::string_view text, Tone tone = Tone::plain);
  // A sentence, wrapped; lines after the first stand `hang` columns further in.
  void prose(std::size_t indent, std::string_view text, Tone tone = Tone::plain, std::size_t hang = 0);
  void blank();  // one empty line, never two, never the first

  std::size_t width() const { return width_; }
  std::string take() { return std::move(text_); }

 private:
  void toned(std::string_view text, Tone tone);

  bool colour_;
  std::size_t width_;
  std::string text_;
};

}  // namespace rollcall::report
