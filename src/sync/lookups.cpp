#include "sync/lookups.hpp"

#include <algorithm>
#include <tuple>

#include "core/desired.hpp"
#include "core/invite.hpp"
#include "language/unicode.hpp"
#include "sync/bodies.hpp"
#include "sync/evidence.hpp"
#include "sync/planner.hpp"
#include "sync/retry.hpp"

namespace rollcall::sync {
namespace {

constexpr auto link_life = std::chrono::hours(24 * 90);   // after so long nobody follows a link whose end nobody knows
constexpr std::size_t invited_a_run = 20;   // who were invited and are looked up in each run, the longest unasked first

struct Looking {
  store::State& state;
  const ProviderSeat& seat;
  Io& io;
  Instant now;
  const LookUps& options;
  Census out;
  bool stopped = false;                     // the provider cannot answer: the others wait for the next run

  const std::string& name() const { return seat.rules.settings.name; }
  bool concerns(const std::string& person) const { return options.user.empty() || options.user == person; }
};

// ---- one look-up ----

struct Found {
  bool asked = false;                       // the provider answered
  std::optional<Account> account;
};

// What is wrong with one person's value concerns this person alone; whatever else fails ends the census.
Found ask(Looking& l, LookupBy by, const std::string& value, const std::string& person) {
  if (l.stopped) return {};
  ++l.out.calls;
  auto found = l.io.run(retried(l.seat, [&] { return l.seat.provider->find(by, value); }));
  if (found) {
    l.out.reached = true;
    return {true, *found ? std::optional(by_role_name(std::move(**found), l.out.roles)) : std::nullopt};
  }
  const Error& error = found.error();
  if (error.kind == ErrorKind::conflict || error.kind == ErrorKind::invalid) {
    l.out.reached = true;
    l.out.unclear[person] = error.message;
    return {};
  }
  l.stopped = true;
  l.out.detail = error.message;
  return {};
}

std::optional<LookupBy> way_of(const Capabilities& c, const std::string& field) {
  for (const auto& [by, name] : {std::pair(LookupBy::external_id, c.external_id_field), std::pair(LookupBy::user_name, c.user_name_field),
                                 std::pair(LookupBy::email, c.email_field)})
    if (!field.empty() && field == name && c.finds.contains(by)) return by;
  return std::nullopt;
}

// An account as it was just shown: what was written to it is confirmed, and whoever is looked up next is somebody else.
Result<void> note_shown(Looking& l, const Account& account) {
  ++l.out.accounts;
  ROLLCALL_TRY(const auto before, l.state.account(l.name(), account.id));
  if (before && awaits_confirmation(before->hash)) {
    ROLLCALL_TRY(const auto broken, confirm(l.state, l.seat, account));
    for (const auto& detail : broken) l.out.warnings.push_back({l.name(), account.id, detail});
    l.out.unconfirmed += static_cast<std::int64_t>(broken.size());
  }
  return note_account(l.state, l.seat, account, [&](store::AccountRow& row) {
    // Somebody else activated what we suspended.
    if (row.suspended_by_us && account.status != AccountStatus::suspended) row.suspended_by_us = false;
    row.audited = l.now;
  });
}

// ---- newcomers ----

// Accounts of nobody that bore this name once, and bear it no more.
Result<void> forget_others(Looking& l, const std::string& field, const std::string& value, const std::string& but) {
  ROLLCALL_TRY(const auto rows, l.state.accounts_by_key(l.name(), {field, language::fold(value)}));
  for (const auto& row : rows)
    if (row.person.empty() && row.id != but) ROLLCALL_CHECK(l.state.erase_account(l.name(), row.id));
  return {};
}

Result<void> look_for_newcomer(Looking& l, const store::State::Pair& pair) {
  ROLLCALL_TRY(const core::Subject subject, subject_of(l.state, l.seat, pair, l.now));
  if (subject.standing != core::Standing::in || subject.delayed || subject.contained) return {};
  const bool same_address = language::fold(subject.invited_address) == language::fold(subject.invite_to);
  if (core::stands_for_account(subject, l.seat.capabilities) && same_address) return {};
  for (const auto& key : core::match_keys(subject.desired, subject.person, l.seat.rules, l.seat.capabilities)) {
    const auto by = way_of(l.seat.capabilities, key.name);
    if (!by) continue;
    const Found found = ask(l, *by, key.value, subject.person);
    if (!found.asked) return {};
    ROLLCALL_CHECK(l.state.transaction([&]() -> Result<void> {
      if (found.account) ROLLCALL_CHECK(note_shown(l, *found.account));
      return forget_others(l, key.name, key.value, found.account ? found.account->id : "");
    }));
  }
  return {};
}

Result<void> look_for_newcomers(Looking& l) {
  constexpr int page = 500;
  std::string after;
  while (!l.stopped) {
    ROLLCALL_TRY(const auto pairs, l.state.open_pairs(l.name(), after, page, l.now, l.options.full));
    for (const auto& pair : pairs) {
      after = pair.desired.person;
      const bool has = pair.account && pair.account->missing_runs < 2;
      if (!has && pair.desired.in_scope && l.concerns(after) && !l.stopped) ROLLCALL_CHECK(look_for_newcomer(l, pair));
    }
    if (static_cast<int>(pairs.size()) < page) return {};
  }
  return {};
}

// ---- invitations ----

// What may still be accepted. A link that could not be recalled works whatever the ledger says of it.
bool may_be_accepted(const store::InvitationRow& row, Instant now) {
  if (row.state == "sent" || row.state == "in-doubt") return true;
  if (row.sent == Instant{} || row.sent + link_life < now) return false;
  return row.state == "expired" || (row.state == "cancelled" && row.vendor_id.empty());
}

Result<void> note_looked(Looking& l, const store::InvitationRow& asked, const std::optional<Account>& account) {
  return l.state.transaction([&]() -> Result<void> {
    if (account) ROLLCALL_CHECK(link_accepted(l.state, l.seat, asked, *account, l.now).map([](bool) {}));
    ROLLCALL_TRY(auto row, l.state.invitation(l.name(), asked.person));   // a person may have asked for something meanwhile
    if (!row || row->id != asked.id) return {};
    row->looked = l.now;
    return l.state.put_invitation(*row);
  });
}

Result<void> look_for_invited(Looking& l, const std::vector<store::InvitationRow>& rows) {
  for (const auto& row : rows) {
    const Found found = ask(l, LookupBy::email, row.email, row.person);
    if (found.asked) ROLLCALL_CHECK(note_looked(l, row, found.account));
    if (l.stopped) return {};
  }
  return {};
}

// Leavers all, before their invitations are cancelled; of the others some.
Result<void> look_for_all_invited(Looking& l) {
  if (l.seat.capabilities.account_before_acceptance || !l.seat.capabilities.finds.contains(LookupBy::email)) return {};
  std::vector<store::InvitationRow> leavers, others;
  ROLLCALL_TRY(const auto rows, l.state.invitations(l.name(), ""));
  for (const auto& row : rows) {
    if (!may_be_accepted(row, l.now) || !l.concerns(row.person)) continue;
    ROLLCALL_TRY(const auto account, l.state.account_of(l.name(), row.person));
    if (account && account->missing_runs < 2) continue;
    ROLLCALL_TRY(const auto desired, l.state.desired(l.name(), row.person));
    const bool leaves = desired && (desired->leaving == "stated" || desired->leaving == "absent");
    (leaves && (row.state == "sent" || row.state == "in-doubt") ? leavers : others).push_back(row);
  }
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return std::tie(a.looked, a.person) < std::tie(b.looked, b.person); });
  const auto share = l.options.full ? static_cast<std::size_t>(l.options.share * static_cast<double>(others.size())) : 0;
  others.resize(std::min(others.size(), std::max(invited_a_run, share)));
  ROLLCALL_CHECK(look_for_invited(l, leavers));
  return look_for_invited(l, others);
}

