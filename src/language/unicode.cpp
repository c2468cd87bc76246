#include "language/unicode.hpp"

#include <algorithm>
#include <memory>

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace rollcall::language {
namespace {

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString from_utf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

bool ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

template <class Change>
std::string change_ascii(std::string_view text, Change change) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), change);
  return out;
}

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper_char(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// A transliterator is not promised to be usable by two threads at once: each thread has its own copy.
const icu::Transliterator* transliterator() {
  thread_local const std::unique_ptr<icu::Transliterator> own = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(icu::Transliterator::createInstance(
        "NFC; Any-Latin; Latin-ASCII; [^\\u0000-\\u007F] Remove", UTRANS_FORWARD, status));
  }();
  return own.get();
}

std::string without_non_ascii(std::string_view text) {
  std::string out;
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x80) out += c;
  return out;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F) return true;
    // U+0080 to U+009F are C2 80 to C2 9F.
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

std::string lower(std::string_view text) {
  if (is_ascii(text)) return change_ascii(text, lower_char);
  if (!is_utf8(text)) return std::string(text);
  return to_utf8(from_utf8(text).toLower(icu::Locale::getRoot()));
}

std::string upper(std::string_view text) {
  if (is_ascii(text)) return change_ascii(text, upper_char);
  if (!is_utf8(text)) return std::string(text);
  return to_utf8(from_utf8(text).toUpper(icu::Locale::getRoot()));
}

std::string trim(std::string_view text) {
  if (is_ascii(text)) {
    while (!text.empty() && ascii_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && ascii_space(text.back())) text.remove_suffix(1);
    return std::string(text);
  }
  if (!is_utf8(text)) return std::string(text);
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  int32_t begin = 0, end = static_cast<int32_t>(text.size());
  while (begin < end) {
    int32_t next = begin;
    UChar32 c;
    U8_NEXT(bytes, next, end, c);
    if (!u_isUWhiteSpace(c)) break;
    begin = next;
  }
  while (end > begin) {
    int32_t previous = end;
    UChar32 c;
    U8_PREV(bytes, begin, previous, c);
    if (!u_isUWhiteSpace(c)) break;
    end = previous;
  }
  return std::string(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
}

std::string ascii(std::string_view text) {
  if (is_ascii(text) || !is_utf8(text)) return std::string(text);
  const icu::Transliterator* rules = transliterator();
  if (!rules) return without_non_ascii(text);  // ICU's data is not installed
  icu::UnicodeString out = from_utf8(text);
  rules->transliterate(out);
  return to_utf8(out);
}

std::string fold(std::string_view text) {
  if (is_ascii(text)) return change_ascii(text, lower_char);
  if (!is_utf8(text)) return std::string(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  const icu::UnicodeString folded = from_utf8(text).foldCase();
  if (U_FAILURE(status)) return to_utf8(folded);
  const icu::UnicodeString normal = nfc->normalize(folded, status);
  return to_utf8(U_FAILURE(status) ? folded : normal);
}

std::optional<std::string> opaque_string(std::string_view text) {
  if (text.empty() || !is_utf8(text)) return std::nullopt;
  icu::UnicodeString spaced;
  const icu::UnicodeString all = from_utf8(text);
  for (int32_t at = 0; at < all.length(); at = all.moveIndex32(at, 1)) {
    const UChar32 point = all.char32At(at);
    const auto type = u_charType(point);
    if (type == U_CONTROL_CHAR || type == U_UNASSIGNED || type == U_SURROGATE) return std::nullopt;
    spaced.append(type == U_SPACE_SEPARATOR ? UChar32{' '} : point);
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return std::nullopt;
  const icu::UnicodeString normal = nfc->normalize(spaced, status);
  return U_FAILURE(status) ? std::nullopt : std::optional(to_utf8(normal));
}

std::string substring(std::string_view text, long long start, long long length) {
  if (length <= 0) return {};
  if (!is_utf8(text)) return std::string(text);
  auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto count = static_cast<long long>(std::count_if(text.begin(), text.end(), begins));
  if (start < 0) start = std::max(0LL, count + start);
  if (start >= count) return {};
  length = std::min(length, count - start);
  std::size_t from = text.size(), to = text.size();
  long long at = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!begins(text[i])) continue;
    if (at == start) from = i;
    if (at == start + length) {
      to = i;
      break;
    }
    ++at;
  }
  return std::string(text.substr(from, to - from));
}

std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace rollcall::language
