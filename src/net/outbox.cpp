#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "crypto/hash.hpp"
#include "net/mail.hpp"

namespace rollcall::net {
namespace {

struct File {
  explicit File(int f) : fd(f) {}
  File(const File&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  int fd;
};

// Two ids that differ only in what is replaced get different names by the hash.
std::string file_name(const std::string& id) {
  std::string out = id;
  for (char& c : out)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
          c == '-' || c == '@' || c == '+'))
      c = '_';
  if (out.front() == '.') out.front() = '_';
  if (out != id) out += '-' + crypto::sha256_hex(id).substr(0, 8);
  return out + ".eml";
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

class Outbox : public MailTransport {
 public:
  explicit Outbox(std::string folder) : folder_(std::move(folder)) {}

  Result<void> deliver(const Mail& mail) override {
    ROLLCALL_TRY(auto text, compose(mail));
    const std::string name = file_name(mail.message_id);
    if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return broken("cannot be made");
    const File folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.fd < 0) return broken("cannot be opened");
    if (::faccessat(folder.fd, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return {};
    return place(folder.fd, name, text);
  }

 private:
  // A reader of *.eml never sees half a message, and after a power cut there is the whole one or none.
  Result<void> place(int folder, const std::string& name, const std::string& text) {
    const std::string temporary = ".tmp-" + crypto::random_uuid();
    bool good = false;
    {
      const File file(::openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (file.fd < 0) return broken("takes no files");
      good = ::fchmod(file.fd, 0600) == 0 && write_all(file.fd, text) && ::fsync(file.fd) == 0;
    }
    good = good && ::renameat(folder, temporary.c_str(), folder, name.c_str()) == 0 && ::fsync(folder) == 0;
    if (good) return {};
    const int cause = errno;
    ::unlinkat(folder, temporary.c_str(), 0);
    errno = cause;
    return broken("cannot be written to");
  }

  tl::unexpected<Error> broken(const std::string& how) const {
    return fail(ErrorKind::unavailable, "the outbox " + folder_ + ' ' + how + ": " + std::strerror(errno), "outbox");
  }

  std::string folder_;
};

}  // namespace

std::unique_ptr<MailTransport> make_outbox(std::string folder) { return std::make_unique<Outbox>(std::move(folder)); }

}  // namespace rollcall::net
