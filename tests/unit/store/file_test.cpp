// The state as a file: who may touch it, what reading leaves behind, and what a crash leaves.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "unit/store/databases.hpp"

namespace rollcall::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StateFile : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/state.db"; }
  std::string url() const { return "sqlite:" + path(); }
  std::unique_ptr<State> open(Access access = Access::write) {
    auto state = State::open(url(), access);
    EXPECT_TRUE(state) << state.error().message;
    return state ? std::move(*state) : nullptr;
  }
  ErrorKind error(Access access = Access::write) {
    const auto state = State::open(url(), access);
    EXPECT_FALSE(state);
    message_ = state ? "" : state.error().message;
    return state ? ErrorKind::internal : state.error().kind;
  }
  static mode_t mode(const std::string& file) {
    struct stat info {};
    return ::stat(file.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
  }
  // Every file of the directory with its bytes and times; of the index that connections share only that it is there.
  std::map<std::string, std::string> picture() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename();
      if (name.ends_with("-shm")) {
        files[name] = "";
        continue;
      }
      struct stat info {};
      ::stat(entry.path().c_str(), &info);
      std::ifstream in(entry.path(), std::ios::binary);
      files[name] = std::string(std::istreambuf_iterator<char>(in), {}) + std::to_string(info.st_mtim.tv_sec) + "." +
                    std::to_string(info.st_mtim.tv_nsec);
    }
    return files;
  }

  Folder folder_;
  std::string message_;
};

TEST_F(StateFile, AndItsCompanionsAreTheOwnersAlone) {
  auto state = open();
  ASSERT_TRUE(state->put_run({.id = "r"}));
  for (const char* suffix : {"", "-wal", "-shm"}) EXPECT_EQ(mode(path() + suffix), 0600u) << suffix;
}

TEST_F(StateFile, ThatOthersCouldReadIsTakenBack) {
  open().reset();
  ASSERT_EQ(::chmod(path().c_str(), 0644), 0);
  open();
  EXPECT_EQ(mode(path()), 0600u);
}

TEST_F(StateFile, InADirectoryThatOthersMayWriteToIsRefused) {
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0770), 0);
  EXPECT_EQ(error(), ErrorKind::refused);
  EXPECT_THAT(message_, HasSubstr("chmod go-w"));
  ASSERT_EQ(::chmod(folder_.path().c_str(), 01777), 0);
  open();
}

TEST_F(StateFile, InAMissingDirectorySaysToCreateIt) {
  const auto state = State::open("sqlite:" + folder_.path() + "/none/state.db", Access::write);
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().message, HasSubstr("create it"));
}

TEST_F(StateFile, UrlsOfOtherKindsAreRefused) {
  for (const char* url : {"", "state.db", "sqlite:", "sqlite:state.db", "sqlite:/tmp/", "mysql://x"})
    EXPECT_EQ(State::open(url, Access::write).error().kind, ErrorKind::invalid) << url;
}

TEST_F(StateFile, WithAStrangeNameIsAFileOfThatName) {
  const std::string strange = folder_.path() + "/a b%20?c=\"d#é.db";
  ASSERT_TRUE(State::open("sqlite:" + strange, Access::write));
  EXPECT_TRUE(fs::exists(strange));
  EXPECT_TRUE(State::open("sqlite:" + strange, Access::read));
}

TEST_F(StateFile, ThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  const std::string text = "This is a letter, not a database. " + std::string(2000, 'x');
  std::ofstream(path()) << text;
  for (const Access access : {Access::write, Access::read, Access::scratch})
    EXPECT_EQ(error(access), ErrorKind::corrupt);
  EXPECT_THAT(message_, HasSubstr(path()));
  std::ifstream in(path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), text);
}

TEST_F(StateFile, ThatIsMissingIsNotFoundByReadersAndEmptyForScratch) {
  EXPECT_EQ(error(Access::read), ErrorKind::not_found);
  auto scratch = open(Access::scratch);
  EXPECT_EQ(scratch->id(), "");
  EXPECT_EQ(scratch->count_identities().value(), 0);
  ASSERT_TRUE(scratch->put_run({.id = "r"}));
  EXPECT_TRUE(picture().empty());
}

TEST_F(StateFile, InMemoryServesTests) {
  auto state = State::open("sqlite::memory:", Access::write).value();
  EXPECT_TRUE(state->put_run({.id = "r"}));
  EXPECT_TRUE(state->run("r").value());
}

TEST_F(StateFile, IsLeftByReadersAsItWasWhileNobodyElseHasItOpen) {
  auto state = open();
  ASSERT_TRUE(state->put_run({.id = "r"}));
  state.reset();
  const auto before = picture();
  for (const Access access : {Access::read, Access::scratch}) {
    auto reader = open(access);
    EXPECT_TRUE(reader->run("r").value());
    EXPECT_EQ(reader->known("corp").value().people.size(), 0u);
    reader.reset();
    EXPECT_EQ(picture(), before);
  }
}

