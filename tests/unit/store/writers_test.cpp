#include "store/writers.hpp"

#include <sys/stat.h>

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

TEST_F(Turns, ReadingTakesNone) {
  auto writing = open(), reading = open(Access::read), other = open();
  EXPECT_OK(writing->transaction([&]() -> Result<void> {
    EXPECT_OK(reading->runs({}, 1).map([](const auto&) {}));
    EXPECT_OK(other->runs({}, 1).map([](const auto&) {}));
    return {};
  }));
}

// The log is moved into the file while the writers go on, by nobody's commit.
TEST_F(Turns, TheLogIsMovedAndBeginsAnew) {
  auto state = open();
  const auto size = [&] {
    struct stat info {};
    return ::stat(file().c_str(), &info) == 0 ? info.st_size : 0;
  };
  const auto before = size();
  const std::string page(4096, 'x');
  constexpr int rows = Writers::log_pages + 100;
  for (int part = 0; part < 2; ++part)
    EXPECT_OK(state->transaction([&]() -> Result<void> {
      for (int i = 0; i < rows; ++i) ROLLCALL_CHECK(state->put_run({.id = std::to_string(part) + "-" + std::to_string(i), .detail = page}));
      return {};
    }));
  wait_until([&] { return size() - before > 2LL * rows * 4096; });
}

}  // namespace
}  // namespace rollcall::store
