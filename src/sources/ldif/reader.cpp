#include "sources/ldif/reader.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <lber.h>
#include <ldif.h>

#include "sources/attribute_type.hpp"
#include "sources/dn.hpp"

namespace rollcall::sources {
namespace {

tl::unexpected<Error> at_line(std::size_t line, std::string text) {
  return fail(ErrorKind::corrupt, std::move(text), std::to_string(line));
}

// RFC 2849: these begin a change record or belong to one.
bool is_change(std::string_view name) {
  for (std::string_view word :
       {"changetype", "control", "add", "delete", "replace", "increment", "newrdn", "newsuperior"})
    if (equal_fold(name, word)) return true;
  return false;
}

std::string_view name_of(std::string_view line) { return line.substr(0, line.find(':')); }

// "attribute:< URL" would make libldap open a file of its choosing.
bool by_url(std::string_view line) {
  const auto colon = line.find(':');
  return colon != std::string_view::npos && colon + 1 < line.size() && line[colon + 1] == '<';
}

// libldap decodes base64 with leniency; what is not base64 must not become somebody's name.
bool well_formed(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  if (colon + 1 >= line.size() || line[colon + 1] != ':') return true;
  std::string_view text = line.substr(colon + 2);
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  for (char c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
      return false;
  return (text.size() + padding) % 4 == 0;
}

bool parse_line(char* line, std::string& name, std::string& value) {
  if (!well_formed(line)) return false;
  berval type{}, content{};
  int owned = 0;
  if (ldif_parse_line2(line, &type, &content, &owned) != 0) return false;
  name.assign(type.bv_val, type.bv_len);
  value.assign(content.bv_val ? content.bv_val : "", content.bv_len);
  if (owned) ber_memfree(content.bv_val);
  return true;
}

}  // namespace

Result<LdifReader> LdifReader::open(std::string_view content) {
  if (content.find('\0') != std::string_view::npos)
    return fail(ErrorKind::corrupt, "holds NUL octets, so it is no LDIF");
  // A line "include: URL" would be followed by libldap; RFC 2849 does not know it.
  for (std::size_t at = 0, line = 1; at < content.size(); ++line) {
    if (equal_fold(content.substr(at, 8), "include:")) return at_line(line, "include: is not supported");
    const auto end = content.find('\n', at);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  if (content.empty()) return LdifReader(nullptr, content);
  LDIFFP* file = ldif_open_mem(const_cast<char*>(content.data()), content.size(), "r");
  if (!file) return fail(ErrorKind::internal, "libldap cannot open it as LDIF");
  return LdifReader(file, content);
}

LdifReader::LdifReader(LdifReader&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      content_(other.content_),
      lines_read_(other.lines_read_),
      at_(other.at_),
      line_(other.line_),
      buffer_(std::exchange(other.buffer_, nullptr)),
      buffer_size_(other.buffer_size_) {}

LdifReader::~LdifReader() {
  if (file_) ldif_close(file_);
  ber_memfree(buffer_);
}

// libldap only tells the line where a record ends. Follows it there, over blank lines and comments.
std::size_t LdifReader::start_of_record() {
  bool comment = false;
  while (at_ < content_.size()) {
    const auto end = content_.find('\n', at_);
    const std::size_t next = end == std::string_view::npos ? content_.size() : end + 1;
    const std::string_view line = content_.substr(at_, next - at_);
    comment = line[0] == '#' || (comment && line[0] == ' ');
    const bool blank = line[0] == '\n' || line[0] == '\r';
    if (line_ >= lines_read_ && !comment && !blank) break;
    at_ = next;
    ++line_;
  }
  return line_ + 1;
}

Result<std::optional<LdifRecord>> LdifReader::next() {
  while (file_) {
    const std::size_t line = start_of_record();
    const int got = ldif_read_record(file_, &lines_read_, &buffer_, &buffer_size_);
    if (got < 0) {
      ldif_close(std::exchange(file_, nullptr));
      return at_line(line, "libldap cannot read on");
    }
    if (got == 0) break;
    ROLLCALL_TRY(LdifRecord record, parse(buffer_, line));
    if (!record.dn.empty()) return std::optional(std::move(record));
  }
  return std::optional<LdifRecord>();
}

Result<LdifRecord> LdifReader::parse(char* text, std::size_t line) const {
  LdifRecord out;
  out.line = line;
  char* rest = text;
  std::string name, value;
  while (char* one = ldif_getline(&rest)) {
    if (out.dn.empty()) {
      const bool readable = !by_url(one) && parse_line(one, name, value);
      if (readable && equal_fold(name, "version") && value == "1") continue;  // may stand alone, too
      if (!readable || !equal_fold(name, "dn") || normal_dn(value).empty())
        return at_line(line, "a record begins without a DN that can be read, so it is nobody's");
      out.dn = value;
      continue;
    }
    if (is_change(name_of(one)))
      return at_line(line, std::string(name_of(one)) + ": this is a change record of " + out.dn +
                               "; only content can be read here, as ldapsearch -LLL or slapcat write it");
    if (by_url(one)) {
      out.bad = std::string(name_of(one)) + " is given by URL, which is not followed";
    } else {
      const std::string said(name_of(one));
      if (parse_line(one, name, value) && parse_description(name))
        out.values.emplace_back(std::move(name), std::move(value));
      else if (out.bad.empty())
        out.bad = "the line of " + said.substr(0, 60) + " is not LDIF (bad base64, or no colon)";
    }
  }
  return out;
}

}  // namespace rollcall::sources
