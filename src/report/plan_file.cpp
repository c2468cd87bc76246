#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "report/plan_json.hpp"

namespace rollcall::report {
namespace {

tl::unexpected<Error> failed(const std::string& path, int error) {
  const ErrorKind kind = error == EACCES || error == EPERM ? ErrorKind::forbidden : ErrorKind::unavailable;
  return fail(kind, "cannot write the plan to " + path + ": " + std::generic_category().message(error));
}

int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file, text.data(), text.size());
    if (n < 0 && errno != EINTR) return errno;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

Result<void> write_through(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return failed(path, errno);
  const int error = write_all(file, text);
  ::close(file);
  if (error != 0) return failed(path, error);
  return {};
}

Result<void> replace(const std::string& path, std::string_view text) {
  std::string beside = path + ".XXXXXX";
  const int file = ::mkostemp(beside.data(), O_CLOEXEC);  // mode 0600, and the name is new
  if (file < 0) return failed(path, errno);
  int error = write_all(file, text);
  if (error == 0 && ::fsync(file) != 0) error = errno;
  ::close(file);
  if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(beside.c_str());
  return failed(path, error);
}

}  // namespace

Result<void> save_plan(const std::string& path, const Plan& plan) {
  const std::string text = write_plan(plan);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return replace(path, text);
  if (!S_ISREG(found.st_mode)) return write_through(path, text);
  // A link stays a link (/dev/stdout is one): what it names is replaced.
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  return replace(error ? path : target.string(), text);
}

}  // namespace rollcall::report
