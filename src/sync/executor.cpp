#include "sync/executor.hpp"

#include <algorithm>
#include <deque>

#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/order.hpp"
#include "sync/bodies.hpp"
#include "sync/planner.hpp"
#include "sync/steps.hpp"
#include "sync/throttle.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;
namespace {

// One person at one provider: the actions in order, and how those ended that others wait for.
struct Person {
  std::vector<Job> jobs;
  int lane = 0;                        // leavers before joiners before changes (design.md section 2)
};

struct Crew {                          // the people of one provider and who works on them
  const ProviderPlan& plan;
  Counter counter;
  std::deque<Person> todo;
  std::set<std::string> failed;        // action ids that did not succeed
};

struct Execution {
  const ExecutorOptions& options;
  store::WriteQueue& queue;
  RunReport report;

  bool stopping() const { return options.stop && options.stop->load(); }
};

int lane_of(const Action& a) {
  switch (a.phase) {
    case Phase::contain: return a.stated ? 0 : 1;
    case Phase::admit: return 2;
    case Phase::invite: return 4;          // of a joiner it goes with the account; alone it is a reminder
    case Phase::retire: return 5;
    default: return 3;
  }
}

bool is_role(const Action& a) { return a.kind == ActionKind::assign || a.kind == ActionKind::revoke; }

store::ActionRow row_of(const Action& a, const std::string& provider, const std::string& run) {
  store::ActionRow row;
  row.run = run;
  row.plan_action = a.id;
  row.provider = provider;
  row.person = a.user;
  row.account = a.account.value_or("");
  row.kind = a.recreate ? "recreate" : std::string(to_string(a.kind));
  row.changes = write_changes(a.changes);
  row.reason = a.reason;
  row.precondition = a.precondition;
  row.stated = a.stated;
  row.name = a.name;
  return row;
}

// ---- before: rows for what is to be done, holds for what is held ----

// Holds of an undo are its own: another plan neither carries them out nor ends them, but for their time.
bool of_undo(const store::HoldRow& row) { return row.by.starts_with("undo "); }

Result<void> write_holds(store::State& state, const ProviderPlan& plan, Instant now, bool whole, const std::string& undo) {
  const std::string by = undo.empty() ? "" : "undo " + undo;
  ROLLCALL_TRY(const auto known, state.holds(plan.name));
  std::map<std::string, store::HoldRow> old;
  for (const auto& row : known) old[row.id] = row;
  std::set<std::string> planned, held;
  for (const auto& a : plan.actions) {
    const std::string id = core::hold_id(plan.name, a);
    planned.insert(id);
    if (!a.held || a.held->id != id) continue;        // who only waits for another's hold has none of their own
    store::HoldRow row = old.contains(id) ? old[id] : store::HoldRow{};
    if (row.id.empty()) row.since = now;
    row.id = id;
    row.provider = plan.name;
    row.person = a.user;
    row.kind = to_string(a.kind);
    row.name = a.name;
    row.role = core::role_of(a);
    row.reason = a.held->reason;
    row.content = core::approval_of(a) + "|" + a.precondition;
    row.state = "held";
    row.by = by;
    if (!undo.empty()) row.until = now + std::chrono::hours{24 * 30};
    held.insert(id);
    ROLLCALL_CHECK(state.put_hold(row));
  }
  if (!whole) return {};
  // What is no longer planned holds nothing; a waiver stays until its time is over or what it covered is planned anew.
  for (const auto& [id, row] : old) {
    const bool ours = row.by == by || (undo.empty() && !of_undo(row));
    const bool over = row.state == "waived" ? now >= row.until || planned.contains(id)
                      : ours                ? !planned.contains(id)
                                            : of_undo(row) && now >= row.until;
    if (row.kind != "read" && over && !held.contains(id)) ROLLCALL_CHECK(state.erase_hold(id));
  }
  return {};
}

Result<void> write_rows(Crew& crew, store::State& state, const ExecutorOptions& options) {
  std::map<std::string, Person> people;
  std::set<std::string> approved;
  ROLLCALL_TRY(const auto holds, state.holds(crew.plan.name));
  for (const auto& h : holds)
    if (h.state == "approved") approved.insert(h.id);
  for (const auto& a : crew.plan.actions) {
    if (a.held) continue;
    store::ActionRow row = row_of(a, crew.plan.name, options.run);
    row.approved = a.by_hand || approved.contains(core::hold_id(crew.plan.name, a));
    ROLLCALL_TRY(const auto id, state.put_action(row));
    auto& person = people[a.user];
    if (person.jobs.empty()) person.lane = lane_of(a);
    person.lane = std::min(person.lane, lane_of(a));
    person.jobs.push_back({&a, id, row.approved});
  }
  for (auto& [_, person] : people) crew.todo.push_back(std::move(person));
  std::stable_sort(crew.todo.begin(), crew.todo.end(), [](const auto& a, const auto& b) { return a.lane < b.lane; });
  return {};
}

// ---- during ----

// Counts an outcome, and remembers what did not succeed for those who wait for it.
void note(Execution& run, Crew& crew, const Job& job, const std::string& account, OutcomeKind kind, const std::string& detail) {
  Outcome out{crew.plan.name, job.action->kind, job.action->user, job.action->name, account, kind, detail};
  if (kind == OutcomeKind::done) {
    ++run.report.done[std::string(to_string(out.kind))];
    ++run.report.carried_out;
  } else if (kind == OutcomeKind::waiting) {
    ++run.report.waiting;
  } else {
    crew.failed.insert(job.action->id);
    (kind == OutcomeKind::failed ? run.report.failed : kind == OutcomeKind::skipped ? run.report.skipped : run.report.in_doubt)++;
    run.report.troubles.push_back(out);
  }
  if (run.options.on_outcome) run.options.on_outcome(out);
}

// Whether somebody pulled the emergency brake since the plan was made: then nothing goes on but what contains.
Result<bool> contained_now(store::State& state, const Crew& crew, const std::string& user) {
  ROLLCALL_TRY(const auto decisions, state.decisions(user));
  return std::any_of(decisions.begin(), decisions.end(), [&](const auto& d) {
    return d.kind == "suspend" && (d.scope.empty() || d.scope == crew.plan.name);
  });
}

// How the jobs of one step ended, in one commit. Answers whether the person is contained now.
asio::awaitable<bool> conclude(Execution& run, Crew& crew, std::vector<Job> jobs, std::string account, OutcomeKind kind, std::string detail) {
  bool contained = true;
  store::WriteQueue::Job write = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(contained, contained_now(state, crew, jobs.front().action->user));
    for (const Job& job : jobs) {
      store::ActionRow row = row_of(*job.action, crew.plan.name, run.options.run);
      row.id = job.row;
      if (!account.empty()) row.account = account;
      row.approved = job.approved;
      row.outcome = to_string(kind);
      row.detail = detail;
      row.finished = run.options.clock();
      ROLLCALL_CHECK(state.put_action(row));
      // An approval is used up.
      if ((kind == OutcomeKind::done || kind == OutcomeKind::waiting) && job.approved) ROLLCALL_CHECK(state.erase_hold(core::hold_id(crew.plan.name, *job.action)));
    }
    return {};
  };
  auto written = co_await run.queue.submit(std::move(write));
  if (!written) {
    kind = OutcomeKind::failed;
    detail = "the outcome could not be written to the state: " + written.error().message;
  }
  for (const Job& job : jobs) note(run, crew, job, account, kind, detail);
  co_return contained;
}