// ---- linked accounts ----

Result<void> look_for_account(Looking& l, store::AccountRow row) {
  const Found found = ask(l, LookupBy::id, row.id, row.person);
  if (!found.asked) return {};
  return l.state.transaction([&]() -> Result<void> {
    if (found.account) return note_shown(l, *found.account);
    ROLLCALL_TRY(const auto broken, confirm_gone(l.state, row));
    for (const auto& detail : broken) l.out.warnings.push_back({l.name(), row.id, detail});
    l.out.unconfirmed += static_cast<std::int64_t>(broken.size());
    ++row.missing_runs;
    row.audited = l.now;
    row.hash = "missing" + std::to_string(std::min<std::int64_t>(row.missing_runs, 2));
    ROLLCALL_TRY(const Account account, read_account(row.body));
    return l.state.put_account(row, account_keys(account, l.seat));
  });
}

// Whether a look is owed whatever the share: nobody knows what the last request did, or the account was not found once.
Result<bool> must_be_looked_at(const store::AccountRow& row) {
  if (row.missing_runs == 1) return true;
  if (!awaits_confirmation(row.hash)) return false;
  ROLLCALL_TRY(const Written written, read_written(row.written));
  return !written.doubtful.empty();
}

Result<std::set<std::string>> accounts_to_look_at(Looking& l) {
  std::set<std::string> ids;
  if (!l.options.user.empty()) {
    ROLLCALL_TRY(const auto row, l.state.account_of(l.name(), l.options.user));
    if (row) ids.insert(row->id);
    return ids;
  }
  if (l.options.full && l.options.share > 0) {
    ROLLCALL_TRY(const auto linked, l.state.count_accounts(l.name(), true));
    const int count = std::min<int>(static_cast<int>(linked), std::max(1, static_cast<int>(l.options.share * static_cast<double>(linked))));
    ROLLCALL_TRY(const auto sample, l.state.sample_linked(l.name(), count));
    ids.insert(sample.begin(), sample.end());
  }
  std::string after;
  while (true) {
    ROLLCALL_TRY(const auto rows, l.state.accounts_page(l.name(), true, after, 500));
    for (const auto& row : rows) {
      after = row.id;
      ROLLCALL_TRY(const bool must, must_be_looked_at(row));
      if (must) ids.insert(row.id);
    }
    if (rows.size() < 500) return ids;
  }
}

