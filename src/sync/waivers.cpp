#include "sync/waivers.hpp"

#include "core/order.hpp"

namespace rollcall::sync {
namespace {

constexpr std::string_view fresh_mark = "fresh:";

std::string desired_part(const store::DesiredRow& row) { return std::string(fresh_mark) + row.hash + ":" + row.leaving; }

// Whether a plan without this action says that it is no longer due: not while the person or the account is only missing.
Result<bool> over(store::State& state, const store::HoldRow& row, const WaiverView& view) {
  if (!view.listed) return false;
  ROLLCALL_TRY(const auto desired, state.desired(row.provider, row.person));
  ROLLCALL_TRY(const auto account, state.account_of(row.provider, row.person));
  return !(desired && desired->leaving == "waiting") && !(account && account->missing_runs > 0);
}

// Answers the precondition by which the fresh waiver covers the action, or "" when it does not.
Result<std::string> meet(store::State& state, store::HoldRow row, const Action& action, const WaiverView& view) {
  ROLLCALL_TRY(const auto desired, state.desired(row.provider, row.person));
  if (!desired || !meets(row, *desired)) {
    ROLLCALL_CHECK(state.erase_hold(row.id));
    return std::string();
  }
  if (view.listed) {
    row.content = core::approval_of(action) + "|" + action.precondition;
    ROLLCALL_CHECK(state.put_hold(row));
  }
  return action.precondition;
}

Result<void> unmet(store::State& state, const store::HoldRow& row, const WaiverView& view) {
  bool ended = false;
  if (is_fresh(row)) {
    ROLLCALL_TRY(const auto desired, state.desired(row.provider, row.person));
    ended = !desired || !meets(row, *desired);
  } else {
    ROLLCALL_TRY(ended, over(state, row, view));
  }
  return ended ? state.erase_hold(row.id) : Result<void>{};
}

}  // namespace

std::string fresh_waiver(const std::string& approval, const store::DesiredRow& desired) { return approval + "|" + desired_part(desired); }

std::string after_bar(const std::string& content) {
  const auto bar = content.find('|');
  return bar == std::string::npos ? "" : content.substr(bar + 1);
}

bool is_fresh(const store::HoldRow& row) { return row.state == "waived" && after_bar(row.content).starts_with(fresh_mark); }

bool meets(const store::HoldRow& fresh, const store::DesiredRow& desired) { return after_bar(fresh.content) == desired_part(desired); }

Result<std::map<std::string, std::string>> settle_waivers(store::State& state, const std::string& provider, const std::vector<Action>& planned,
                                                          const WaiverView& view) {
  std::map<std::string, std::string> met;
  ROLLCALL_TRY(const auto rows, state.holds(provider));
  std::map<std::string, const store::HoldRow*> waivers;
  for (const auto& row : rows)
    if (row.state == "waived" && view.now < row.until && !row.by.starts_with("undo ") && (view.user.empty() || row.person == view.user)) waivers[row.id] = &row;
  if (waivers.empty()) return met;
  for (const auto& action : planned) {
    const std::string id = core::hold_id(provider, action);
    const auto it = waivers.find(id);
    if (it == waivers.end()) continue;
    if (is_fresh(*it->second)) {
      ROLLCALL_TRY(const std::string precondition, meet(state, *it->second, action, view));
      if (!precondition.empty()) met[id] = precondition;
    }
    waivers.erase(it);
  }
  for (const auto& [_, row] : waivers) ROLLCALL_CHECK(unmet(state, *row, view));
  return met;
}

}  // namespace rollcall::sync
