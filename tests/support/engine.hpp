// The whole engine over a scripted directory, a provider in memory and a state in a file: what `plan` and `apply` do, with a clock
// that the test turns. Thread rule: one thread.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "report/plan_json.hpp"
#include "store/write_queue.hpp"
#include "support/memory_provider.hpp"
#include "support/scripted_source.hpp"
#include "support/witness.hpp"
#include "sync/executor.hpp"
#include "sync/reconciler.hpp"

namespace rollcall::test {

class Folder {
 public:
  Folder() {
    const char* where = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    path_ = std::string(where) + "/rollcall-test-XXXXXX";
    if (!::mkdtemp(path_.data())) path_.clear();
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

// Keeps the mail; fails on cue.
class Mailbox final : public MailTransport {
 public:
  std::vector<Mail> mails;
  std::vector<Error> failures;                     // one a delivery, first to last; then all is well
  std::function<void(const std::string&)> told;
  Result<void> deliver(const Mail& mail) override {
    if (told) told("before mail");
    if (!failures.empty()) {
      Error error = failures.front();
      failures.erase(failures.begin());
      return tl::unexpected<Error>(std::move(error));
    }
    mails.push_back(mail);
    if (told) told("after mail");
    return {};
  }
  int to(const std::string& address) const {
    return static_cast<int>(std::count_if(mails.begin(), mails.end(), [&](const Mail& m) { return m.to == address; }));
  }
};

// What OneLogin v3 can: roles by a later update that names them all and cannot be read back, links for our own mail.
inline Capabilities like_onelogin() {
  Capabilities c = MemoryProvider::everything();
  c.shows_roles = false;
  c.roles_at_create = false;
  c.roles_as_whole = true;
  c.roles_with_fields = true;
  c.external_id_at_create = false;
  c.sends_invitations = false;
  c.cancels_invitations = false;
  return c;
}

struct Turn {
  Plan plan;
  sync::RunReport report;
  bool trouble = false;
  const ProviderPlan& at() const { return plan.providers.at(0); }
};

// "create ada", "assign ada Sales", "suspend bob held"; in order of the plan.
inline std::vector<std::string> lines(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& p : plan.providers)
    for (const auto& a : p.actions) {
      std::string line = std::string(to_string(a.kind)) + " " + a.user;
      for (const auto& c : a.changes)
        if (c.field == "role") line += " " + c.to.value_or(c.from.value_or(""));
      out.push_back(line + (a.held ? " held" : ""));
    }
  return out;
}
inline std::vector<std::string> conflicts(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& p : plan.providers)
    for (const auto& c : p.conflicts) out.push_back(c.kind + (c.user.empty() ? "" : " " + c.user));
  return out;
}
using Lines = std::vector<std::string>;

// How many seeds a random test tries: ROLLCALL_SEEDS=100 tries a hundred times as many.
inline unsigned last_seed(unsigned first, unsigned count) {
  const char* times = std::getenv("ROLLCALL_SEEDS");
  return first + count * static_cast<unsigned>(std::max(1, times ? std::atoi(times) : 1)) - 1;
}

class Engine {
 public:
  explicit Engine(Capabilities capabilities = like_onelogin()) : provider(std::move(capabilities)), faulty(provider) {
    const auto source_mapping = language::load_source_mapping(folder.write("source.toml", source_text), false);
    sync::SourceSeat seat;
    seat.settings.name = "corp";
    seat.settings.type = "ldap";
    seat.mapping = source_mapping.value();
    seat.config_hash = seat.mapping.fingerprint;
    auto source = std::make_unique<ScriptedSource>(seat.mapping.shape());
    corp = source.get();
    seat.source = std::move(source);
    house.sources.push_back(std::move(seat));
    house.providers.push_back(seat_of_provider());
    house.settings.fingerprint = "sha256:test";
    url = "sqlite:" + folder.path() + "/state.db";
    reopen();
  }

