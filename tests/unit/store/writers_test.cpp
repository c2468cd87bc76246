#include "store/writers.hpp"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "unit/store/databases.hpp"

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;

void wait_until(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!done()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    std::this_thread::yield();
  }
}

class Turns : public testing::Test {
 protected:
  std::unique_ptr<State> open(Access access = Access::write) { return State::open(Store::url_of(folder_), access).value(); }
  std::string file() const { return folder_.path() + "/state.db"; }
  void note(const std::string& who) {
    const std::lock_guard lock(mutex_);
    order_.push_back(who);
  }

  Folder folder_;
  std::mutex mutex_;
  std::vector<std::string> order_;
};

TEST_F(Turns, OneObjectAFile) {
  open();
  const auto one = Writers::of(file());
  EXPECT_EQ(one, Writers::of(folder_.path() + "/./state.db"));
  const Folder other;
  EXPECT_NE(one, Writers::of(other.path()));
}

TEST_F(Turns, WhoWaitedInVainLeavesTheLine) {
  Writers writers(file());
  ASSERT_TRUE(writers.take(0ms));
  EXPECT_FALSE(writers.take(1ms));
  EXPECT_EQ(writers.waiting(), 0U);
  writers.give();
  EXPECT_TRUE(writers.take(0ms));
  writers.give();
}

// SQLite alone would let the one that wrote last write again and again while the others sleep.
TEST_F(Turns, ConnectionsWriteInTheOrderInWhichTheyAsked) {
  auto greedy = open(), second = open(), third = open();
  const auto writers = Writers::of(file());
  const auto write = [&](State& state, const std::string& id) {
    return state.transaction([&] {
      note(id);
      return state.put_run({.id = id});
    });
  };
  std::vector<std::jthread> threads;
  EXPECT_OK(greedy->transaction([&]() -> Result<void> {
    note("first");
    threads.emplace_back([&] { EXPECT_OK(write(*second, "second")); });
    wait_until([&] { return writers->waiting() == 1; });
    threads.emplace_back([&] { EXPECT_OK(third->put_run({.id = "third"})); });      // a statement by itself stands in the line as well
    wait_until([&] { return writers->waiting() == 2; });
    return {};
  }));
  EXPECT_OK(write(*greedy, "last"));
  EXPECT_TRUE(open(Access::read)->run("third").value()) << "it was written before";
  threads.clear();
  EXPECT_EQ(order_, (std::vector<std::string>{"first", "second", "last"}));
  EXPECT_TRUE(writers->take(0ms)) << "a turn was not given back";
  writers->give();
}

TEST_F(Turns, AFailedTransactionGivesItsTurnBack) {
  auto state = open();
  EXPECT_FALSE(state->transaction([]() -> Result<void> { return fail(ErrorKind::refused, "no"); }));
  EXPECT_THROW((void)state->transaction([]() -> Result<void> { throw std::runtime_error("no"); }), std::runtime_error);
  const auto writers = Writers::of(file());
  EXPECT_TRUE(writers->take(0ms));
  writers->give();
}

TEST_F(Turns, AStatementThatIsLeftHalfReadGivesItsTurnBack) {
  open();
  const auto connection = Connection::open(Backend::sqlite, file(), true).value();
  connection->write_in_turn(file());
  const auto writers = Writers::of(file());
  {
    Cursor half = connection->prepare("insert into dirty (record) values (7) returning record", "", "n").value();
    EXPECT_TRUE(half.next().value());
    EXPECT_FALSE(writers->take(0ms));
  }
  EXPECT_TRUE(writers->take(0ms));
  writers->give();
}

// Who waited for a turn would go on without it after a while: that nobody waits is what tells.
TEST_F(Turns, ReadingTakesNone) {
  auto other = open(), reading = open(Access::read);
  const auto writers = Writers::of(file());
  ASSERT_TRUE(writers->take(0ms));
  std::atomic<bool> done = false;
  std::jthread reads([&] {
    EXPECT_OK(reading->runs({}, 1).map([](const auto&) {}));
    EXPECT_OK(other->runs({}, 1).map([](const auto&) {}));
    done = true;
  });
  bool waited = false;
  wait_until([&] { return (waited = writers->waiting() > 0) || done; });
  EXPECT_FALSE(waited);
  writers->give();
}

// The log is moved into the file while the writers go on, by nobody's commit.
TEST_F(Turns, TheLogIsMovedAndBeginsAnew) {
  auto state = open();
  const auto size = [&](const char* suffix) {
    struct stat info {};
    return ::stat((file() + suffix).c_str(), &info) == 0 ? info.st_size : 0;
  };
  const auto before = size("");
  const std::string page(4096, 'x');
  constexpr int rows = Writers::log_pages + 100;
  for (int part = 0; part < 2; ++part)
    EXPECT_OK(state->transaction([&]() -> Result<void> {
      for (int i = 0; i < rows; ++i) ROLLCALL_CHECK(state->put_run({.id = std::to_string(part) + "-" + std::to_string(i), .detail = page}));
      return {};
    }));
  wait_until([&] { return size("") - before > 2LL * rows * 4096; });
  // What comes then stands at the log's beginning: it does not grow.
  wait_until([&] {
    const auto log = size("-wal");
    EXPECT_OK(state->put_run({.id = "one more"}));
    return size("-wal") == log;
  });
}

}  // namespace
}  // namespace rollcall::store
