// The whole engine over a scripted directory, a provider in memory and a state in a file: what `plan` and `apply` do, with a clock
// that the test turns. Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "report/plan_json.hpp"
#include "support/memory_provider.hpp"
#include "support/scripted_source.hpp"
#include "support/witness.hpp"
#include "sync/executor.hpp"
#include "sync/reconciler.hpp"

namespace rollcall::test {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

// Keeps the mail; fails on cue.
class Mailbox final : public MailTransport {
 public:
  std::vector<Mail> mails;
  std::vector<Error> failures;                     // one a delivery, first to last; then all is well
  std::function<void(const std::string&)> told;
  Result<void> deliver(const Mail& mail) override;
  int to(const std::string& address) const;
};

// What OneLogin v3 can: roles by a later update that names them all and cannot be read back, links for our own mail.
Capabilities like_onelogin();

struct Turn {
  Plan plan;
  sync::RunReport report;
  bool trouble = false;
  const ProviderPlan& at() const { return plan.providers.at(0); }
};

// "create ada", "assign ada Sales", "suspend bob held"; in order of the plan.
std::vector<std::string> lines(const Plan& plan);
std::vector<std::string> conflicts(const Plan& plan);
using Lines = std::vector<std::string>;

// How many seeds a random test tries: ROLLCALL_SEEDS=100 tries a hundred times as many.
unsigned last_seed(unsigned first, unsigned count);

class Engine {
 public:
  explicit Engine(Capabilities capabilities = like_onelogin());

  // ---- the directory ----
  ScriptedSource::Entry& person(const std::string& id, Attributes attributes = {});
  static std::string dn(const std::string& id) { return "uid=" + id + ",ou=people,dc=x"; }
  static std::string group_dn(const std::string& name) { return "cn=" + name + ",ou=groups,dc=x"; }
  ScriptedSource::Entry& group(const std::string& name, const std::vector<std::string>& ids);
  void people(int count);
  void set(const std::string& id, const std::string& attribute, const std::string& value);

  // ---- the configuration ----
  ProviderSettings& settings() { return house.providers[0].rules.settings; }
  void role(const std::string& role, const std::string& group, const std::string& when = "");
  void scope(const std::string& condition);
  void protect(const std::string& condition);
  void limit(const std::string& kind, std::int64_t count) { settings().limits[kind] = Limit{count, std::nullopt, std::to_string(count)}; }
  void invites();
  void configured() { house.providers[0].config_hash += "+"; }   // the configuration was changed

  // ---- what the commands do ----
  void reopen();
  Plan plan(const sync::Scope& scope = {});
  Turn apply(const sync::Scope& scope = {});
  Turn later(Duration time, const sync::Scope& scope = {});
  static sync::Scope undoing(const std::string& run);
  // Takes a run back; the newest one unless it is named.
  Turn undo(std::string run = "") { return apply(undoing(run.empty() ? "run" + std::to_string(runs) : run)); }
  void approve_all() { decide("approved"); }
  void reject_all() { decide("waived"); }

  // ---- what came of it ----
  const Account* account(const std::string& user_name) const;
  std::string roles_of(const std::string& user_name) const;   // names, sorted
  std::string status_of(const std::string& user_name) const;

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
  sync::ProviderSeat seat_of_provider();
  void decide(const std::string& decision);
};

// Three people with accounts; two of them are in the group, and have the role, of sales.
std::unique_ptr<Engine> sales_of_three();

}  // namespace rollcall::test
