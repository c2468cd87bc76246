// The listings `holds`, `invitations`, `token list` and `history` from rows of the state: JSON as contract section 7 names it, and
// text for a terminal. Rows come in the order in which they shall be shown. Holds that were approved wait for the next
// run and are left out. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "json/json.hpp"
#include "store/rows.hpp"

namespace rollcall::report {

struct HistoryRun {
  store::RunRow run;
  std::vector<store::ActionRow> actions;  // oldest first
};

// Empty text is null where the contract names a thing that may not be there; so is an instant of 0.
json::Value holds_json(const std::vector<store::HoldRow>& rows);
json::Value invitations_json(const std::vector<store::InvitationRow>& rows);
json::Value tokens_json(const std::vector<store::TokenRow>& rows);
json::Value history_json(const std::vector<HistoryRun>& runs);

std::string holds_text(const std::vector<store::HoldRow>& rows, std::size_t width = 80);
std::string invitations_text(const std::vector<store::InvitationRow>& rows, std::size_t width = 80);
std::string tokens_text(const std::vector<store::TokenRow>& rows, std::size_t width = 80);
std::string history_text(const std::vector<HistoryRun>& runs, std::size_t width = 80);

// An instant as RFC 3339, "" or null when it is 0 (never).
std::string instant_text(Instant instant);
json::Value instant_json(Instant instant);

}  // namespace rollcall::report
