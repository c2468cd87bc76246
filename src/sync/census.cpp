#include "sync/census.hpp"

#include <algorithm>
#include <tuple>

#include "core/order.hpp"
#include "crypto/hash.hpp"
#include "language/lookup.hpp"
#include "language/unicode.hpp"
#include "sync/bodies.hpp"
#include "sync/evidence.hpp"
#include "sync/retry.hpp"

namespace rollcall::sync {
namespace {

struct Counting {
  store::State& state;
  const ProviderSeat& seat;
  Io& io;
  Instant now;
  std::vector<store::State::KnownAccount> known;
  std::vector<bool> seen;
  Census out;
  bool reconfigured = false;                   // `protect` may say something else of accounts that did not change

  const std::string& name() const { return seat.rules.settings.name; }
};

std::optional<std::size_t> index_of(const Counting& c, const std::string& id) {
  const Fingerprint f = crypto::fingerprint(id);
  auto it = std::lower_bound(c.known.begin(), c.known.end(), f, [](const auto& k, const Fingerprint& x) { return k.id < x; });
  return it != c.known.end() && it->id == f ? std::optional<std::size_t>(it - c.known.begin()) : std::nullopt;
}

void note_unconfirmed(const ProviderSeat& seat, Census& out, const std::string& account, const std::vector<std::string>& broken) {
  for (const auto& detail : broken) out.warnings.push_back({seat.rules.settings.name, account, detail});
  out.unconfirmed += static_cast<std::int64_t>(broken.size());
}

Result<void> take(Counting& c, const Account& listed) {
  const Account account = by_role_name(listed, c.out.roles);
  ++c.out.accounts;
  const auto at = index_of(c, account.id);
  if (at) c.seen[*at] = true;
  return take_listed(c.state, c.seat, account, {at ? c.known[*at].hash : "", c.reconfigured}, c.out);
}

Result<void> read_listing(Counting& c) {
  std::string cursor;
  while (true) {
    ++c.out.calls;
    auto page = c.io.run(retried(c.seat, [&] { return c.seat.provider->list(cursor); }));
    if (!page) {
      c.out.detail = page.error().message;
      c.out.reached = c.out.accounts > 0;
      return {};
    }
    for (const auto& bad : page->unusable) c.out.warnings.push_back({c.name(), bad.account, bad.detail});
    if (!page->unusable.empty()) c.out.detail = std::to_string(page->unusable.size()) + " accounts could not be understood";
    ROLLCALL_CHECK(c.state.transaction([&]() -> Result<void> {
      for (const auto& account : page->accounts) ROLLCALL_CHECK(take(c, account));
      return {};
    }));
    if (page->next.empty()) break;
    cursor = page->next;
  }
  c.out.complete = c.out.detail.empty();
  return {};
}

void judge_size(Counting& c, const store::ProviderRow& row) {
  const std::string id = core::hold_id(c.name(), "read", "size", "");
  // What rollcall made since the last listing is known too.
  const auto before = std::max<std::int64_t>(row.accounts, static_cast<std::int64_t>(c.known.size()));
  if (!c.out.complete || before == 0 || c.out.accounts * 2 >= before || row.accepted == id) return;
  c.out.complete = false;
  c.out.detail = "only " + std::to_string(c.out.accounts) + " accounts were listed, " + std::to_string(before) + " are known";
  store::HoldRow hold;
  hold.id = id;
  hold.provider = c.name();
  hold.kind = "read";
  hold.reason = c.out.detail;
  hold.content = "size";
  hold.state = "held";
  hold.since = c.now;
  c.out.read_holds.push_back(std::move(hold));
}

// A linked account that a complete listing lacks is looked up by id; missing from both in two runs, it is gone.
Result<void> look_for(Counting& c, store::AccountRow row) {
  if (row.person.empty()) return c.state.erase_account(c.name(), row.id);
  ++c.out.calls;
  auto found = c.io.run(retried(c.seat, [&] { return c.seat.provider->find(LookupBy::id, row.id); }));
  if (!found) {
    c.out.warnings.push_back({c.name(), row.id, "is missing from the listing, and the look-up failed: " + found.error().message});
    return {};
  }
  if (*found) return note_account(c.state, c.seat, by_role_name(**found, c.out.roles), [](store::AccountRow& r) { r.missing_runs = 0; });
  ROLLCALL_TRY(const auto broken, confirm_gone(c.state, row));
  note_unconfirmed(c.seat, c.out, row.id, broken);
  ++row.missing_runs;
  row.hash = "missing" + std::to_string(std::min<std::int64_t>(row.missing_runs, 2));
  return c.state.put_account(row, {});
}

Result<void> look_for_missing(Counting& c) {
  if (std::find(c.seen.begin(), c.seen.end(), false) == c.seen.end()) return {};
  for (const bool linked : {true, false}) {
    std::string after;
    while (true) {
      ROLLCALL_TRY(const auto rows, c.state.accounts_page(c.name(), linked, after, 500));
      for (const auto& row : rows) {
        after = row.id;
        const auto at = index_of(c, row.id);
        if (at && !c.seen[*at]) ROLLCALL_CHECK(look_for(c, row));
      }
      if (rows.size() < 500) break;
    }
  }
  return {};
}

// Fields that the listing lacks: what a single read shows becomes what was "written", and so a difference is found.
Result<void> audit_some(Counting& c, double share) {
  ROLLCALL_TRY(const auto linked, c.state.count_accounts(c.name(), true));
  const int count = std::min<int>(static_cast<int>(linked), std::max(1, static_cast<int>(share * static_cast<double>(linked))));
  if (linked == 0 || share <= 0 || !c.seat.provider->capabilities().finds.contains(LookupBy::id)) return {};
  ROLLCALL_TRY(const auto ids, c.state.sample_linked(c.name(), count));
  for (const auto& id : ids) {
    ++c.out.calls;
    auto found = c.io.run(retried(c.seat, [&] { return c.seat.provider->find(LookupBy::id, id); }));
    if (!found || !*found) continue;
    ROLLCALL_TRY(auto row, c.state.account(c.name(), id));
    if (!row) continue;
    ROLLCALL_TRY(Written written, read_written(row->written));
    bool differs = false;
    for (const auto& [field, value] : (*found)->fields) {
      if (c.seat.capabilities.listed_fields.contains(field)) continue;
      auto it = written.fields.find(field);
      if (it == written.fields.end() || it->second == value) continue;
      it->second = value;
      differs = true;
    }
    row->audited = c.now;
    row->written = write_written(written);
    if (differs) row->hash += "*";                // the planner looks again; the next listing restores the hash
    ROLLCALL_TRY(const Account account, read_account(row->body));
    ROLLCALL_CHECK(c.state.put_account(*row, account_keys(account, c.seat)));
  }
  return {};
}

// Where the mapping sets a password the listing cannot tell who came by an invitation; a single read can.
Result<void> confirm_acceptances(Counting& c) {
  if (!writes_password(c.seat.rules, c.seat.capabilities) || !c.seat.rules.settings.invite.present || !c.seat.capabilities.finds.contains(LookupBy::id)) return {};
  for (const char* open : {"sent", "in-doubt", "expired"}) {
    ROLLCALL_TRY(auto rows, c.state.invitations(c.name(), open));
    for (auto& row : rows) {
      ROLLCALL_TRY(const auto account, c.state.account_of(c.name(), row.person));
      if (!account) continue;
      ROLLCALL_TRY(const Account listed, read_account(account->body));
      if (!listed.accepted) continue;
      ++c.out.calls;
      auto found = c.io.run(retried(c.seat, [&] { return c.seat.provider->find(LookupBy::id, account->id); }));
      if (!found || !*found || !(*found)->accepted) continue;
      row.state = "accepted";
      ROLLCALL_CHECK(c.state.put_invitation(row));
    }
  }
  return {};
}

// Where the listing may miss that somebody came: open invitations are asked for, a few in each listing, those that were asked for
// longest ago first. What goes unnoticed is noticed at the reminder, which the provider then refuses.
Result<void> ask_for_acceptance(Counting& c) {
  constexpr std::size_t most = 20;
  if (c.seat.capabilities.lists_acceptance) return {};
  ROLLCALL_TRY(const auto invitations, c.state.invitations(c.name(), "sent"));
  std::vector<store::AccountRow> open;
  for (const auto& invitation : invitations) {
    ROLLCALL_TRY(auto row, c.state.account(c.name(), invitation.account));
    if (!row || row->missing_runs > 0) continue;
    ROLLCALL_TRY(const Account account, read_account(row->body));
    if (!account.accepted) open.push_back(std::move(*row));
  }
  std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) { return std::tie(a.audited, a.id) < std::tie(b.audited, b.id); });
  if (open.size() > most) open.resize(most);
  for (auto& row : open) {
    ++c.out.calls;
    const auto came = c.io.run(retried(c.seat, [&] { return c.seat.provider->has_accepted(row.id); }));
    if (!came) return {};                        // the next listing asks again
    ROLLCALL_TRY(Account account, read_account(row.body));
    row.audited = c.now;
    account.accepted = *came;
    row.body = write_account(account);
    row.hash = hash_as_written(account, row.written);
    ROLLCALL_CHECK(c.state.put_account(row, account_keys(account, c.seat)));
  }
  return {};
}

