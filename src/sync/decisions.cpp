#include "sync/decisions.hpp"

#include <set>

#include "language/unicode.hpp"
#include "sources/dn.hpp"
#include "sync/bodies.hpp"
#include "sync/census.hpp"
#include "sync/retry.hpp"
#include "sync/roster.hpp"

namespace rollcall::sync {
namespace {

// Looked at by the next run whatever else stands still.
Result<void> stir(Desk& desk, const std::string& person) {
  for (const auto& seat : desk.house.providers) {
    const auto& provider = seat.rules.settings.name;
    ROLLCALL_TRY(const auto desired, desk.state.desired(provider, person));
    if (desired) ROLLCALL_CHECK(desk.state.settle(provider, person, "", desired->due));
  }
  return {};
}

Result<ProviderSeat*> seat_of(Desk& desk, const std::string& provider) {
  ProviderSeat* seat = desk.house.provider(provider);
  if (seat) return seat;
  std::string names;
  for (const auto& s : desk.house.providers) names += (names.empty() ? "" : ", ") + s.rules.settings.name;
  return fail(ErrorKind::not_found, "there is no provider \"" + provider + "\"; the configuration names " + names);
}

// From the state, else asked of the provider: one that lists nothing shows accounts only when asked.
Result<store::AccountRow> account_row(Desk& desk, ProviderSeat& seat, const std::string& id) {
  const auto& provider = seat.rules.settings.name;
  ROLLCALL_TRY(auto row, desk.state.account(provider, id));
  if (row) return std::move(*row);
  if (seat.provider && seat.capabilities.finds.contains(LookupBy::id)) {
    ROLLCALL_TRY(auto found, desk.io.run(retried(seat, [&] { return seat.provider->find(LookupBy::id, id); })));
    if (found) {
      found->roles.reset();              // named by ids here; the next listing tells
      ROLLCALL_CHECK(note_account(desk.state, seat, *found));
      ROLLCALL_TRY(row, desk.state.account(provider, found->id));
      if (row) return std::move(*row);
    }
  }
  return fail(ErrorKind::not_found, "the provider " + provider + " has no account \"" + id + "\" that rollcall has seen");
}

// The record by key, DN or user name: one, or an error that says why not.
Result<store::RecordRow> record_named(Desk& desk, const std::string& source, const std::string& text) {
  if (!desk.house.source(source)) return fail(ErrorKind::not_found, "there is no source \"" + source + "\" in the configuration");
  ROLLCALL_TRY(auto row, desk.state.record(source, RecordKind::person, text));
  if (row) return std::move(*row);
  std::set<std::int64_t> ids;
  ROLLCALL_TRY(const auto by_dn, desk.state.records_by_ref(source, sources::member_ref(text)));
  for (const auto& [id, kind] : by_dn)
    if (kind == RecordKind::person) ids.insert(id);
  ROLLCALL_TRY(const auto by_user, desk.state.records_by_user(source, language::fold(text)));
  ids.insert(by_user.begin(), by_user.end());
  if (ids.size() > 1) return fail(ErrorKind::conflict, "\"" + text + "\" names " + std::to_string(ids.size()) + " records of " + source + "; say which by its key");
  if (ids.size() == 1) {
    ROLLCALL_TRY(row, desk.state.record(*ids.begin()));
    if (row) return std::move(*row);
  }
  return fail(ErrorKind::not_found, "the source " + source + " has no record with the key, DN or user name \"" + text + "\"");
}

Result<void> link_row(Desk& desk, const ProviderSeat& seat, const std::string& person, store::AccountRow row) {
  const auto& provider = seat.rules.settings.name;
  if (row.person == person) return fail(ErrorKind::conflict, "account " + row.id + " is linked to " + person + " already");
  if (!row.person.empty())
    return fail(ErrorKind::conflict, "account " + row.id + " belongs to " + row.person + "; first: rollcall unlink " + row.person + " " + provider);
  if (row.link == store::Link::isolated)
    return fail(ErrorKind::refused, "account " + row.id + " is protected: a condition of `protect` names it, and it is never touched");
  ROLLCALL_TRY(const auto other, desk.state.account_of(provider, person));
  if (other && other->missing_runs < 2)
    return fail(ErrorKind::conflict, person + " has account " + other->id + " at " + provider + "; first: rollcall unlink " + person + " " + provider);
  if (other) ROLLCALL_CHECK(desk.state.erase_account(provider, other->id));     // gone for good
  row.person = person;
  row.link = store::Link::adopted;
  ROLLCALL_TRY(const Account shown, read_account(row.body));
  ROLLCALL_CHECK(desk.state.put_account(row, account_keys(shown, seat)));
  ROLLCALL_CHECK(desk.state.erase_decision("unlink", person, provider, row.id));
  return stir(desk, person);
}

}  // namespace

Result<std::vector<std::string>> suspend_by_hand(Desk& desk, const std::string& person, const std::string& provider) {
  if (!provider.empty()) ROLLCALL_CHECK(seat_of(desk, provider));
  ROLLCALL_CHECK(desk.state.put_decision({"suspend", person, provider, "", desk.now, desk.by}));
  ROLLCALL_CHECK(stir(desk, person));
  std::vector<std::string> accounts;
  for (const auto& seat : desk.house.providers) {
    const auto& name = seat.rules.settings.name;
    if (!provider.empty() && name != provider) continue;
    ROLLCALL_TRY(const auto account, desk.state.account_of(name, person));
    if (account && account->missing_runs < 2) accounts.push_back(name + " " + account->id);
  }
  return accounts;
}

Result<void> release(Desk& desk, const std::string& person) {
  bool any = false;
  ROLLCALL_TRY(const auto decisions, desk.state.decisions(person));
  for (const auto& d : decisions) {
    if (d.kind != "suspend") continue;
    ROLLCALL_TRY(const bool erased, desk.state.erase_decision(d.kind, person, d.scope, d.subject));
    any = any || erased;
  }
  if (!any) return fail(ErrorKind::not_found, person + " is not suspended by hand; there is nothing to release");
  return stir(desk, person);
}

Result<void> link(Desk& desk, const std::string& person, const std::string& provider, const std::string& account) {
  ROLLCALL_TRY(ProviderSeat * seat, seat_of(desk, provider));
  ROLLCALL_CHECK(account_row(desk, *seat, account));              // may ask the provider: not inside the transaction
  return desk.state.transaction([&]() -> Result<void> {
    ROLLCALL_TRY(auto row, account_row(desk, *seat, account));
    return link_row(desk, *seat, person, std::move(row));
  });
}

Result<std::string> unlink(Desk& desk, const std::string& person, const std::string& provider) {
  ROLLCALL_TRY(ProviderSeat * seat, seat_of(desk, provider));
  ROLLCALL_TRY(auto row, desk.state.account_of(provider, person));
  if (!row) return fail(ErrorKind::not_found, person + " has no account at " + provider);
  ROLLCALL_TRY(auto invitation, desk.state.invitation(provider, person));
  if (invitation && (invitation->state == "pending" || invitation->state == "sent" || invitation->state == "in-doubt")) {
    invitation->state = "cancelled";
    invitation->detail = "the account was unlinked";
    ROLLCALL_CHECK(desk.state.put_invitation(*invitation));
  }
  row->person.clear();
  row->link = store::Link::none;
  row->written.clear();
  row->suspended_by_us = false;
  ROLLCALL_TRY(const Account shown, read_account(row->body));
  if (is_protected(*seat, shown)) row->link = store::Link::isolated;
  ROLLCALL_CHECK(desk.state.put_account(*row, account_keys(shown, *seat)));
  ROLLCALL_CHECK(desk.state.put_decision({"unlink", person, provider, row->id, desk.now, desk.by}));
  ROLLCALL_CHECK(stir(desk, person));
  return row->id;
}

Result<std::string> unjoin(Desk& desk, const std::string& source, const std::string& record) {
  ROLLCALL_TRY(const auto row, record_named(desk, source, record));
  ROLLCALL_TRY(Roster roster, Roster::open(desk.state, desk.house, desk.now));
  ROLLCALL_TRY(const auto parted, roster.part(row.id, desk.by));
  if (parted.empty()) return fail(ErrorKind::conflict, "the record stands alone already: it is joined with no other, and none is in question");
  for (const auto& person : parted) ROLLCALL_CHECK(stir(desk, person));
  ROLLCALL_TRY(const auto person, desk.state.person_of(row.id));
  if (person) ROLLCALL_CHECK(stir(desk, *person));
  return person.value_or(row.key);
}

Result<std::vector<std::string>> retire(Desk& desk, const std::string& person) {
  std::vector<std::string> due;
  for (const auto& seat : desk.house.providers) {
    const auto& settings = seat.rules.settings;
    ROLLCALL_TRY(const auto desired, desk.state.desired(settings.name, person));
    ROLLCALL_TRY(const auto account, desk.state.account_of(settings.name, person));
    const bool left = desired && (desired->leaving == "stated" || desired->leaving == "absent");
    if (!left || !account || !account->suspended_by_us || settings.on_leave != "suspend" || !settings.delete_after) continue;
    ROLLCALL_CHECK(desk.state.put_decision({"retire", person, settings.name, "", desk.now, desk.by}));
    due.push_back(settings.name + " " + account->id);
  }
  if (due.empty())
    return fail(ErrorKind::conflict, "no deletion of " + person + " waits: retire is for somebody who has left, whose account rollcall has suspended, "
                                     "at a provider with delete-after");
  ROLLCALL_CHECK(stir(desk, person));
  return due;
}

}  // namespace rollcall::sync