Result<void> look_for_accounts(Looking& l) {
  ROLLCALL_TRY(const auto ids, accounts_to_look_at(l));
  for (const auto& id : ids) {
    if (l.stopped) return {};
    ROLLCALL_TRY(auto row, l.state.account(l.name(), id));
    const bool seen_now = row && row->audited == l.now;      // found by its address a moment ago
    if (row && !seen_now) ROLLCALL_CHECK(look_for_account(l, std::move(*row)));
  }
  return {};
}

// ---- the books ----

void read_catalogue(Looking& l) {
  if (!l.seat.capabilities.lists_roles) return;
  read_roles(l.seat, l.io, l.out);
  l.out.reached = l.out.roles.has_value();
}

Result<void> close_books(Looking& l) {
  l.out.complete = !l.stopped;
  l.out.listed = l.out.complete && l.out.calls > 0;
  if (l.out.calls == 0) l.out.reached = true;      // nothing to ask
  ROLLCALL_TRY(const auto before, l.state.provider(l.name()));
  store::ProviderRow row = before.value_or(store::ProviderRow{});
  row.name = l.name();
  row.complete = l.out.complete;
  row.detail = l.out.detail;
  if (l.out.complete) {
    row.last_complete = l.now;
    ROLLCALL_TRY(row.accounts, l.state.count_accounts(l.name(), true));
  }
  return l.state.put_provider(row);
}

}  // namespace

Result<Census> look_people_up(store::State& state, const ProviderSeat& seat, Io& io, Instant now, const LookUps& options) {
  Looking l{state, seat, io, now, options, {}, false};
  l.out.reached = false;
  read_catalogue(l);
  ROLLCALL_CHECK(look_for_all_invited(l));          // first: who has come is no newcomer
  ROLLCALL_CHECK(look_for_accounts(l));
  ROLLCALL_CHECK(look_for_newcomers(l));
  for (const auto& [person, why] : l.out.unclear) l.out.warnings.push_back({l.name(), person, "could not be looked up: " + why});
  ROLLCALL_CHECK(close_books(l));
  return std::move(l.out);
}

Result<bool> link_accepted(store::State& state, const ProviderSeat& seat, const store::InvitationRow& invitation, const Account& account, Instant now) {
  const std::string& provider = seat.rules.settings.name;
  ROLLCALL_TRY(const auto theirs, state.account(provider, account.id));
  ROLLCALL_TRY(const auto own, state.account_of(provider, invitation.person));
  const bool free = !theirs || theirs->person.empty() || theirs->person == invitation.person;
  if (!free || (own && own->id != account.id && own->missing_runs < 2)) return false;
  if (own && own->id != account.id) ROLLCALL_CHECK(state.erase_account(provider, own->id));
  ROLLCALL_CHECK(note_account(state, seat, account, [&](store::AccountRow& row) {
    row.person = invitation.person;
    row.link = store::Link::made;
    row.audited = now;
    Written written;
    written.roles = read_role_lines(invitation.roles);
    row.written = write_written(written);
  }));
  ROLLCALL_TRY(auto row, state.invitation(provider, invitation.person));
  if (!row || row->id != invitation.id) return true;
  row->account = account.id;
  ROLLCALL_CHECK(state.put_invitation(*row));
  return true;
}

std::string write_role_lines(const std::set<std::string>& roles) {
  std::string out;
  for (const auto& role : roles) out += role + "\n";
  return out;
}

std::set<std::string> read_role_lines(const std::string& text) {
  std::set<std::string> out;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != text.npos; at = end + 1) out.insert(text.substr(at, end - at));
  return out;
}

}  // namespace rollcall::sync