  // ---- the directory ----
  ScriptedSource::Entry& person(const std::string& id, Attributes attributes = {}) {
    auto& entry = corp->people[id];
    entry.dn = dn(id);
    entry.attributes = {{"id", {id}}, {"uid", {id}}, {"mail", {id + "@example.org"}}, {"gn", {id}}, {"sn", {"Doe"}}, {"title", {"Clerk"}}};
    for (auto& [name, values] : attributes) entry.attributes[name] = values;
    std::erase_if(entry.attributes, [](const auto& a) { return a.second.empty(); });
    return entry;
  }
  static std::string dn(const std::string& id) { return "uid=" + id + ",ou=people,dc=x"; }
  static std::string group_dn(const std::string& name) { return "cn=" + name + ",ou=groups,dc=x"; }
  ScriptedSource::Entry& group(const std::string& name, const std::vector<std::string>& ids) {
    auto& entry = corp->groups["g-" + name];
    entry.dn = group_dn(name);
    entry.attributes = {{"id", {"g-" + name}}, {"cn", {name}}};
    entry.members.clear();
    for (const auto& id : ids) entry.members.push_back(dn(id));
    return entry;
  }
  void people(int count) {
    for (int i = 0; i < count; ++i) person("p" + std::to_string(100 + i));
  }
  void set(const std::string& id, const std::string& attribute, const std::string& value) {
    if (value.empty())
      corp->people.at(id).attributes.erase(attribute);
    else
      corp->people.at(id).attributes[attribute] = {value};
  }

  // ---- the configuration ----
  ProviderSettings& settings() { return house.providers[0].rules.settings; }
  void role(const std::string& role, const std::string& group, const std::string& when = "") {
    core::RoleRuleProgram p;
    p.rule = {role, group, group.empty() ? "" : "corp", when, "rollcall.toml:1:1"};
    p.role = *language::Template::parse(role);
    if (!when.empty()) p.when = *language::Condition::parse(when);
    house.providers[0].rules.roles.push_back(std::move(p));
    configured();
  }
  void scope(const std::string& condition) {
    house.providers[0].rules.scope = *language::Condition::parse(condition);
    configured();
  }
  void protect(const std::string& condition) {
    house.providers[0].rules.protect.push_back(*language::Condition::parse(condition));
    configured();
  }
  void limit(const std::string& kind, std::int64_t count) { settings().limits[kind] = Limit{count, std::nullopt, std::to_string(count)}; }
  void invites() {
    settings().invite.present = true;
    settings().invite.deliver = "smtp";
    house.providers[0].rules.invite_to = *language::Template::parse("{email}");
    configured();
  }
  void configured() { house.providers[0].config_hash += "+"; }   // the configuration was changed

  // ---- what the commands do ----
  void reopen() { state = store::State::open(url, store::Access::write).value(); }
  Plan plan(const sync::Scope& scope = {}) {
    auto scratch = store::State::open(url, store::Access::scratch).value();
    auto made = sync::reconcile(*scratch, house, io, now, scope);
    if (!made) ADD_FAILURE() << made.error().message;
    return made ? std::move(made->plan) : Plan{};
  }
  Turn apply(const sync::Scope& scope = {}) {
    Turn turn;
    auto made = sync::reconcile(*state, house, io, now, scope);
    if (!made) {
      ADD_FAILURE() << made.error().message;
      turn.plan.providers.emplace_back();
      return turn;
    }
    store::RunRow run;
    run.id = "run" + std::to_string(++runs);
    run.started = now;
    run.mode = "apply";
    EXPECT_TRUE(state->put_run(run));
    sync::ExecutorOptions options;
    options.run = run.id;
    options.clock = [this] { return now; };
    options.mail["idp"] = &mailbox;
    options.postman.from = "IT <it@example.org>";
    options.role_ids = made->role_ids;
    options.whole = scope.user.empty();
    store::WriteQueue queue(store::State::open(url, store::Access::write).value());
    auto report = scope.undo.empty() ? sync::execute(made->plan, house, queue, io, options)
                                     : sync::carry_out_undo(*state, *made, house, queue, io, options);
    if (!report) ADD_FAILURE() << report.error().message;
    turn.plan = std::move(made->plan);
    if (report) turn.report = std::move(*report);
    turn.trouble = made->trouble;
    return turn;
  }
  Turn later(Duration time, const sync::Scope& scope = {}) {
    now += time;
    return apply(scope);
  }
  static sync::Scope undoing(const std::string& run) {
    sync::Scope scope;
    scope.undo = run;
    return scope;
  }
  // Takes a run back; the newest one unless it is named.
  Turn undo(std::string run = "") { return apply(undoing(run.empty() ? "run" + std::to_string(runs) : run)); }
  void approve_all() { decide("approved"); }
  void reject_all() { decide("waived"); }

