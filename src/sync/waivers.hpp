// The life of a waiver (contract 4.5): it covers one planned action as long as the person's records, rules and account are those that
// it was given for. A rejection knows that action. What `undo` reverted is planned only by the next run, over an account that the
// provider has to show first: until then its waiver is fresh, knows what was desired, and takes the first action that it meets.
// Thread rule: the reconciling thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rollcall/plan.hpp"
#include "store/state.hpp"

namespace rollcall::sync {

// The content of a hold's row: "approval|precondition".
std::string fresh_waiver(const std::string& approval, const store::DesiredRow& desired);
std::string after_bar(const std::string& content);           // the precondition
bool is_fresh(const store::HoldRow& row);
bool meets(const store::HoldRow& fresh, const store::DesiredRow& desired);   // records and rules are still those

struct WaiverView {
  bool listed = false;         // the accounts were just listed completely
  std::string user;            // the plan is about this person only; "" is everybody
  Instant now{};
};

// Before the brakes look at a plan: binds fresh waivers to the actions that they meet, and ends those that nothing planned answers to,
// so that none covers a newer statement. Answers the precondition of every action that a fresh waiver covers, by hold id.
Result<std::map<std::string, std::string>> settle_waivers(store::State& state, const std::string& provider, const std::vector<Action>& planned,
                                                          const WaiverView& view);

}  // namespace rollcall::sync
