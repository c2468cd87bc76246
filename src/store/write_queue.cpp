#include "store/write_queue.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace rollcall::store {
namespace {

constexpr std::size_t largest_group = 64;

enum class Way { grouped, alone, read };

struct Waiting {
  Way way;
  WriteQueue::Job job;
  std::function<void(Result<void>)> answer;
  Result<void> outcome;
};

}  // namespace

struct WriteQueue::Body {
  std::unique_ptr<State> state;
  std::mutex mutex;
  std::condition_variable more;
  std::deque<Waiting> waiting;
  bool ending = false;
  std::thread thread;

  void push(Way way, Job job, std::function<void(Result<void>)> answer) {
    {
      const std::lock_guard lock(mutex);
      waiting.push_back({way, std::move(job), std::move(answer), {}});
    }
    more.notify_one();
  }

  // Blocks until there is work. A group: what waits at the front and may share a commit.
  std::vector<Waiting> take() {
    std::unique_lock lock(mutex);
    more.wait(lock, [&] { return ending || !waiting.empty(); });
    std::vector<Waiting> group;
    const auto take_one = [&] {
      group.push_back(std::move(waiting.front()));
      waiting.pop_front();
    };
    if (waiting.empty()) return group;
    take_one();
    if (group.front().way != Way::grouped) return group;
    // Nothing waits for company: what came while the last group was being committed is the next group.
    while (group.size() < largest_group && !waiting.empty() && waiting.front().way == Way::grouped) take_one();
    return group;
  }

  // An exception is a bug of the job's; it must not take the store thread and everybody's writes with it.
  Result<void> guarded(const std::function<Result<void>()>& f) {
    try {
      return f();
    } catch (const std::exception& error) {
      return fail(ErrorKind::internal, std::string("a job of the store failed: ") + error.what(), "state");
    }
  }

  void commit(std::vector<Waiting>& group) {
    const auto all = [&]() -> Result<void> {
      for (Waiting& one : group) {
        const auto run = [&] { return state->savepoint([&] { return one.job(*state); }); };
        one.outcome = guarded(run);
      }
      return {};
    };
    const Result<void> committed = guarded([&] { return state->transaction(all); });
    if (committed) return;
    for (Waiting& one : group)
      if (one.outcome) one.outcome = committed;  // what failed by itself keeps its own reason
  }

  void run() {
    for (;;) {
      std::vector<Waiting> group = take();
      if (group.empty()) return;
      Waiting& first = group.front();
      if (first.way == Way::grouped) commit(group);
      if (first.way == Way::alone)
        first.outcome = guarded([&] { return state->transaction([&] { return first.job(*state); }); });
      if (first.way == Way::read) first.outcome = guarded([&] { return first.job(*state); });
      for (Waiting& one : group) {
        one.job = nullptr;  // what it holds ends on this thread, before its owner goes on
        one.answer(std::move(one.outcome));
      }
    }
  }

  boost::asio::awaitable<Result<void>> answered(Way way, Job job);

  Result<void> wait_for(Way way, Job job) {
    std::promise<Result<void>> promise;
    push(way, std::move(job), [&promise](Result<void> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
};

WriteQueue::WriteQueue(std::unique_ptr<State> state) : body_(std::make_unique<Body>()) {
  body_->state = std::move(state);
  body_->thread = std::thread([body = body_.get()] { body->run(); });
}

WriteQueue::~WriteQueue() {
  {
    const std::lock_guard lock(body_->mutex);
    body_->ending = true;
  }
  body_->more.notify_one();
  body_->thread.join();
}

boost::asio::awaitable<Result<void>> WriteQueue::Body::answered(Way way, Job job) {
  namespace asio = boost::asio;
  const auto start = [this, way, job = std::move(job)](auto handler) mutable {
    auto executor = asio::get_associated_executor(handler);
    // The guard keeps the caller's loop alive while the store thread works. Shared, for std::function wants what it
    // holds copyable.
    auto guard = asio::make_work_guard(executor);
    struct Resume {
      decltype(handler) then;
      decltype(guard) alive;
    };
    auto resume = std::make_shared<Resume>(Resume{std::move(handler), std::move(guard)});
    push(way, std::move(job), [resume, executor](Result<void> outcome) mutable {
      asio::post(executor, [resume, outcome = std::move(outcome)]() mutable {
        // Moved out: the store thread may still hold `resume`, and the coroutine ends on its own thread.
        auto alive = std::move(resume->alive);
        auto then = std::move(resume->then);
        std::move(then)(std::move(outcome));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<void>)>(std::move(start),
                                                                                             asio::use_awaitable);
}

boost::asio::awaitable<Result<void>> WriteQueue::submit(Job job) { return body_->answered(Way::grouped, std::move(job)); }

boost::asio::awaitable<Result<void>> WriteQueue::submit_alone(Job job) { return body_->answered(Way::alone, std::move(job)); }

Result<void> WriteQueue::write(Job job) { return body_->wait_for(Way::alone, std::move(job)); }

Result<void> WriteQueue::read(Job job) { return body_->wait_for(Way::read, std::move(job)); }

}  // namespace rollcall::store