  // ---- what came of it ----
  const Account* account(const std::string& user_name) const {
    const Account* found = nullptr;
    for (const auto& [_, a] : provider.accounts)
      if (auto it = a.fields.find("userName"); it != a.fields.end() && it->second == user_name) {
        EXPECT_FALSE(found) << "two accounts of " << user_name;
        found = &a;
      }
    return found;
  }
  std::string roles_of(const std::string& user_name) const {   // names, sorted
    std::string out;
    const Account* a = account(user_name);
    if (!a) return "no account";
    for (const auto& role : provider.role_list)
      if (a->roles->contains(role.id)) out += (out.empty() ? "" : " ") + role.name;
    return out;
  }
  std::string status_of(const std::string& user_name) const {
    const Account* a = account(user_name);
    return a ? std::string(to_string(a->status)) : "no account";
  }

  Folder folder;
  std::string url;
  MemoryProvider provider;
  FaultyProvider faulty;
  Witness* witness = nullptr;      // what the engine calls: witness -> faulty -> provider
  Mailbox mailbox;
  ScriptedSource* corp = nullptr;
  sync::House house;
  sync::Io io;
  Instant now{std::chrono::seconds{1790000000}};
  std::unique_ptr<store::State> state;
  int runs = 0;

 private:
  static constexpr const char* source_text = R"(
[person]
id = "{id}"
userName = "{uid}"
givenName = "{gn}"
familyName = "{sn}"
displayName = "{uid}"
email = "{mail | lower}"
title = "{title}"
employeeNumber = "{number}"
startDate = "{start}"
endDate = "{end}"
active = "{locked | equals('yes') | not}"
[group]
id = "{id}"
name = "{cn}"
members = "{member}"
)";
  static constexpr const char* provider_text = R"(
[account]
userName = "{userName}"
email = "{email}"
givenName = "{givenName}"
familyName = "{familyName}"
title = "{title}"
)";

  sync::ProviderSeat seat_of_provider() {
    sync::ProviderSeat seat;
    auto& s = seat.rules.settings;
    s.name = s.type = "idp";
    s.on_leave = "suspend";
    s.concurrency = 4;
    const auto mapping = language::load_provider_mapping(folder.write("provider.toml", provider_text), {}, {}, "");
    seat.rules.mapping = mapping.value();
    seat.rules.scope = *language::Condition::parse("active eq true");
    auto seen = std::make_unique<Witness>(faulty);
    witness = seen.get();
    seat.provider = std::move(seen);
    seat.capabilities = provider.capabilities();
    seat.config_hash = "c";
    return seat;
  }
  void decide(const std::string& decision) {
    const auto rows = state->holds().value();
    for (auto row : rows) {
      if (row.state != "held") continue;
      if (row.kind == "read" && !row.source.empty()) {
        auto source = *state->source(row.source).value();
        source.accepted = row.id;
        EXPECT_TRUE(state->put_source(source));
      }
      row.state = decision;
      row.until = now + std::chrono::hours{24 * 30};
      EXPECT_TRUE(state->put_hold(row));
    }
  }
};

// Three people with accounts; two of them are in the group, and have the role, of sales.
inline std::unique_ptr<Engine> sales_of_three() {
  auto e = std::make_unique<Engine>();
  e->people(3);
  e->provider.add_role("Sales");
  e->provider.add_role("Staff");
  e->role("Sales", "sales");
  e->group("sales", {"p100", "p101"});
  e->apply();
  EXPECT_EQ(e->roles_of("p100") + e->roles_of("p101") + e->roles_of("p102"), "SalesSales");
  return e;
}

}  // namespace rollcall::test