std::string waits_for(const Crew& crew, const Action& action) {
  for (const auto& id : action.after)
    if (crew.failed.contains(id)) return id;
  return {};
}

// The next jobs of a person that are one step: an action, or all role changes of a phase.
std::vector<Job> next_step(Person& person) {
  std::vector<Job> step{person.jobs.front()};
  std::size_t n = 1;
  while (is_role(*step[0].action) && n < person.jobs.size() && is_role(*person.jobs[n].action) &&
         person.jobs[n].action->phase == step[0].action->phase)
    step.push_back(person.jobs[n++]);
  person.jobs.erase(person.jobs.begin(), person.jobs.begin() + static_cast<std::ptrdiff_t>(n));
  return step;
}

asio::awaitable<Result<core::Subject>> load_subject(Execution& run, Crew& crew, std::string user) {
  core::Subject subject;
  store::WriteQueue::Job job = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(auto desired, state.desired(crew.plan.name, user));
    if (!desired) return fail(ErrorKind::conflict, "the person is no longer in the state");
    ROLLCALL_TRY(auto account, state.account_of(crew.plan.name, user));
    store::State::Pair pair{std::move(*desired), std::move(account)};
    ROLLCALL_TRY(subject, subject_of(state, crew.counter.seat, pair, run.options.clock()));
    return {};
  };
  auto read = co_await run.queue.submit(std::move(job));
  if (!read) co_return tl::unexpected<Error>(std::move(read).error());
  co_return subject;
}

