#include "app/privileges.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace rollcall::app {

Result<void> become_owner_of_state(const std::string& state_url) {
  constexpr std::string_view scheme = "sqlite:";
  if (geteuid() != 0 || !state_url.starts_with(scheme)) return {};
  const std::string path = state_url.substr(scheme.size());
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 && ::stat(std::filesystem::path(path).parent_path().c_str(), &info) != 0) return {};
  if (info.st_uid == 0) return {};
  const passwd* user = getpwuid(info.st_uid);
  if ((user ? initgroups(user->pw_name, info.st_gid) : setgroups(0, nullptr)) != 0 || setgid(info.st_gid) != 0 ||
      setuid(info.st_uid) != 0)
    return fail(ErrorKind::internal, "cannot become the owner of the state " + path + ": " + std::strerror(errno));
  return {};
}

std::string invoking_user() {
  if (const char* behind_sudo = std::getenv("SUDO_USER"); behind_sudo && *behind_sudo && geteuid() == 0) return behind_sudo;
  const passwd* user = getpwuid(getuid());
  return user ? user->pw_name : "uid " + std::to_string(getuid());
}

}  // namespace rollcall::app
