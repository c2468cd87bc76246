// What is done for one action: the provider's verb between intent and outcome, and what the state learns from it. One object a
// person and provider in a run; actions come in phase order. Thread rule: the I/O thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "core/subject.hpp"
#include "rollcall/mail.hpp"
#include "sync/house.hpp"
#include "sync/journal.hpp"
#include "sync/outcome.hpp"

namespace rollcall::sync {

class Postman;   // sync/postman.hpp

// What all people of one provider share in a run.
struct Counter {
  const ProviderSeat& seat;
  Journal& journal;
  Postman* postman;                              // null without [invite]
  std::map<std::string, std::string> role_ids;   // role name -> id
  std::string run;
};

// An action of the plan with its row in the state.
struct Job {
  const Action* action = nullptr;
  std::int64_t row = 0;
  bool approved = false;         // its hold was approved
};

class Steps {
 public:
  Steps(Counter& counter, core::Subject subject) : counter_(counter), subject_(std::move(subject)) {}

  // One outcome a job. Jobs of one call are carried out together: roles of one person in one phase.
  boost::asio::awaitable<Result<void>> carry_out(std::vector<Job> jobs, bool roles_follow);
  std::string account() const { return id(); }   // "" before there is one
  const std::string& waits() const { return waits_; }   // why the last job waits for its turn, "" when it does not

 private:
  using Done = boost::asio::awaitable<Result<void>>;
  struct Password {              // that a client pushed, opened just before it is sent; its row goes with the outcome
    store::SealedRow row;
    Secret text;
  };
  Done create(Job job, bool roles_follow);
  Done created(store::JournalRow entry, const Account& account, const Fields& sent, const std::optional<Password>& password);
  Done write_external_id(Job job);
  Done adopt(Job job);
  Done update(Job job);
  Done write_fields(Job job, Fields fields);
  Done deliver_password(Job job);
  Done roles(std::vector<Job> jobs);
  Done suspend(Job job);
  Done reactivate(Job job);
  Done remove(Job job);
  Done cancel(Job job);
  Done recall(std::string vendor_id, std::string address, std::optional<Account>& came);
  Done unlink(Job job);
  Done invite(Job job);

  // One verb between intent and outcome; `learn` is committed with a success. `about`: what is in doubt until the answer is there.
  Done step(Job job, std::string name, std::set<std::string> about, std::function<boost::asio::awaitable<Result<void>>()> verb,
            std::function<Result<void>(store::State&)> learn);
  Result<void> note_doubt(store::State& state, const std::set<std::string>& about, bool doubtful) const;
  Result<void> learn(store::State& state, const std::function<void(store::AccountRow&, Account&)>& change) const;
  std::string id() const { return account_id_.empty() && subject_.linked ? subject_.linked->account.id : account_id_; }
  Result<void> leave_uninvited(store::State& state) const;
  Fields missing_external_id() const;
  std::optional<std::string> role_id(const std::string& name) const;
  Fields wanted_fields(const Action& action) const;
  bool is_pushed(const std::string& field) const {     // by a client; else the mapping makes it
    return !field.empty() && field == counter_.seat.password_field && subject_.desired.enforced.contains(field);
  }
  boost::asio::awaitable<Result<std::optional<Password>>> waiting_password();   // nothing: it was delivered meanwhile
  Result<void> forget(store::State& state, const std::optional<Password>& delivered) const;


  Counter& counter_;
  core::Subject subject_;
  std::string account_id_;       // once it is created or adopted in this run
  std::optional<std::set<std::string>> held_roles_;   // what the last role call of this run left
  bool external_id_written_ = false;
  std::string waits_;
  bool came_ = false;            // found to have accepted, while the invitation was cancelled
};

}  // namespace rollcall::sync
