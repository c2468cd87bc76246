// An LDIF file record by record, over libldap's own reader, with line numbers and without what that reader would fetch
// from elsewhere (include:, values by URL). Owned by the read in progress; one thread. RFC 2849.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcall/result.hpp"

struct LDIFFP;

namespace rollcall::sources {

struct LdifRecord {
  std::size_t line = 0;  // where it begins
  std::string dn;
  std::vector<std::pair<std::string, std::string>> values;  // attribute description, value; in file order
  std::string bad;  // why it cannot be used; the DN is readable and `values` holds what could be read
};

class LdifReader {
 public:
  // `content` outlives the reader.
  static Result<LdifReader> open(std::string_view content);
  LdifReader(LdifReader&&) noexcept;
  LdifReader& operator=(LdifReader&&) = delete;
  ~LdifReader();

  // Nothing at the end of the file. An error is about the file, not about one person: what it names cannot be assigned
  // to anybody (no DN, a change record). Reading may go on after it; `where` of the error is the line number.
  Result<std::optional<LdifRecord>> next();

 private:
  LdifReader(LDIFFP* file, std::string_view content) : file_(file), content_(content) {}
  std::size_t start_of_record();
  Result<LdifRecord> parse(char* text, std::size_t line) const;

  LDIFFP* file_;
  std::string_view content_;
  unsigned long lines_read_ = 0;   // by libldap
  std::size_t at_ = 0, line_ = 0;  // our own place in the content: its offset, and how many lines lie before it
  char* buffer_ = nullptr;
  int buffer_size_ = 0;
};

}  // namespace rollcall::sources
