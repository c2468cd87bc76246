// The full comparison of N people with 10 roles each against N accounts, as a full run makes it from what the state holds, and an
// incremental cycle in which 10 people changed. Each figure comes from a process of its own: wall time and peak memory.
//
//   bench_comparison [PEOPLE...]            default 10000 100000; 1000000 takes some minutes to build
//
// The yardstick of the same run is one pass of SQL over the two tables that are compared: what the data itself costs to read.
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); }

std::unique_ptr<Engine> engine() {
  auto e = std::make_unique<Engine>(MemoryProvider::everything());
  for (int r = 0; r < 10; ++r) {
    e->provider.add_role("Role " + std::to_string(r));
    e->role("Role " + std::to_string(r), "", "active eq true");
  }
  e->house.sources[0].config_hash = "the same in every process";
  for (const char* kind : {"create", "update", "invite"}) e->limit(kind, 10000000);
  return e;
}

// Each person gets the account that is desired, as an earlier run would have left it.
void give_accounts(Engine& e) {
  const auto& seat = e.house.providers[0];
  std::string after;
  std::int64_t id = 0;
  while (true) {
    const auto rows = e.state->identities_page(after, 1000).value();
    (void)e.state->transaction([&]() -> Result<void> {
      for (const auto& row : rows) {
        after = row.person;
        const auto desired = sync::read_desired(e.state->desired("idp", row.person).value()->body).value();
        Account account;
        account.id = std::to_string(++id);
        account.fields = desired.enforced;
        account.fields[seat.capabilities.external_id_field] = row.person;
        account.status = AccountStatus::active;
        account.native_status = "active";
        account.roles.emplace();
        for (const auto& grant : desired.roles) account.roles->insert(grant.role);
        sync::Written written;
        written.fields = account.fields;
        written.roles = account.roles;
        ROLLCALL_CHECK(sync::note_account(*e.state, seat, account, [&](store::AccountRow& a) {
          a.person = row.person;
          a.link = store::Link::made;
          a.written = sync::write_written(written);
        }));
      }
      return {};
    });
    if (rows.size() < 1000) return;
  }
}

sync::Scope from_state() {
  sync::Scope scope;
  scope.list_providers = false;
  return scope;
}

void build(int people, const std::string& path) {
  auto e = engine();
  for (int i = 0; i < people; ++i) e->person("p" + std::to_string(10000000 + i));
  e->url = "sqlite:" + path;
  e->reopen();
  (void)sync::reconcile(*e->state, e->house, e->io, e->now, {}).value();
  e->house.sources[0].source.reset();          // from here on the state is what is known
  give_accounts(*e);
  (void)sync::reconcile(*e->state, e->house, e->io, e->now, from_state()).value();
}

// Everybody whose number ends with this many zeros gets another title, as a read would have brought it.
std::int64_t change(Engine& e, int every) {
  std::set<std::int64_t> changed;
  std::int64_t after = 0, n = 0;
  while (true) {
    const auto rows = e.state->records_page("corp", RecordKind::person, after, 1000).value();
    (void)e.state->transaction([&]() -> Result<void> {
      for (auto row : rows) {
        after = row.id;
        if (++n % every) continue;
        Attributes attributes = json::read_attributes(row.body).value();
        attributes["title"] = {"Chief " + row.content.substr(0, 4)};
        row.body = json::write_attributes(attributes);
        row.content = std::string(row.content.rbegin(), row.content.rend());
        ROLLCALL_CHECK(e.state->put_record(row));
        changed.insert(row.id);
      }
      return {};
    });
    if (rows.size() < 1000) break;
  }
  auto roster = sync::Roster::open(*e.state, e.house, e.now).value();
  (void)e.state->transaction([&] { return roster.refresh_records(changed); });
  return static_cast<std::int64_t>(changed.size());
}

