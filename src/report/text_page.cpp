#include "report/text_page.hpp"

#include "report/escape.hpp"

namespace rollcall::report {
namespace {

constexpr std::string_view code_of(Tone tone) {
  constexpr std::string_view codes[] = {"", "\033[1m", "\033[32m", "\033[33m", "\033[31m", "\033[2m"};
  return codes[static_cast<int>(tone)];
}

}  // namespace

void TextPage::toned(std::string_view text, Tone tone) {
  const bool on = colour_ && tone != Tone::plain;
  if (on) text_ += code_of(tone);
  text_ += text;
  if (on) text_ += "\033[0m";
}

void TextPage::line(std::size_t indent, std::string_view text, Tone tone) {
  text_.append(indent, ' ');
  toned(text, tone);
  text_ += '\n';
}

void TextPage::prose(std::size_t indent, std::string_view text, Tone tone, std::size_t hang) {
  // wrapped() begins at its indent; a first line that hangs back is wrapped as if it began further in.
  line(indent, wrapped(text, indent + hang, width_), tone);
}

void TextPage::blank() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
}

}  // namespace rollcall::report
