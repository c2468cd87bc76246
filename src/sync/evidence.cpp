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

// The action that wrote it last, if it still counts as done.
Result<std::optional<store::ActionRow>> writer_of(store::State& state, const store::AccountRow& account, const std::string& what) {
  store::State::ActionFilter filter;
  filter.person = account.person;
  filter.provider = account.provider;
  filter.outcome = "done";
  if (account.person.empty()) return std::nullopt;
  ROLLCALL_TRY(const auto actions, state.actions(filter, recent));
  const auto it = std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return wrote(a, what); });
  return it == actions.end() ? std::nullopt : std::optional(*it);
}

Result<void> fail_action(store::State& state, store::ActionRow row, const std::string& detail) {
  row.outcome = "failed";
  row.detail = detail;
  return state.put_action(row).map([](auto) {});
}

// A third value was written by somebody else since; the one from before says that nothing was written.
Result<bool> shows_the_old_value(const store::ActionRow& writer, const Capabilities& c, const std::string& field, const std::string& shown) {
  ROLLCALL_TRY(const auto changes, read_changes(writer.changes));
  const auto it = std::find_if(changes.begin(), changes.end(), [&](const Change& change) { return change.field == field; });
  return core::same_value(c, field, it == changes.end() ? "" : it->from.value_or(""), shown);
}

std::string missing_status(const Account& listed) {
  if (listed.status == AccountStatus::suspended || listed.status == AccountStatus::unknown) return {};
  return "accepted to suspend account " + listed.id + " and shows it as " + std::string(to_string(listed.status));
}

std::string missing_role(const Account& listed, const std::string& role) {
  return !listed.roles || listed.roles->contains(role) ? "" : "accepted the role \"" + role + "\" for account " + listed.id + " and does not show it";
}

// "": it shows as it was written, or the listing does not show such a thing.
Result<std::string> missing_evidence(const ProviderSeat& seat, const Written& written, const Account& listed, const std::string& what,
                                     const store::ActionRow& writer) {
  if (what == "status") return missing_status(listed);
  if (what.starts_with(role_prefix)) return missing_role(listed, what.substr(role_prefix.size()));
  const auto sent = written.fields.find(what);
  const auto shown = listed.fields.find(what);
  if (sent == written.fields.end() || shown == listed.fields.end() || core::same_value(seat.capabilities, what, sent->second, shown->second)) return "";
  ROLLCALL_TRY(const bool old, shows_the_old_value(writer, seat.capabilities, what, shown->second));
  return old ? "accepted " + what + " = \"" + sent->second + "\" for account " + listed.id + " and shows \"" + shown->second + "\"" : "";
}

// What nobody knew is seen now, as far as the listing shows it.
void resolve_doubts(store::AccountRow& row, Written& written, const Account& listed) {
  if (written.doubtful.contains("status") && listed.status == AccountStatus::suspended) row.suspended_by_us = true;
  std::erase_if(written.doubtful, [&](const std::string& what) {
    return what == "status" || (what.starts_with(role_prefix) ? listed.roles.has_value() : listed.fields.contains(what));
  });
}

}  // namespace

std::string hash_as_written(const Account& account, const std::string& written) {
  const std::string hash = hash_of(write_account(account));
  const auto read = read_written(written);
  return read && (!read->unconfirmed.empty() || !read->doubtful.empty()) ? hash + "?" : hash;
}

bool awaits_confirmation(const std::string& hash) { return hash.ends_with('?'); }

Result<std::vector<std::string>> confirm(store::State& state, const ProviderSeat& seat, const Account& listed) {
  std::vector<std::string> out;
  const auto& provider = seat.rules.settings.name;
  ROLLCALL_TRY(auto row, state.account(provider, listed.id));
  if (!row) return out;
  ROLLCALL_TRY(Written written, read_written(row->written));
  for (const auto& what : written.unconfirmed) {
    ROLLCALL_TRY(const auto writer, writer_of(state, *row, what));
    if (!writer) continue;
    ROLLCALL_TRY(const std::string detail, missing_evidence(seat, written, listed, what, *writer));
    if (detail.empty()) continue;
    out.push_back("the provider " + detail);
    ROLLCALL_CHECK(fail_action(state, *writer, out.back()));
  }
  written.unconfirmed.clear();
  resolve_doubts(*row, written, listed);
  row->written = write_written(written);
  ROLLCALL_TRY(const Account before, read_account(row->body));
  ROLLCALL_CHECK(state.put_account(*row, account_keys(before, seat)));
  return out;
}

Result<std::vector<std::string>> confirm_gone(store::State& state, const store::AccountRow& row) {
  std::vector<std::string> out;
  if (!awaits_confirmation(row.hash) || row.missing_runs > 0) return out;
  ROLLCALL_TRY(const auto writer, writer_of(state, row, ""));
  out.push_back("the provider accepted account " + row.id + " and does not have it: is a licence or a limit of users full?");
  if (writer) ROLLCALL_CHECK(fail_action(state, *writer, out.front()));
  return out;
}

}  // namespace rollcall::sync
