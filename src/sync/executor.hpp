// Carries out a plan: people side by side up to each provider's concurrency, one person's actions in phase order, every step between
// intent and outcome. Held actions become holds. A provider that is down delays no other. Thread rule: execute() blocks the
// reconciling thread; the work runs on the I/O thread.
#pragma once

#include <atomic>
#include <set>
#include <string>

#include "rollcall/mail.hpp"
#include "rollcall/plan.hpp"
#include "store/write_queue.hpp"
#include "sync/house.hpp"
#include "sync/io.hpp"
#include "sync/outcome.hpp"
#include "sync/postman.hpp"

namespace rollcall::sync {

struct ExecutorOptions {
  std::string run;                                   // id of the run row, written by the caller
  Clock clock = system_now;
  std::map<std::string, MailTransport*> mail;        // by provider
  PostmanOptions postman;
  OnOutcome on_outcome;
  const std::atomic<bool>* stop = nullptr;           // set: begin nothing new
  std::map<std::string, std::map<std::string, std::string>> role_ids;  // provider -> role name -> id
  bool whole = true;                                 // the plan speaks of everybody: holds that it lacks are over
  std::map<std::string, std::string> templates;      // provider -> text of its invitation template
};

// Actions with `held` set are not carried out but written down as holds; those whose `after` failed are skipped and named.
Result<RunReport> execute(const Plan& plan, House& house, store::WriteQueue& queue, Io& io, const ExecutorOptions& options);

}  // namespace rollcall::sync
