#include "app/secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "crypto/hash.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t most = 64 * 1024;
constexpr std::size_t key_size = 32;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string reason() { return std::strerror(errno); }

Result<Secret> read_file(const std::string& path, const std::string& where) {
  // Without O_NONBLOCK a pipe that nobody writes to would stop us here.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
    return fail(errno == ENOENT ? ErrorKind::not_found : ErrorKind::forbidden,
                "the secret file " + path + " cannot be opened: " + reason(), where);
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::invalid, "the secret " + path + " is not a regular file", where);
  std::string text(most + 1, '\0');
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < text.size(); size += static_cast<std::size_t>(got)) {
    got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0) return fail(ErrorKind::unavailable, "the secret file " + path + " cannot be read: " + reason(), where);
  }
  if (size > most) return fail(ErrorKind::invalid, "the secret file " + path + " is larger than 64 KiB", where);
  Secret result(text.substr(0, size));
  const Secret wiped(std::move(text));  // overwrites the buffer
  return result;
}

Result<std::string> credential_path(const SecretRef& ref) {
  std::string tried;
  for (const char* folder :
       {static_cast<const char*>(std::getenv("CREDENTIALS_DIRECTORY")), "/etc/rollcall/credentials"}) {
    if (!folder || !*folder) continue;
    std::string path = std::string(folder) + '/' + ref.name;
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 || errno != ENOENT) return path;
    tried += (tried.empty() ? "" : " nor in ") + std::string(folder);
  }
  return fail(ErrorKind::not_found,
              "the credential \"" + ref.name + "\" is " +
                  (tried.find(" nor ") == std::string::npos ? "not in " : "neither in ") + tried +
                  "; put a file of that name there, or give it to systemd by LoadCredential=",
              ref.where);
}

Result<Secret> read_raw(const SecretRef& ref) {
  switch (ref.kind) {
    case SecretRef::Kind::none:
      return fail(ErrorKind::invalid, "no secret is configured", ref.where);
    case SecretRef::Kind::file:
      return read_file(ref.name, ref.where);
    case SecretRef::Kind::credential: {
      ROLLCALL_TRY(const std::string path, credential_path(ref));
      return read_file(path, ref.where);
    }
    case SecretRef::Kind::env:
      break;
  }
  const char* value = std::getenv(ref.name.c_str());
  if (!value) return fail(ErrorKind::not_found, "the environment variable " + ref.name + " is not set", ref.where);
  return Secret(value);
}

std::string_view without_line_end(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Secret> read_secret(const SecretRef& ref) {
  ROLLCALL_TRY(const Secret raw, read_raw(ref));
  const auto text = without_line_end(raw.reveal());
  if (text.empty()) return fail(ErrorKind::invalid, "the secret in " + ref.name + " is empty", ref.where);
  return Secret(std::string(text));
}

Result<Secret> read_state_key(const SecretRef& ref) {
  ROLLCALL_TRY(Secret raw, read_raw(ref));
  if (raw.reveal().size() == key_size) return raw;
  if (auto octets = crypto::base64_decode(without_line_end(raw.reveal())); octets && octets->size() == key_size)
    return Secret(std::move(*octets));
  return fail(
      ErrorKind::invalid,
      "the key in " + ref.name + " is not 32 bytes, nor 32 bytes as base64; make one with: openssl rand -base64 32",
      ref.where);
}

std::string exposure(const SecretRef& ref) {
  std::string path = ref.name;
  if (ref.kind == SecretRef::Kind::credential) {
    const auto found = credential_path(ref);
    path = found ? *found : "";
  } else if (ref.kind != SecretRef::Kind::file) {
    return "";
  }
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0 || (status.st_mode & (S_IROTH | S_IWOTH)) == 0) return "";
  return "every user of this host can read " + path + "; chmod 0600 it";
}

}  // namespace rollcall::app
