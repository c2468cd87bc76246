// The TLS context that all connections of one source share: verification on, TLS 1.2 at least, the CA file as it is
// now. Made once and again when the file changes, for libldap 2.5 over GnuTLS loses some kilobytes with every context
// that has a cipher list. Owned by the source; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "rollcall/result.hpp"

struct ldap;

namespace rollcall::sources {

class TlsContext {
 public:
  explicit TlsContext(std::string ca_file);  // empty: the system's CAs
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  const std::string& ca_file() const { return ca_file_; }
  Result<void> apply(ldap* handle);  // before the first use of the handle

 private:
  using FileState = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
  Result<FileState> state() const;
  Result<void> make();
  void drop();

  std::string ca_file_;
  FileState made_of_{};
  ldap* keeper_ = nullptr;  // a handle that never connects and holds the context
};

}  // namespace rollcall::sources