Result<void> close_books(Counting& c, store::ProviderRow row) {
  row.name = c.name();
  row.complete = c.out.complete;
  row.detail = c.out.detail;
  if (c.out.complete) {
    row.last_complete = row.changes_since = c.now;
    row.accounts = c.out.accounts;
    row.accepted.clear();
  }
  ROLLCALL_CHECK(c.state.put_provider(row));
  const std::string id = core::hold_id(c.name(), "read", "size", "");
  if (c.out.read_holds.empty()) return c.state.erase_hold(id);
  ROLLCALL_TRY(const auto old, c.state.hold(id));
  return old ? Result<void>{} : c.state.put_hold(c.out.read_holds.front());
}

}  // namespace

void read_roles(const ProviderSeat& seat, Io& io, Census& out) {
  out.roles_later = false;
  ++out.calls;
  auto roles = io.run(retried(seat, [&] { return seat.provider->roles(); }));
  if (roles)
    out.roles = std::move(*roles);
  else
    out.warnings.push_back({seat.rules.settings.name, "roles", "could not be read: " + roles.error().message});
}

Result<void> take_listed(store::State& state, const ProviderSeat& seat, const Account& account, const KnownBy& known, Census& out) {
  if (known.hash == hash_of(write_account(account)) && !known.anew) return {};
  if (awaits_confirmation(known.hash)) {
    ROLLCALL_TRY(const auto broken, confirm(state, seat, account));
    note_unconfirmed(seat, out, account.id, broken);
  }
  return note_account(state, seat, account);
}

