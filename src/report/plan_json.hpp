// The plan as JSON (contract section 5) and as the file that is reviewed, kept and applied.
//
//   id      "sha256:" and the hash of the canonical JSON: without `id`, `created` and `digest`, members sorted by name,
//   no
//           blanks, non-ASCII text as it is (RFC 8785 for what a plan holds). Equal input, equal id.
//   digest  the file's last member: "sha256:" and the hash of every byte before the opening quotation mark of
//   `"digest"`.
//           What follows it is fixed, so that a byte changed anywhere is found.
//
// Pure but for save_plan; any thread.
#pragma once

#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/plan.hpp"
#include "rollcall/result.hpp"

namespace rollcall::report {

// Members in the contract's order, with `configuration` and `state` after `complete`, without `digest`; the plan of an
// undo has `undo`, the run's id, after `state`. A key of the summary that the plan lacks is 0.
json::Value to_json(const Plan& plan);

std::string canonical_id(const Plan& plan);

// The file: indented, ends with a line end. `id` is computed here, whatever Plan::id says. `plan --format json` prints
// the same.
std::string write_plan(const Plan& plan);

// Refuses what is no plan (corrupt), was changed after it was saved, or holds what this version would not write
// (refused). Action::stated, recreate and waived do not travel; Plan::created has whole seconds.
Result<Plan> read_plan(std::string_view file);

// Mode 0600, written beside and renamed, so that a reader sees the old file or the new one. A pipe or a device is
// written to.
Result<void> save_plan(const std::string& path, const Plan& plan);

}  // namespace rollcall::report
