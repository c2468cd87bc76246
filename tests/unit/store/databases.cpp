#include "unit/store/databases.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

namespace rollcall::store {
namespace fs = std::filesystem;
namespace {

pid_t start(const std::vector<std::string>& command, const std::string& log) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  if (!std::freopen(log.c_str(), "a", stdout) || !std::freopen(log.c_str(), "a", stderr)) ::_exit(126);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

class Server {
 public:
  Server() {
    const std::string programs = find_programs();
    if (programs.empty()) return;
    // PostgreSQL does not run as root; and it ends with the test program, however that ends.
    std::vector<std::string> prefix{"setpriv"};
    if (::geteuid() == 0) {
      prefix.insert(prefix.end(), {"--reuid=postgres", "--regid=postgres", "--clear-groups"});
      if (std::system(("chown postgres " + folder_.path()).c_str()) != 0) return;
    }
    const std::string data = folder_.path() + "/data", log = "/dev/null";
    auto init = prefix;
    // A locale whose order is not that of code points, so that a missing "C" collation shows.
    init.insert(init.end(), {programs + "/initdb", "-D", data, "-U", "rollcall", "-A", "trust", "-E", "UTF8",
                             "--no-sync", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"});
    int status = 1;
    ::waitpid(start(init, log), &status, 0);
    if (status != 0) return;
    auto serve = prefix;
    serve.insert(serve.end(), {"--pdeathsig", "INT", programs + "/postgres", "-D", data, "-k", folder_.path(), "-c",
                               "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"});
    pid_ = start(serve, log);
    for (int tries = 0; tries < 1200 && !ready_; ++tries) {
      ready_ = Connection::open(Backend::postgresql, target(), true).has_value();
      if (!ready_) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  ~Server() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
  }

  bool ready() const { return ready_; }
  std::string target() const { return "host=" + folder_.path() + " user=rollcall dbname=postgres"; }

 private:
  static std::string find_programs() {
    std::vector<std::string> places{"/usr/bin", "/usr/local/bin"};
    std::error_code none;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
      places.push_back(version.path().string() + "/bin");
    for (const std::string& place : places)
      if (fs::exists(place + "/initdb") && fs::exists(place + "/postgres")) return place;
    return {};
  }

  Folder folder_;
  pid_t pid_ = -1;
  bool ready_ = false;
};

const Server& server() {
  static Server only;
  return only;
}

}  // namespace

Folder::Folder() {
  std::string pattern = (fs::temp_directory_path() / "rollcall-store-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

Folder::~Folder() {
  std::error_code none;
  fs::remove_all(path_, none);
}

void Store::SetUp() {
  url_ = url_of(folder_);
  if (GetParam() == Backend::postgresql) {
    if (!server().ready()) GTEST_SKIP() << "no PostgreSQL server could be started here (initdb, postgres)";
    static int number = 0;
    const std::string name = "test" + std::to_string(++number);
    auto db = Connection::open(Backend::postgresql, server().target(), true);
    ASSERT_TRUE(db) << db.error().message;
    ASSERT_TRUE((*db)->script("create schema " + name));
    url_ = "postgresql:" + server().target() + " options='-c search_path=" + name + "'";
  }
  state_ = open();
  ASSERT_TRUE(state_);
}

std::unique_ptr<State> Store::open(Access access) {
  auto state = State::open(url_, access);
  EXPECT_TRUE(state) << state.error().message;
  return state ? std::move(*state) : nullptr;
}

std::unique_ptr<Connection> Store::connection() {
  const std::string target = url_.substr(url_.find(':') + 1);
  auto db = Connection::open(GetParam(), target, true);
  EXPECT_TRUE(db) << db.error().message;
  return db ? std::move(*db) : nullptr;
}

}  // namespace rollcall::store