Account by_role_name(Account account, const std::optional<std::vector<Role>>& catalogue) {
  if (!account.roles || !catalogue) return account;
  std::set<std::string> names;
  for (const auto& id : *account.roles) {
    auto it = std::find_if(catalogue->begin(), catalogue->end(), [&](const Role& role) { return role.id == id; });
    names.insert(it == catalogue->end() ? id : it->name);
  }
  account.roles = std::move(names);
  return account;
}

bool is_protected(const ProviderSeat& seat, const Account& account) {
  Fields fields = account.fields;
  fields.emplace("id", account.id);
  fields.emplace("status", std::string(to_string(account.status)));
  const language::FieldsLookup lookup(fields);
  return std::any_of(seat.rules.protect.begin(), seat.rules.protect.end(), [&](const auto& p) { return p.matches(lookup); });
}

std::vector<store::DesiredKey> account_keys(const Account& account, const ProviderSeat& seat) {
  std::set<std::string> names(seat.rules.settings.match.begin(), seat.rules.settings.match.end());
  for (const auto& field : {seat.capabilities.external_id_field, seat.capabilities.user_name_field, seat.capabilities.email_field})
    if (!field.empty()) names.insert(field);
  std::vector<store::DesiredKey> keys;
  for (const auto& name : names)
    if (auto it = account.fields.find(name); it != account.fields.end() && !it->second.empty())
      keys.push_back({name, language::fold(it->second)});
  return keys;
}

Result<void> note_account(store::State& state, const ProviderSeat& seat, const Account& account,
                          const std::function<void(store::AccountRow&)>& change) {
  const std::string& provider = seat.rules.settings.name;
  ROLLCALL_TRY(auto old, state.account(provider, account.id));
  store::AccountRow row = old.value_or(store::AccountRow{});
  row.provider = provider;
  row.id = account.id;
  row.body = write_account(account);
  row.hash = hash_of(row.body);
  row.status = to_string(account.status);
  row.missing_runs = 0;
  if (row.person.empty()) row.link = is_protected(seat, account) ? store::Link::isolated : store::Link::none;
  // Somebody else activated what we suspended: it is no longer ours to reactivate, and a leaver is suspended again.
  if (row.suspended_by_us && account.status != AccountStatus::suspended && !change) row.suspended_by_us = false;
  if (change) change(row);
  return state.put_account(row, account_keys(account, seat));
}

Result<Census> count_accounts(store::State& state, const ProviderSeat& seat, Io& io, Instant now, double audit) {
  Counting c{state, seat, io, now, {}, {}, {}, false};
  ROLLCALL_TRY(const auto row, state.provider(c.name()));
  c.reconfigured = !row || row->config_hash != seat.config_hash;
  ROLLCALL_TRY(c.known, state.known_accounts(c.name()));
  c.seen.assign(c.known.size(), false);
  if (seat.capabilities.shows_roles) read_roles(seat, io, c.out);   // a listing that shows roles shows their ids
  ROLLCALL_CHECK(read_listing(c));
  judge_size(c, row.value_or(store::ProviderRow{}));
  if (c.out.complete) ROLLCALL_CHECK(look_for_missing(c));
  if (c.out.complete && audit > 0) ROLLCALL_CHECK(audit_some(c, audit));
  if (c.out.complete) ROLLCALL_CHECK(confirm_acceptances(c));
  if (c.out.complete) ROLLCALL_CHECK(ask_for_acceptance(c));
  if (c.out.reached && !seat.capabilities.shows_roles) read_roles(seat, io, c.out);
  c.out.listed = c.out.complete;
  ROLLCALL_CHECK(close_books(c, row.value_or(store::ProviderRow{})));
  return std::move(c.out);
}

}  // namespace rollcall::sync
