// subject_of: gathers what core::decide needs of one person at one provider.
#include <algorithm>

#include "core/desired.hpp"
#include "language/unicode.hpp"
#include "sync/bodies.hpp"
#include "sync/lookups.hpp"
#include "sync/planner.hpp"

namespace rollcall::sync {
namespace {

core::Standing standing_of(const store::DesiredRow& row) {
  if (row.leaving == "stated") return core::Standing::stated;
  if (row.leaving == "absent") return core::Standing::absent;
  return row.leaving == "waiting" ? core::Standing::waiting : core::Standing::in;
}

core::InviteState invite_state_of(const std::string& text) {
  using enum core::InviteState;
  constexpr std::pair<std::string_view, core::InviteState> names[] = {
      {"pending", pending}, {"sent", sent},           {"accepted", accepted}, {"expired", expired},
      {"cancelled", cancelled}, {"in-doubt", in_doubt}, {"failed", failed}};
  for (const auto& [name, state] : names)
    if (name == text) return state;
  return none;
}

core::InviteWish wish_of(const store::InvitationRow& row) {
  if (row.next_at == store::never) return core::InviteWish::cancel;
  return row.next_at == Instant{} ? core::InviteWish::none : core::InviteWish::resend;
}

Result<core::LinkedAccount> linked_of(const store::AccountRow& row) {
  core::LinkedAccount out;
  ROLLCALL_TRY(out.account, read_account(row.body));
  ROLLCALL_TRY(Written written, read_written(row.written));
  out.ownership = row.link == store::Link::adopted ? core::Ownership::adopted : core::Ownership::made;
  out.written = std::move(written.fields);
  out.written_roles = std::move(written.roles);
  out.doubtful = std::move(written.doubtful);
  out.suspended_by_us = row.suspended_by_us;
  out.status_before = row.status_before;
  out.suspended_at = row.suspended_at;
  out.gone = row.missing_runs >= 2;
  out.missing = row.missing_runs == 1;
  return out;
}

Result<void> find_candidates(store::State& state, const ProviderSeat& seat, core::Subject& s) {
  for (const auto& key : core::match_keys(s.desired, s.person, seat.rules, seat.capabilities)) {
    ROLLCALL_TRY(const auto hits, state.accounts_by_key(seat.rules.settings.name, {key.name, language::fold(key.value)}));
    const bool folds = key.name == seat.capabilities.user_name_field || key.name == seat.capabilities.email_field;
    for (const auto& hit : hits) {
      if (hit.person == s.person || hit.missing_runs >= 2) continue;
      ROLLCALL_TRY(const Account account, read_account(hit.body));
      // Only user name and e-mail match without case.
      if (auto it = account.fields.find(key.name); !folds && it != account.fields.end() && it->second != key.value) continue;
      auto known = std::find_if(s.candidates.begin(), s.candidates.end(), [&](const auto& c) { return c.account == hit.id; });
      if (known == s.candidates.end()) {
        core::Candidate c;
        c.account = hit.id;
        for (const auto& field : {seat.capabilities.user_name_field, seat.capabilities.email_field})
          if (auto f = account.fields.find(field); c.name.empty() && f != account.fields.end()) c.name = f->second;
        for (const char* field : {"lastname", "LastName", "profile.familyName", "name.familyName"})
          if (auto f = account.fields.find(field); f != account.fields.end()) c.family_name = f->second;
        c.isolated = hit.link == store::Link::isolated;
        c.linked_to = hit.person;
        known = s.candidates.insert(s.candidates.end(), std::move(c));
      }
      known->by.push_back(key.name == seat.capabilities.external_id_field ? "external id" : key.name);
    }
  }
  return {};
}

// What people decided about this person here.
Result<void> heed_decisions(store::State& state, const ProviderSeat& seat, core::Subject& s) {
  const std::string& provider = seat.rules.settings.name;
  ROLLCALL_TRY(const auto decisions, state.decisions(s.person));
  for (const auto& d : decisions) {
    if (d.scope != provider && !(d.kind == "suspend" && d.scope.empty())) continue;
    s.contained = s.contained || d.kind == "suspend";
    s.retired = s.retired || d.kind == "retire";
    for (auto& candidate : s.candidates)
      if (d.kind == "unlink" && candidate.account == d.subject) candidate.refused = true;
  }
  return {};
}

Result<std::string> records_text(store::State& state, const std::string& person) {
  ROLLCALL_TRY(const auto identity, state.identity(person));
  if (!identity || identity->records.empty()) return std::string();
  ROLLCALL_TRY(const auto record, state.record(identity->records.front()));
  return record ? record->source + ": " + record->locator : std::string();
}

// Others who map to the same unique value: whoever has an account, or is to have one.
Result<void> find_rivals(store::State& state, const ProviderSeat& seat, core::Subject& s) {
  const std::string& provider = seat.rules.settings.name;
  for (const bool email : {false, true}) {
    const std::string& field = email ? seat.capabilities.email_field : seat.capabilities.user_name_field;
    auto it = s.desired.enforced.find(field);
    if (field.empty() || it == s.desired.enforced.end() || it->second.empty()) continue;
    ROLLCALL_TRY(const auto people, state.people_by_desired_key(provider, {field, language::fold(it->second)}));
    for (const auto& other : people) {
      if (other == s.person) continue;
      ROLLCALL_TRY(const auto desired, state.desired(provider, other));
      ROLLCALL_TRY(const auto account, state.account_of(provider, other));
      if (!desired || (!account && (desired->leaving == "stated" || desired->leaving == "absent"))) continue;
      core::Rival rival;
      rival.field = email ? "email" : "userName";
      rival.value = it->second;
      rival.person = other;
      rival.name = desired->name;
      rival.linked = account.has_value();
      if (account) rival.account = account->id;
      ROLLCALL_TRY(rival.record, records_text(state, other));
      s.rivals.push_back(std::move(rival));
    }
  }
  return {};
}

// A password is not kept with the desired account: the mapping makes it again. Of nobody there is none.
Result<void> restore_secrets(const ProviderSeat& seat, const std::optional<store::IdentityRow>& row, DesiredAccount& desired) {
  const auto restore = [&](Fields& fields, const Fields& made) {
    for (const auto& field : seat.capabilities.set_only)
      if (auto it = fields.find(field); it != fields.end()) {
        auto value = made.find(field);
        it->second = value == made.end() ? "" : value->second;
      }
  };
  const auto holds_secret = [&](const Fields& fields) {
    return std::any_of(seat.capabilities.set_only.begin(), seat.capabilities.set_only.end(),
                       [&](const auto& field) { return fields.contains(field); });
  };
  if (!holds_secret(desired.enforced) && !holds_secret(desired.on_create)) return {};
  IdentityBody body;
  if (row) {
    ROLLCALL_TRY(body, read_identity(row->body));
  }
  restore(desired.enforced, seat.rules.mapping.enforced(body.identity));
  restore(desired.on_create, seat.rules.mapping.created_with(body.identity));
  return {};
}

// That a pushed password waits is looked up anew: it may have been delivered since, or another have come.
Result<void> find_password(store::State& state, const ProviderSeat& seat, core::Subject& s) {
  if (seat.password_field.empty()) return {};
  s.desired.enforced.erase(seat.password_field);
  ROLLCALL_TRY(const auto waiting, state.sealed(seat.rules.settings.name, s.person));
  if (waiting) s.desired.enforced[seat.password_field] = mark_of(*waiting);
  return {};
}

std::string reason_for_leaving(const store::DesiredRow& row, const store::IdentityRow& identity, const IdentityBody& body) {
  if (row.leaving == "stated" && !body.deleted_in.empty()) return "deleted in " + body.deleted_in;
  if (row.leaving == "stated") return body.inactive_in.empty() ? "the end date is past" : "inactive in " + body.inactive_in;
  if (identity.presence == store::Presence::gone) return "not found in any source";
  return "no longer in scope";
}

}  // namespace

Result<core::Subject> subject_of(store::State& state, const ProviderSeat& seat, const store::State::Pair& pair, Instant now) {
  core::Subject s;
  const auto& row = pair.desired;
  s.person = row.person;
  s.name = row.name;
  s.standing = standing_of(row);
  ROLLCALL_TRY(s.desired, read_desired(row.body));
  s.external_id = core::external_id_of(s.desired, s.person, seat.capabilities);
  ROLLCALL_TRY(const auto identity, state.identity(row.person));
  ROLLCALL_CHECK(restore_secrets(seat, identity, s.desired));
  // What the provider would read back, so that no difference is endless.
  if (seat.provider) {
    s.desired.enforced = seat.provider->canonical(std::move(s.desired.enforced));
    s.desired.on_create = seat.provider->canonical(std::move(s.desired.on_create));
  }
  ROLLCALL_CHECK(find_password(state, seat, s));
  if (identity) {
    ROLLCALL_TRY(const IdentityBody body, read_identity(identity->body));
    s.invalid = body.invalid;
    s.ambiguous = body.ambiguous;
    seat.rules.mapping.enforced(body.identity, &s.invalid);       // a value that the mapping cannot make text of
    seat.rules.mapping.created_with(body.identity, &s.invalid);
    for (auto [slot, name] : {std::pair{&s.given_name, "givenName"}, {&s.family_name, "familyName"}, {&s.user_name, "userName"}})
      if (const auto* value = body.identity.find(name)) *slot = *value;
    s.delayed = core::dates(body.identity, now).not_started;
    s.invite_wanted = core::invite_wanted(body.identity, seat.rules);
    s.invite_to = core::invite_address(body.identity, seat.rules);
    s.left_reason = reason_for_leaving(row, *identity, body);
    for (const auto id : identity->records) {
      ROLLCALL_TRY(const auto record, state.record(id));
      if (record) s.records.push_back(record->source + ": " + record->locator);
    }
  }
  if (pair.account) {
    ROLLCALL_TRY(s.linked, linked_of(*pair.account));
    // Of a secret only the hash of what was written is kept: equal hashes are equal texts.
    for (const auto& field : seat.capabilities.set_only)
      if (auto w = s.linked->written.find(field); w != s.linked->written.end())
        if (auto d = s.desired.enforced.find(field); d != s.desired.enforced.end() && w->second == hash_of(d->second))
          w->second = d->second;
  }
  if (!s.linked || s.linked->gone) ROLLCALL_CHECK(find_candidates(state, seat, s));
  ROLLCALL_CHECK(heed_decisions(state, seat, s));
  if (s.standing == core::Standing::in) ROLLCALL_CHECK(find_rivals(state, seat, s));
  ROLLCALL_TRY(const auto invitation, state.invitation(seat.rules.settings.name, s.person));
  if (invitation) {
    s.invitation = invite_state_of(invitation->state);
    s.invited_address = invitation->email;
    s.invited_at = invitation->sent;
    s.invite_expires = invitation->expires;
    s.wish = wish_of(*invitation);
    s.reminders = static_cast<int>(invitation->reminders);
    s.invited_account = invitation->account;
    s.invited_roles = read_role_lines(invitation->roles);
    s.invitation_known = !invitation->vendor_id.empty();
  }
  return s;
}

}  // namespace rollcall::sync
