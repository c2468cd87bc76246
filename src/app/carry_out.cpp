#include "app/carry_out.hpp"

#include <iterator>

#include "app/saved_plan.hpp"
#include "crypto/uuid.hpp"
#include "report/plan_json.hpp"
#include "store/write_queue.hpp"
#include "sync/quarantine.hpp"

namespace rollcall::app {
namespace {

std::string result_of(const TurnResult& t) {
  if (t.refused) return "refused";
  if (t.report.failed || t.report.in_doubt || t.report.skipped || t.report.stopped) return "failed";
  return t.reconciliation.trouble ? "incomplete" : has_holds(t.reconciliation.plan) ? "held" : "done";
}

std::string sum(const TurnResult& t) {
  const std::string& undo = t.reconciliation.plan.undo;
  std::string text = (undo.empty() ? "" : "undo of run " + undo + ": ") + std::to_string(t.report.carried_out) + " done";
  if (t.report.failed) text += ", " + std::to_string(t.report.failed) + " failed";
  if (t.report.skipped) text += ", " + std::to_string(t.report.skipped) + " skipped";
  if (t.report.in_doubt) text += ", " + std::to_string(t.report.in_doubt) + " in doubt";
  if (t.report.waiting) text += ", " + std::to_string(t.report.waiting) + " waiting";
  return text;
}

Result<void> carry_out(store::State& state, Wiring& wiring, const Turn& turn, const std::string& run, TurnResult& out) {
  ROLLCALL_TRY(auto second, store::State::open(wiring.house.settings.state.url, store::Access::write));
  store::WriteQueue queue(std::move(second));
  sync::ExecutorOptions options;
  options.run = run;
  options.mail = wiring.mail;
  options.templates = wiring.templates;
  options.postman = wiring.postman;
  options.on_outcome = turn.on_outcome;
  options.stop = turn.stop;
  options.role_ids = out.reconciliation.role_ids;
  options.whole = !turn.saved && !turn.approved_only && turn.scope.user.empty();
  if (turn.scope.undo.empty()) {
    ROLLCALL_TRY(out.report, sync::execute(out.reconciliation.plan, wiring.house, queue, wiring.io, options));
  } else {
    ROLLCALL_TRY(out.report, sync::carry_out_undo(state, out.reconciliation, wiring.house, queue, wiring.io, options));
  }
  const Instant now = system_now();
  for (const auto& provider : out.reconciliation.plan.providers) {
    ROLLCALL_TRY(auto row, state.provider(provider.name));
    if (!row || !provider.complete || turn.scope.contain) continue;
    row->last_success = now;
    ROLLCALL_CHECK(state.put_provider(*row));
  }
  return {};
}

void add(sync::RunReport& sum, sync::RunReport part) {
  for (const auto& [kind, count] : part.done) sum.done[kind] += count;
  sum.carried_out += part.carried_out;
  sum.failed += part.failed;
  sum.skipped += part.skipped;
  sum.in_doubt += part.in_doubt;
  sum.waiting += part.waiting;
  sum.stopped = sum.stopped || part.stopped;
  std::move(part.troubles.begin(), part.troubles.end(), std::back_inserter(sum.troubles));
}

// What is approved is carried out by the next run (contract section 1), also of an undo: as a run of its own.
Result<void> go_on_with_undos(store::State& state, Wiring& wiring, const Turn& turn, TurnResult& out) {
  const auto& scope = turn.scope;
  if (turn.saved || turn.mode == "observe" || scope.contain || !scope.undo.empty() || !scope.user.empty()) return {};
  ROLLCALL_TRY(const auto runs, sync::approved_undos(state, scope.provider));
  for (const auto& run : runs) {
    Turn next;
    next.mode = "undo";
    next.scope.undo = run;
    next.scope.progress = scope.progress;
    next.scope.provider = scope.provider;      // the lane's
    next.scope.sources = scope.sources;
    next.scope.people = scope.people;
    next.approved_only = true;
    next.agree = turn.agree;
    next.on_outcome = turn.on_outcome;
    next.stop = turn.stop;
    ROLLCALL_TRY(TurnResult done, take_turn(state, wiring, next));
    add(out.report, std::move(done.report));
  }
  return {};
}

}  // namespace

Result<TurnResult> take_turn(store::State& state, Wiring& wiring, const Turn& turn) {
  TurnResult out;
  store::RunRow run;
  run.started = system_now();
  run.id = crypto::ordered_uuid(run.started.time_since_epoch().count());
  run.mode = turn.mode;
  run.result = "running";
  ROLLCALL_CHECK(state.put_run(run));
  const auto end = [&](std::string result, std::string detail) {
    run.finished = system_now();
    run.result = std::move(result);
    run.detail = std::move(detail);
    return state.put_run(run);
  };
  auto reconciled = sync::reconcile(state, wiring.house, wiring.io, run.started, turn.scope);
  if (!reconciled) {
    (void)end("failed", reconciled.error().message);
    return tl::unexpected<Error>(std::move(reconciled).error());
  }
  out.reconciliation = std::move(*reconciled);
  Plan& plan = out.reconciliation.plan;
  std::vector<sync::Outcome> stale;
  if (turn.saved) {
    if (auto fit = fits(*turn.saved, plan, state); !fit) {
      (void)end("refused", fit.error().message);
      return tl::unexpected<Error>(fit.error());
    }
    ROLLCALL_TRY(stale, narrow(plan, *turn.saved, state));
  }
  if (turn.approved_only) ROLLCALL_CHECK(sync::keep_approved(state, wiring.house, plan));
  run.plan_id = turn.saved ? turn.saved->id : report::canonical_id(plan);
  ROLLCALL_CHECK(state.put_run(run));
  out.refused = turn.agree && !turn.agree(plan);
  if (!out.refused && turn.mode != "observe") ROLLCALL_CHECK(carry_out(state, wiring, turn, run.id, out));
  for (auto& s : stale) {
    ++out.report.skipped;
    out.report.troubles.push_back(std::move(s));
  }
  for (const auto& seat : wiring.house.providers)
    if (turn.scope.provider.empty() || turn.scope.provider == seat.rules.settings.name)
      ROLLCALL_CHECK(sync::note_health(state, seat, system_now()));
  ROLLCALL_CHECK(end(result_of(out), sum(out)));
  if (!out.refused) ROLLCALL_CHECK(go_on_with_undos(state, wiring, turn, out));
  return out;
}

}  // namespace rollcall::app
