#include "store/write_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <thread>
#include <vector>

#include "unit/store/databases.hpp"

namespace rollcall::store {
namespace {

namespace asio = boost::asio;

class Queue : public testing::Test {
 protected:
  static WriteQueue::Job put(const std::string& id) {
    return [id](State& state) { return state.put_run({.id = id}); };
  }
  static WriteQueue::Job failing(const std::string& id) {
    return [id](State& state) -> Result<void> {
      EXPECT_OK(state.put_run({.id = id}));
      return fail(ErrorKind::refused, "no");
    };
  }
  std::unique_ptr<State> open(Access access) { return State::open(Store::url_of(folder_), access).value(); }

  Folder folder_;
  std::unique_ptr<WriteQueue> queue_ = std::make_unique<WriteQueue>(open(Access::write));
};

// The store thread is kept busy until go(), so that what is submitted meanwhile waits together.
class Held {
 public:
  explicit Held(WriteQueue& queue) {
    held_ = std::async(std::launch::async, [&queue, gate = go_.get_future().share(), this] {
      return queue.write([gate, this](State&) -> Result<void> {
        begun_.set_value();
        gate.wait();
        return {};
      });
    });
    begun_.get_future().wait();
  }
  void go() {
    go_.set_value();
    EXPECT_OK(held_.get());
  }

 private:
  std::promise<void> go_, begun_;
  std::future<Result<void>> held_;
};

TEST_F(Queue, AnswersAfterTheCommitIsSeenByOthers) {
  EXPECT_OK(queue_->write(put("r")));
  EXPECT_TRUE(open(Access::read)->run("r").value());
}

using Submit = asio::awaitable<Result<void>> (WriteQueue::*)(WriteQueue::Job);

asio::awaitable<void> submit_one(WriteQueue& queue, WriteQueue::Job job, Result<void>& answer, std::thread::id& thread,
                                 Submit submit = &WriteQueue::submit) {
  Result<void> outcome = co_await (queue.*submit)(std::move(job));
  answer = std::move(outcome);
  thread = std::this_thread::get_id();
}

TEST_F(Queue, OneFailedJobOfAGroupLeavesTheOthersAndAllResumeOnTheCallersThread) {
  constexpr int jobs = 150;  // more than two groups
  asio::io_context loop(1);
  std::vector<Result<void>> answers(jobs);
  std::vector<std::thread::id> threads(jobs);
  for (int i = 0; i < jobs; ++i) {
    auto job = i == 7 ? failing("r7") : put("r" + std::to_string(i));
    asio::co_spawn(loop, submit_one(*queue_, std::move(job), answers[i], threads[i]),
                   [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  loop.run();
  auto reader = open(Access::read);
  for (int i = 0; i < jobs; ++i) {
    EXPECT_EQ(answers[i].has_value(), i != 7) << i;
    EXPECT_EQ(threads[i], std::this_thread::get_id());
    EXPECT_EQ(reader->run("r" + std::to_string(i)).value().has_value(), i != 7) << i;
  }
  EXPECT_EQ(answers[7].error().message, "no");
}

TEST_F(Queue, JobsRunInTheOrderInWhichTheyCame) {
  asio::io_context loop(1);
  std::vector<int> order;
  std::vector<Result<void>> answers(20);
  std::vector<std::thread::id> threads(20);
  for (int i = 0; i < 20; ++i) {
    auto job = [&order, i](State&) -> Result<void> {
      order.push_back(i);
      return {};
    };
    asio::co_spawn(loop, submit_one(*queue_, job, answers[i], threads[i]), asio::detached);
  }
  loop.run();
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), 20u);
}

TEST_F(Queue, AnExceptionInAJobIsAnErrorOfThatJobAlone) {
  const auto answer = queue_->write([](State&) -> Result<void> { throw std::runtime_error("bug"); });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::internal);
  EXPECT_OK(queue_->write(put("r")));
}

TEST_F(Queue, AFailedLargeJobLeavesNothing) {
  EXPECT_FALSE(queue_->write(failing("r")));
  EXPECT_FALSE(open(Access::read)->run("r").value());
}

TEST_F(Queue, AJobMayAskForATransactionOfItsOwn) {
  EXPECT_OK(queue_->write([](State& state) { return state.transaction([&] { return state.put_run({.id = "r"}); }); }));
  EXPECT_TRUE(open(Access::read)->run("r").value());
}

TEST_F(Queue, ReadsSeeWhatWasWritten) {
  EXPECT_OK(queue_->write(put("r")));
  bool found = false;
  const auto look = [&](State& state) -> Result<void> {
    found = state.run("r").value().has_value();
    return {};
  };
  EXPECT_OK(queue_->read(look));
  EXPECT_TRUE(found);
}

// A bulk request of 1,000 took half a second beside a busy daemon: its savepoints stood in the one of its group.
TEST_F(Queue, AJobOfManySavepointsStandsInNoOthersGroup) {
  Held held(*queue_);
  asio::io_context loop(1);
  std::vector<Result<void>> answers(3, fail(ErrorKind::internal, "unanswered"));
  std::vector<std::thread::id> threads(3);
  std::vector<bool> committed;
  const auto sees = [&](const std::string& id) -> WriteQueue::Job {
    return [&, id](State&) -> Result<void> {
      committed.push_back(open(Access::read)->run(id).value().has_value());
      return {};
    };
  };
  asio::co_spawn(loop, submit_one(*queue_, put("before"), answers[0], threads[0]), asio::detached);
  const auto many = [&](State& state) -> Result<void> {
    EXPECT_OK(sees("before")(state));
    EXPECT_FALSE(state.savepoint([&] { return failing("refused")(state); }));
    return state.savepoint([&] { return put("many")(state); });
  };
  asio::co_spawn(loop, submit_one(*queue_, many, answers[1], threads[1], &WriteQueue::submit_alone), asio::detached);
  asio::co_spawn(loop, submit_one(*queue_, sees("many"), answers[2], threads[2]), asio::detached);
  loop.poll();
  held.go();
  loop.run();
  for (const auto& answer : answers) EXPECT_OK(answer);
  EXPECT_EQ(committed, (std::vector<bool>{true, true}));
  EXPECT_FALSE(open(Access::read)->run("refused").value());
}

TEST_F(Queue, ItsEndFinishesWhatWaits) {
  Held held(*queue_);
  asio::io_context loop(1);
  std::vector<Result<void>> answers(3, fail(ErrorKind::internal, "unanswered"));
  std::vector<std::thread::id> threads(3);
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(loop, submit_one(*queue_, put("r" + std::to_string(i)), answers[i], threads[i]), asio::detached);
  loop.poll();
  held.go();
  queue_.reset();
  loop.run();
  for (const auto& answer : answers) EXPECT_OK(answer);
  EXPECT_EQ(open(Access::read)->runs({}, 10).value().size(), 3u);
}

}  // namespace
}  // namespace rollcall::store
