#include "sync/settle.hpp"

#include "sync/bodies.hpp"
#include "sync/census.hpp"
#include "sync/planner.hpp"
#include "sync/retry.hpp"
#include "sync/steps.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;
namespace {

struct Open {
  store::JournalRow entry;
  store::ActionRow action;
};

Result<void> close(store::State& state, Open open, Instant now, std::string outcome, std::string detail) {
  open.entry.outcome = std::move(outcome);
  open.entry.outcome_at = now;
  open.entry.detail = detail;
  return state.transaction([&]() -> Result<void> {
    ROLLCALL_CHECK(state.put_journal(open.entry).map([](auto) {}));
    if (!open.action.outcome.empty()) return {};
    open.action.outcome = open.entry.outcome == "done" ? "done" : "failed";
    open.action.detail = std::move(detail);
    open.action.finished = now;
    return state.put_action(open.action).map([](auto) {});
  });
}

// The person may have been renamed since: the account bears the names that were sent.
Result<void> name_as_sent(core::Subject& subject, const ProviderSeat& seat, const store::ActionRow& action) {
  ROLLCALL_TRY(const Fields sent, read_targets(action.changes));
  const auto& c = seat.capabilities;
  for (const auto& field : {c.user_name_field, c.email_field, c.external_id_field}) {
    const auto it = sent.find(field);
    if (field.empty() || it == sent.end()) continue;
    subject.desired.enforced[field] = it->second;
    if (field == c.external_id_field) subject.external_id = it->second;
  }
  return {};
}

// What the look-up of a create in doubt answered.
Result<void> note_found(store::State& state, ProviderSeat& seat, Open open, std::optional<Account> found, Instant now) {
  if (!found) return close(state, std::move(open), now, "failed", "settled: the account was not created");
  ROLLCALL_TRY(const auto stored, state.account(open.action.provider, found->id));
  if (stored && !stored->person.empty()) return close(state, std::move(open), now, "failed", "the account belongs to somebody else");
  found->roles.reset();                             // named by ids here; the next listing tells
  ROLLCALL_CHECK(note_account(state, seat, *found, [&](store::AccountRow& row) {
    row.person = open.action.person;
    row.link = store::Link::made;
    row.created_by_run = open.action.run;
    // What the create wrote is what was desired then; what the account shows differently is found by the comparison.
    Written written;
    for (const auto& [field, value] : found->fields) written.fields[field] = value;
    row.written = write_written(written);
  }));
  return close(state, std::move(open), now, "done", "settled by a look-up after the answer was lost");
}

// A create whose answer was lost: the account is there and ours, or it is not there.
Result<void> settle_create(store::State& state, ProviderSeat& seat, Io& io, Open open, Instant now) {
  if (!seat.provider) return {};                       // offline: it stays open
  ROLLCALL_TRY(auto desired, state.desired(open.action.provider, open.action.person));
  if (!desired) return close(state, std::move(open), now, "failed", "the person is no longer known");
  ROLLCALL_TRY(auto account, state.account_of(open.action.provider, open.action.person));
  if (account) return close(state, std::move(open), now, "done", "settled: the account is linked");
  const store::State::Pair pair{std::move(*desired), std::nullopt};
  ROLLCALL_TRY(core::Subject subject, subject_of(state, seat, pair, now));
  ROLLCALL_CHECK(name_as_sent(subject, seat, open.action));
  auto found = io.run(retried(seat, [&] { return settle_lookup(seat, subject); }));
  if (!found) return {};                               // cannot be asked now: it stays open
  return state.transaction([&] { return note_found(state, seat, std::move(open), std::move(*found), now); });
}

Result<void> doubt_invitation(store::State& state, Open open, Instant now, Settled& out) {
  ROLLCALL_TRY(auto row, state.invitation(open.action.provider, open.action.person));
  // One that has gone out is in doubt by its reminder.
  if (row && (row->state == "pending" || row->state == "sent")) {
    row->state = "in-doubt";
    row->sent = open.entry.intent_at;
    row->detail = "rollcall was killed between sending and the answer";
    ROLLCALL_CHECK(state.put_invitation(*row));
  }
  const std::string what = open.entry.step == "mail" ? "the invitation mail" : "the provider's invitation";
  out.warnings.push_back({open.action.provider, open.action.person,
                          what + " to " + open.action.name + " may or may not have gone out: rollcall was killed while sending. " +
                              "It is not sent again by itself"});
  return close(state, std::move(open), now, "failed", "in doubt: killed while sending");
}

Result<void> settle_one(store::State& state, House& house, Io& io, Open open, Instant now, Settled& out) {
  ProviderSeat* seat = house.provider(open.action.provider);
  if (!seat) return close(state, std::move(open), now, "failed", "the provider is no longer configured");
  if (open.entry.step == "create") return settle_create(state, *seat, io, std::move(open), now);
  if (open.entry.step == "mail" || open.entry.step == "send")
    return state.transaction([&] { return doubt_invitation(state, std::move(open), now, out); });
  // Every other verb is idempotent: the comparison with what the provider shows decides whether it is needed again.
  return close(state, std::move(open), now, "failed", "rollcall was stopped before the answer came; compared anew");
}

}  // namespace

asio::awaitable<Result<std::optional<Account>>> settle_lookup(const ProviderSeat& seat, const core::Subject& subject) {
  const auto& c = seat.capabilities;
  const auto field = [&](const std::string& name) -> std::string {
    for (const Fields* fields : {&subject.desired.enforced, &subject.desired.on_create})
      if (auto it = fields->find(name); !name.empty() && it != fields->end()) return it->second;
    return {};
  };
  std::string value;
  if (c.finds.contains(LookupBy::external_id) && c.external_id_at_create && !subject.external_id.empty()) {
    value = subject.external_id;
    co_return co_await seat.provider->find(LookupBy::external_id, std::move(value));
  }
  value = field(c.user_name_field);
  if (c.finds.contains(LookupBy::user_name) && !value.empty())
    co_return co_await seat.provider->find(LookupBy::user_name, std::move(value));
  value = field(c.email_field);
  if (c.finds.contains(LookupBy::email) && !value.empty())
    co_return co_await seat.provider->find(LookupBy::email, std::move(value));
  co_return fail(ErrorKind::unsupported, "the answer to a create was lost and this provider offers no look-up: the next listing will tell");
}

Result<Settled> settle_doubts(store::State& state, House& house, Io& io, Instant now, const std::string& provider) {
  Settled out;
  ROLLCALL_TRY(auto open, state.in_doubt());
  for (auto& [entry, action] : open) {
    if (!provider.empty() && action.provider != provider) continue;
    ++out.entries;
    Open one{std::move(entry), std::move(action)};
    ROLLCALL_CHECK(settle_one(state, house, io, std::move(one), now, out));
  }
  return out;
}

}  // namespace rollcall::sync
