#include "app/saved_plan.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace rollcall::app {
namespace {

struct Names {
  std::set<std::pair<std::string, std::string>> done;   // (provider, plan action) that this plan has carried out
};

Result<Names> done_by(const Plan& saved, store::State& state) {
  Names names;
  ROLLCALL_TRY(const auto runs, state.runs({}, 10000));
  for (const auto& run : runs) {
    if (run.plan_id != saved.id) continue;
    store::State::ActionFilter filter;
    filter.run = run.id;
    for (const char* outcome : {"done", "waiting"}) {    // what waits for its turn is on its way
      filter.outcome = outcome;
      ROLLCALL_TRY(const auto actions, state.actions(filter, 1000000));
      for (const auto& a : actions) names.done.emplace(a.provider, a.plan_action);
    }
  }
  return names;
}

}  // namespace

Result<void> fits(const Plan& saved, const Plan& fresh, store::State& state) {
  if (saved.configuration != fresh.configuration)
    return fail(ErrorKind::refused, "the plan was made with another configuration or other mappings; make a new one with `rollcall plan -o FILE`");
  if (saved.state == fresh.state) return {};
  // A plan made before there was a state fits the state that its own first apply made, and a state in which nothing was done yet.
  if (saved.state.empty()) {
    ROLLCALL_TRY(const bool applied, state.plan_was_applied(saved.id));
    ROLLCALL_TRY(const auto actions, state.actions({}, 1));
    if (applied || actions.empty()) return {};
  }
  return fail(ErrorKind::refused, "the plan was made with another state database; make a new one with `rollcall plan -o FILE`");
}

Result<std::vector<sync::Outcome>> narrow(Plan& fresh, const Plan& saved, store::State& state) {
  ROLLCALL_TRY(const Names names, done_by(saved, state));
  std::vector<sync::Outcome> stale;
  for (auto& provider : fresh.providers) {
    std::map<std::string, const Action*> reviewed;
    for (const auto& p : saved.providers)
      if (p.name == provider.name)
        for (const auto& a : p.actions)
          if (!a.held) reviewed[a.id] = &a;
    std::erase_if(provider.actions, [&](const Action& a) {
      auto it = reviewed.find(a.id);
      if (it == reviewed.end()) return true;
      if (it->second->precondition != a.precondition) return true;
      reviewed.erase(it);
      return false;
    });
    for (const auto& [id, a] : reviewed)
      if (!names.done.contains({provider.name, id}))
        stale.push_back({provider.name, a->kind, a->user, a->name, a->account.value_or(""), sync::OutcomeKind::skipped,
                         "what it was decided on has changed since the plan was made"});
  }
  return stale;
}

}  // namespace rollcall::app
