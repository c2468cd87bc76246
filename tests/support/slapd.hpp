// A throwaway slapd for a test, over support/with-slapd: it ends with the object, and with the test program. One
// thread.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::test {

inline std::string tool(const std::string& name) { return std::string(SOURCE_DIR) + "/tests/support/" + name; }

// Runs a program and answers its exit status.
inline int run(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) return 127;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rollcall-test.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string made_directory(const TemporaryFolder& folder, std::vector<std::string> options) {
  const std::string file = folder / "directory.ldif";
  options.insert(options.begin(), tool("make-directory"));
  options.insert(options.end(), {"-o", file});
  return run(options) == 0 ? file : "";
}

class Slapd {
 public:
  explicit Slapd(std::vector<std::string> options) {
    options.insert(options.begin(), tool("with-slapd"));
    options.insert(options.end(), {"--", "sh", "-c", "env; echo READY; read x"});
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::vector<char*> argv;
    for (std::string& word : options) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = 0;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    stdin_ = in[1];
    read_environment(out[0]);
  }
  Slapd(const Slapd&) = delete;
  ~Slapd() { stop(); }

  bool there() const { return ready_; }
  bool missing() {  // no slapd on this machine, as opposed to one that does not start
    return !ready_ && stop() == 77;
  }
  std::string operator[](const std::string& name) const {
    const auto at = environment_.find(name);
    return at == environment_.end() ? "" : at->second;
  }
  bool control(std::vector<std::string> words) const {
    words.insert(words.begin(), (*this)["SLAPD_CTL"]);
    words.insert(words.begin(), {"sh", "-c", "\"$@\" > /dev/null", "sh"});
    return run(words) == 0;
  }
  // Changes the content as the rootdn.
  bool modify(const std::string& ldif) const {
    const std::string file = (*this)["LDAP_DIR"] + "/change.ldif";
    std::FILE* f = std::fopen(file.c_str(), "w");
    std::fputs(ldif.c_str(), f);
    std::fclose(f);
    return run({"sh", "-c", "exec ldapmodify -x -H \"$1\" -D \"$2\" -w \"$3\" -f \"$4\" > /dev/null", "sh",
                (*this)["LDAP_URI"], (*this)["BIND_DN"], (*this)["BIND_PW"], file}) == 0;
  }

 private:
  void read_environment(int descriptor) {
    std::FILE* out = ::fdopen(descriptor, "r");
    char* line = nullptr;
    std::size_t size = 0;
    for (ssize_t got; !ready_ && (got = ::getline(&line, &size, out)) > 0;) {
      std::string text(line, static_cast<std::size_t>(got) - 1);
      if (text == "READY") ready_ = true;
      if (const auto equals = text.find('='); equals != std::string::npos)
        environment_[text.substr(0, equals)] = text.substr(equals + 1);
    }
    std::free(line);
    std::fclose(out);
  }

  int stop() {
    if (stdin_ >= 0) ::close(std::exchange(stdin_, -1));  // `read x` ends
    if (pid_ != 0) ::waitpid(std::exchange(pid_, 0), &status_, 0);
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128;
  }

  pid_t pid_ = 0;
  int stdin_ = -1, status_ = 0;
  bool ready_ = false;
  std::map<std::string, std::string> environment_;
};

}  // namespace rollcall::test