// In a process of its own, which the small first one starts: prints "milliseconds actions", and leaves its peak memory to the parent.
void measure(const std::string& what, const std::string& path, int people) {
  auto e = engine();
  e->url = "sqlite:" + path;
  if (what == "build") {
    const auto begin = Clock::now();
    build(people, path);
    std::printf("%f %d\n", ms_since(begin), people);
    return;
  }
  if (what == "change") {
    e->reopen();
    std::printf("0 %ld\n", static_cast<long>(change(*e, 100)));
    return;
  }
  if (what == "pass") {
    e->state = store::State::open(e->url, store::Access::read).value();
    const auto begin = Clock::now();
    std::size_t bytes = 0;
    std::string after;
    while (true) {
      const auto rows = e->state->open_pairs("idp", after, 1000, e->now, true).value();
      bytes += rows.size();
      if (rows.empty()) break;
      after = rows.back().desired.person;
    }
    std::printf("%f %zu\n", ms_since(begin), bytes);
    return;
  }
  e->reopen();
  e->house.sources[0].source.reset();
  sync::Scope scope = from_state();
  if (what == "few") {
    std::set<std::int64_t> ten;
    const auto rows = e->state->records_page("corp", RecordKind::person, people / 2, 10).value();
    for (const auto& row : rows) {
      auto changed = row;
      Attributes attributes = json::read_attributes(row.body).value();
      attributes["title"] = {"Chief"};
      changed.body = json::write_attributes(attributes);
      changed.content = std::string(row.content.rbegin(), row.content.rend());
      (void)e->state->put_record(changed).value();
      ten.insert(row.id);
    }
    const auto begin = Clock::now();
    auto roster = sync::Roster::open(*e->state, e->house, e->now).value();
    (void)e->state->transaction([&] { return roster.refresh_records(ten); });
    scope.full = false;
    const auto made = sync::reconcile(*e->state, e->house, e->io, e->now, scope).value();
    std::printf("%f %zu\n", ms_since(begin), made.plan.providers[0].actions.size());
    return;
  }
  const auto begin = Clock::now();
  const auto made = sync::reconcile(*e->state, e->house, e->io, e->now, scope).value();
  std::printf("%f %zu\n", ms_since(begin), made.plan.providers[0].actions.size());
}

struct Figure {
  double ms = 0, mib = 0;
  long actions = 0;
};

Figure in_own_process(const char* program, const std::string& what, const std::string& path, int people) {
  int ends[2];
  if (::pipe(ends) != 0) std::exit(1);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::execl(program, program, "--measure", what.c_str(), path.c_str(), std::to_string(people).c_str(), nullptr);
    std::_Exit(127);
  }
  ::close(ends[1]);
  char text[128] = {};
  FILE* said = ::fdopen(ends[0], "r");
  const bool read = std::fgets(text, sizeof text, said) != nullptr;
  std::fclose(said);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!read || status != 0) std::exit(1);
  Figure f;
  std::sscanf(text, "%lf %ld", &f.ms, &f.actions);
  f.mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return f;
}

void bench(const char* program, int people) {
  Folder folder;
  const std::string path = folder.path() + "/state.db";
  const Figure built = in_own_process(program, "build", path, people);
  std::printf("%d people, %d accounts, 10 roles each; built in %.0f s, the state is %.0f MiB\n", people, people, built.ms / 1000,
              static_cast<double>(std::filesystem::file_size(path)) / 1048576);
  const auto say = [&](const char* name, const char* what) {
    const Figure f = in_own_process(program, what, path, people);
    std::printf("  %-44s %9.1f ms   peak %7.1f MiB   %ld actions\n", name, f.ms, f.mib, f.actions);
    std::fflush(stdout);
    return f;
  };
  const Figure pass = say("yardstick: one pass over the join", "pass");
  const Figure full = say("full comparison, nothing changed", "full");
  std::printf("  %-44s %9.2f\n", "ratio to the yardstick", full.ms / pass.ms);
  say("incremental, 10 people changed", "few");
  say("the same full comparison afterwards", "full");
  in_own_process(program, "change", path, people);
  say("full comparison, 1 % changed", "full");
}

}  // namespace
}  // namespace rollcall::test

int main(int argc, char** argv) {
  using namespace rollcall::test;
  if (argc == 5 && std::strcmp(argv[1], "--measure") == 0) {
    measure(argv[2], argv[3], std::atoi(argv[4]));
    return 0;
  }
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
  if (sizes.empty()) sizes = {10000, 100000};
  for (const int people : sizes) bench("/proc/self/exe", people);
}
