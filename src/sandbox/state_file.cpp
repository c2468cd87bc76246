#include "sandbox/server.hpp"

#include "sandbox/state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace rollcall::sandbox {

Result<void> load_state(const std::string& path, Tenant& tenant) {
  std::ifstream file(path, std::ios::binary);
  if (!file && ::access(path.c_str(), F_OK) != 0) return {};
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && text.empty()) return fail(ErrorKind::corrupt, path + ": cannot be read, or is empty");
  if (auto read = read_state(text, tenant); !read)
    return fail(ErrorKind::corrupt, path + ": " + read.error().message + "; remove the file to begin anew");
  return {};
}

Result<void> write_file(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new";
  const auto failed = [&](const char* what) {
    return fail(ErrorKind::unavailable, beside + ": " + what + ": " + std::strerror(errno));
  };
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed("cannot be opened");
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const auto error = failed("cannot be written");
      ::close(file);
      return error;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(file);
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("cannot be renamed");
  return {};
}

}  // namespace rollcall::sandbox