TEST_F(StateFile, IsLeftByReadersAsItWasBesideAWriter) {
  auto state = open();
  ASSERT_TRUE(state->put_run({.id = "r"}));
  const auto before = picture();
  for (const Access access : {Access::read, Access::scratch}) EXPECT_TRUE(open(access)->run("r").value());
  EXPECT_EQ(picture(), before);
}

TEST_F(StateFile, IsCopiedWholeWhileAnotherProcessWritesAndLeavesNoTrace) {
  Folder temporary;
  ASSERT_EQ(::setenv("TMPDIR", temporary.path().c_str(), 1), 0);
  open().reset();
  const pid_t child = ::fork();
  if (child == 0) {
    auto state = State::open(url(), Access::write);
    // Two rows that always come together, and enough of them that the log goes into the file again and again.
    for (int i = 0;; ++i) {
      const std::string id = std::to_string(i);
      const auto both = [&]() -> Result<void> {
        (void)(*state)->put_run({.id = "a" + id, .started = at(i), .detail = std::string(30'000, 'x')});
        return (*state)->put_run({.id = "b" + id, .started = at(i), .detail = std::string(30'000, 'y')});
      };
      (void)(*state)->transaction(both);
    }
  }
  std::size_t most = 0;
  for (int i = 0; i < 20 || (most < 20 && i < 2000); ++i) {
    auto scratch = open(Access::scratch);
    const auto runs = scratch->runs({}, 1'000'000).value();
    EXPECT_EQ(runs.size() % 2, 0u);
    most = std::max(most, runs.size());
    EXPECT_TRUE(fs::is_empty(temporary.path()));
    EXPECT_TRUE(scratch->put_run({.id = "mine"}));
  }
  EXPECT_GE(most, 20u);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::unsetenv("TMPDIR");
  EXPECT_FALSE(open()->run("mine").value());
}

TEST_F(StateFile, PutInPlaceAloneIsReadWithoutCompanions) {
  auto state = open();
  ASSERT_TRUE(state->put_run({.id = "r"}));
  state.reset();
  fs::remove(path() + "-wal"), fs::remove(path() + "-shm");
  const auto before = picture();
  for (const Access access : {Access::read, Access::scratch}) EXPECT_TRUE(open(access)->run("r").value());
  EXPECT_EQ(picture(), before);
}

TEST_F(StateFile, IsWholeAfterItsWriterWasKilledInATransaction) {
  {
    auto state = open();
    ASSERT_TRUE(state->put_run({.id = "before"}));
  }
  const pid_t child = ::fork();
  if (child == 0) {
    auto state = State::open(url(), Access::write);
    if (!state || !(*state)->put_run({.id = "committed"})) ::_exit(1);
    (void)(*state)->transaction([&]() -> Result<void> {
      for (int i = 0; i < 5000; ++i)
        (void)(*state)->put_run({.id = "lost" + std::to_string(i), .detail = std::string(500, 'x')});
      ::kill(::getpid(), SIGKILL);
      return {};
    });
    ::_exit(2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  auto reader = open(Access::read);
  EXPECT_TRUE(reader->run("before").value());
  EXPECT_TRUE(reader->run("committed").value());
  EXPECT_EQ(reader->runs({}, 10).value().size(), 2u);
  auto state = open();
  EXPECT_EQ(state->runs({}, 10).value().size(), 2u);
  EXPECT_TRUE(state->put_run({.id = "after"}));
}

TEST_F(StateFile, OfManyProcessesOneTakesTheLeaseAndOneMakesTheSchema) {
  std::vector<pid_t> children;
  for (int i = 0; i < 16; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto state = State::open(url(), Access::write);
      if (!state) {
        std::fprintf(stderr, "%s\n", state.error().message.c_str());
        ::_exit(9);
      }
      const std::string me = "process " + std::to_string(i);
      const auto lease = (*state)->take_lease("run", me, at(1), at(1000));
      ::_exit(!lease ? 8 : lease->holder == me ? 1 : 0);
    }
    children.push_back(child);
  }
  int holders = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_LE(WEXITSTATUS(status), 1);
    holders += WEXITSTATUS(status);
  }
  EXPECT_EQ(holders, 1);
}

TEST_F(StateFile, ReadersSeeWhatWasCommittedWhileTheyAreOpen) {
  auto state = open();
  auto reader = open(Access::read);
  EXPECT_FALSE(reader->run("r").value());
  ASSERT_TRUE(state->put_run({.id = "r"}));
  EXPECT_TRUE(reader->run("r").value());
}

}  // namespace
}  // namespace rollcall::store
