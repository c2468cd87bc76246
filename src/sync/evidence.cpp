#include "sync/evidence.hpp"

#include <algorithm>

#include "core/decide.hpp"
#include "sync/census.hpp"

namespace rollcall::sync {
namespace {

constexpr std::string_view role_prefix = "role ";
constexpr int recent = 50;      // past actions of one person that are looked through

bool wrote(const store::ActionRow& action, const std::string& what) {
  if (what == "status") return action.kind == "suspend";
  if (what.starts_with(role_prefix)) return action.kind == "assign" && action.changes.find("\"" + what.substr(role_prefix.size()) + "\"") != std::string::npos;
  return action.kind == "create" || action.kind == "recreate" || action.kind == "update";
}

Result<void> fail_action(store::State& state, const std::string& provider, const std::string& person, const std::string& what, const std::string& detail) {
  store::State::ActionFilter filter;
  filter.person = person;
  filter.provider = provider;
  filter.outcome = "done";
  ROLLCALL_TRY(const auto actions, state.actions(filter, recent));
  const auto it = std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return wrote(a, what); });
  if (it == actions.end()) return {};
  store::ActionRow row = *it;
  row.outcome = "failed";
  row.detail = detail;
  return state.put_action(row).map([](auto) {});
}

// Nothing: it shows as it was written, or the listing does not show such a thing.
std::string missing_evidence(const ProviderSeat& seat, const Written& written, const Account& listed, const std::string& what) {
  if (what == "status")
    return listed.status == AccountStatus::suspended || listed.status == AccountStatus::unknown
               ? ""
               : "accepted to suspend account " + listed.id + " and shows it as " + std::string(to_string(listed.status));
  if (what.starts_with(role_prefix)) {
    const std::string role = what.substr(role_prefix.size());
    return !listed.roles || listed.roles->contains(role) ? "" : "accepted the role \"" + role + "\" for account " + listed.id + " and does not show it";
  }
  const auto sent = written.fields.find(what);
  const auto shown = listed.fields.find(what);
  if (sent == written.fields.end() || shown == listed.fields.end() || core::same_value(seat.capabilities, what, sent->second, shown->second)) return "";
  return "accepted " + what + " = \"" + sent->second + "\" for account " + listed.id + " and shows \"" + shown->second + "\"";
}

}  // namespace

std::string hash_as_written(const Account& account, const std::string& written) {
  const std::string hash = hash_of(write_account(account));
  const auto read = read_written(written);
  return read && !read->unconfirmed.empty() ? hash + "?" : hash;
}

bool awaits_confirmation(const std::string& hash) { return hash.ends_with('?'); }

Result<std::vector<std::string>> confirm(store::State& state, const ProviderSeat& seat, const Account& listed) {
  std::vector<std::string> out;
  const auto& provider = seat.rules.settings.name;
  ROLLCALL_TRY(auto row, state.account(provider, listed.id));
  if (!row) return out;
  ROLLCALL_TRY(Written written, read_written(row->written));
  for (const auto& what : written.unconfirmed) {
    std::string detail = missing_evidence(seat, written, listed, what);
    if (detail.empty()) continue;
    if (!row->person.empty()) ROLLCALL_CHECK(fail_action(state, provider, row->person, what, "the provider " + detail));
    out.push_back("the provider " + detail);
  }
  written.unconfirmed.clear();
  row->written = write_written(written);
  ROLLCALL_TRY(const Account before, read_account(row->body));
  ROLLCALL_CHECK(state.put_account(*row, account_keys(before, seat)));
  return out;
}

Result<std::vector<std::string>> confirm_gone(store::State& state, const ProviderSeat& seat, const store::AccountRow& row) {
  std::vector<std::string> out;
  if (!awaits_confirmation(row.hash) || row.missing_runs > 0) return out;
  out.push_back("the provider accepted account " + row.id + " and does not have it: is a licence or a limit of users full?");
  ROLLCALL_CHECK(fail_action(state, seat.rules.settings.name, row.person, "", out.front()));
  return out;
}

}  // namespace rollcall::sync