asio::awaitable<void> serve(Execution& run, Crew& crew, Person person) {
  auto subject = co_await load_subject(run, crew, person.jobs.front().action->user);
  if (!subject) {
    co_await conclude(run, crew, std::move(person.jobs), "", OutcomeKind::failed, subject.error().message);
    co_return;
  }
  bool contained = subject->contained;
  Steps steps(crew.counter, std::move(*subject));
  while (!person.jobs.empty()) {
    std::vector<Job> step = next_step(person);
    std::string why;
    if (contained && step[0].action->phase != Phase::contain)
      why = "suspended by hand meanwhile";
    else if (run.stopping())
      why = "rollcall was asked to stop before it began";
    else if (!waits_for(crew, *step[0].action).empty())
      why = "an earlier step of this person did not succeed";
    if (!why.empty()) {
      contained = co_await conclude(run, crew, std::move(step), steps.account(), OutcomeKind::skipped, why);
      continue;
    }
    const bool roles_follow = std::any_of(person.jobs.begin(), person.jobs.end(), [](const Job& j) { return is_role(*j.action); });
    Result<void> answer = co_await steps.carry_out(step, roles_follow);
    OutcomeKind kind = OutcomeKind::done;
    std::string detail;
    if (!answer) {
      kind = answer.error().in_doubt ? OutcomeKind::in_doubt : OutcomeKind::failed;
      detail = answer.error().message;
    } else if (!steps.waits().empty()) {
      kind = OutcomeKind::waiting;
      detail = steps.waits();
    }
    contained = co_await conclude(run, crew, std::move(step), steps.account(), kind, std::move(detail));
  }
}

asio::awaitable<void> work(Execution& run, Crew& crew, std::size_t& workers, asio::experimental::channel<void(boost::system::error_code)>& done) {
  while (!crew.todo.empty() && !run.stopping()) {
    Person person = std::move(crew.todo.front());
    crew.todo.pop_front();
    co_await serve(run, crew, std::move(person));
  }
  run.report.stopped = run.report.stopped || !crew.todo.empty();
  if (--workers == 0) done.try_send(boost::system::error_code{});
}

// Twice as many people as calls at a time: while one's step is written down, another's call is under way. The throttle keeps the limit.
std::size_t workers_of(const Crew& crew) {
  const auto& seat = crew.counter.seat;
  const auto calls = static_cast<std::size_t>(seat.rules.settings.concurrency);
  return std::min(seat.throttle ? 2 * calls : calls, crew.todo.size());
}

asio::awaitable<void> work_all(Execution& run, std::deque<Crew>& crews) {
  const auto executor = co_await asio::this_coro::executor;
  asio::experimental::channel<void(boost::system::error_code)> done(executor, 1);
  std::size_t workers = 0;
  for (auto& crew : crews) {
    const auto count = workers_of(crew);
    workers += count;
  }
  if (workers == 0) co_return;
  for (auto& crew : crews) {
    const auto count = workers_of(crew);
    for (std::size_t i = 0; i < count; ++i) asio::co_spawn(executor, work(run, crew, workers, done), asio::detached);
  }
  co_await done.async_receive(asio::use_awaitable);
}

}  // namespace

Result<RunReport> execute(const Plan& plan, House& house, store::WriteQueue& queue, Io& io, const ExecutorOptions& options) {
  Journal journal(queue, options.clock);
  Execution run{options, queue, {}};
  std::deque<Crew> crews;
  std::deque<Postman> postmen;
  for (const auto& provider : plan.providers) {
    ProviderSeat* seat = house.provider(provider.name);
    if (!seat) continue;
    if (seat->throttle) seat->throttle->close();      // a read that failed keeps no write from being tried
    Postman* postman = nullptr;
    if (seat->rules.settings.invite.present) {
      auto mail = options.mail.find(provider.name);
      PostmanOptions own = options.postman;
      if (auto text = options.templates.find(provider.name); text != options.templates.end()) own.template_text = text->second;
      postman = &postmen.emplace_back(*seat, journal, mail == options.mail.end() ? nullptr : mail->second, std::move(own));
    }
    Counter counter{*seat, journal, postman, {}, options.run};
    if (auto ids = options.role_ids.find(provider.name); ids != options.role_ids.end()) counter.role_ids = ids->second;
    crews.push_back(Crew{provider, std::move(counter), {}, {}});
  }
  ROLLCALL_CHECK(queue.write([&](store::State& state) -> Result<void> {
    for (auto& crew : crews) {
      if (crew.counter.postman && crew.counter.postman->pace().has_wave()) {
        const auto& wave = *crew.counter.seat.rules.settings.invite.wave;
        ROLLCALL_TRY(auto sent, state.invited_since(crew.plan.name, options.clock() - wave.per));
        crew.counter.postman->pace().remember(std::move(sent));
      }
      ROLLCALL_CHECK(write_rows(crew, state, options));
      ROLLCALL_CHECK(write_holds(state, crew.plan, options.clock(), options.whole, plan.undo));
    }
    return {};
  }));
  io.run(work_all(run, crews));
  return std::move(run.report);
}

}  // namespace rollcall::sync
