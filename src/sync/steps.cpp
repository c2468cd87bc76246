#include "sync/steps.hpp"

#include <algorithm>

#include "core/decide.hpp"
#include "crypto/hash.hpp"
#include "sync/bodies.hpp"
#include "sync/census.hpp"
#include "sync/evidence.hpp"
#include "sync/retry.hpp"
#include "sync/settle.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;
namespace {

std::set<std::string> names_of(const Fields& fields) {
  std::set<std::string> out;
  for (const auto& [field, _] : fields) out.insert(field);
  return out;
}

}  // namespace

asio::awaitable<Result<void>> Steps::carry_out(std::vector<Job> jobs, bool roles_follow) {
  const Job job = jobs.front();
  switch (job.action->kind) {
    case ActionKind::create: co_return co_await create(job, roles_follow);
    case ActionKind::adopt: co_return co_await adopt(job);
    case ActionKind::update: co_return co_await update(job);
    case ActionKind::assign:
    case ActionKind::revoke: co_return co_await roles(std::move(jobs));
    case ActionKind::suspend: co_return co_await suspend(job);
    case ActionKind::reactivate: co_return co_await reactivate(job);
    case ActionKind::remove: co_return co_await remove(job);
    case ActionKind::cancel: co_return co_await cancel(job);
    case ActionKind::invite: co_return co_await invite(job);
    case ActionKind::unlink: co_return co_await unlink(job);
  }
  co_return fail(ErrorKind::internal, "an action of no known kind");
}

// Until the answer is there nobody knows whether it was done; the intent says what is doubtful, and so it stays if the answer is lost.
Result<void> Steps::note_doubt(store::State& state, const std::set<std::string>& about, bool doubtful) const {
  ROLLCALL_TRY(auto row, state.account(counter_.seat.rules.settings.name, id()));
  if (!row || about.empty()) return {};
  ROLLCALL_TRY(Written written, read_written(row->written));
  for (const auto& what : about) doubtful ? static_cast<void>(written.doubtful.insert(what)) : static_cast<void>(written.doubtful.erase(what));
  ROLLCALL_TRY(const Account account, read_account(row->body));
  if (doubtful && about.contains("status") && !row->suspended_by_us) {
    row->status_before = account.native_status;
    row->suspended_at = counter_.journal.now();
  }
  row->written = write_written(written);
  row->hash = hash_as_written(account, row->written);
  return state.put_account(*row, account_keys(account, counter_.seat));
}

asio::awaitable<Result<void>> Steps::step(Job job, std::string name, std::set<std::string> about,
                                          std::function<asio::awaitable<Result<void>>()> verb,
                                          std::function<Result<void>(store::State&)> learned) {
  store::WriteQueue::Job doubt = [this, about](store::State& state) { return note_doubt(state, about, true); };
  auto entry = co_await counter_.journal.intend(job.row, std::move(name), std::move(doubt));
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  Result<void> answer = co_await retried(counter_.seat, verb);
  if (!answer && answer.error().in_doubt) {
    auto noted = co_await counter_.journal.conclude(std::move(*entry), "failed", &answer.error());
    if (!noted) co_return noted;
    co_return answer;
  }
  store::WriteQueue::Job known = [this, about, ok = answer.has_value(), learned = std::move(learned)](store::State& state) -> Result<void> {
    ROLLCALL_CHECK(note_doubt(state, about, false));
    return ok ? learned(state) : Result<void>{};
  };
  const Error* error = answer ? nullptr : &answer.error();
  auto noted = co_await counter_.journal.conclude(std::move(*entry), answer ? "done" : "failed", error, std::move(known));
  if (!noted) co_return noted;
  co_return answer;
}

// The state's picture of the account after a verb, until the next listing confirms or corrects it.
Result<void> Steps::learn(store::State& state, const std::function<void(store::AccountRow&, Account&)>& change) const {
  ROLLCALL_TRY(auto row, state.account(counter_.seat.rules.settings.name, id()));
  if (!row) return fail(ErrorKind::internal, "account " + id() + " is not in the state", counter_.seat.rules.settings.name);
  ROLLCALL_TRY(Account account, read_account(row->body));
  change(*row, account);
  row->body = write_account(account);
  row->hash = hash_as_written(account, row->written);
  row->status = to_string(account.status);
  return state.put_account(*row, account_keys(account, counter_.seat));
}

// ---- create ----

// A re-creation invites nobody, nor does the next run because of it: who was adopted has no line in the ledger yet.
Result<void> Steps::leave_uninvited(store::State& state) const {
  const auto& settings = counter_.seat.rules.settings;
  ROLLCALL_TRY(const auto known, state.invitation(settings.name, subject_.person));
  if (known || !settings.invite.present) return {};
  store::InvitationRow row;
  row.id = crypto::random_uuid();
  row.provider = settings.name;
  row.person = subject_.person;
  row.email = subject_.invite_to;
  row.state = "cancelled";
  row.next_at = store::never;
  row.detail = "the account was created anew, which invites nobody; `rollcall invitations resend` does";
  return state.put_invitation(row);
}

Fields Steps::missing_external_id() const {
  const auto& c = counter_.seat.capabilities;
  if (c.external_id_at_create || c.external_id_field.empty() || subject_.external_id.empty()) return {};
  return {{c.external_id_field, subject_.external_id}};
}

asio::awaitable<Result<void>> Steps::created(store::JournalRow entry, const Account& account, const Fields& sent,
                                             const std::optional<Password>& password) {
  account_id_ = account.id;
  store::WriteQueue::Job job = [&](store::State& state) -> Result<void> {
    // Re-creation: the old account is gone for good.
    if (subject_.linked) {
      ROLLCALL_CHECK(state.erase_account(counter_.seat.rules.settings.name, subject_.linked->account.id));
      ROLLCALL_CHECK(leave_uninvited(state));
    }
    if (!account.fields.contains(counter_.seat.password_field)) ROLLCALL_CHECK(forget(state, password));
    Account shown = account;
    for (const auto& secret : counter_.seat.capabilities.set_only) shown.fields.erase(secret);
    // Rules and plans name roles, verbs and answers have their ids.
    if (shown.roles) {
      shown.roles.emplace();
      for (const auto& [name, id] : counter_.role_ids)
        if (account.roles->contains(id)) shown.roles->insert(name);
    }
    return note_account(state, counter_.seat, shown, [&](store::AccountRow& row) {
      row.person = subject_.person;
      row.link = store::Link::made;
      row.created_by_run = counter_.run;
      // What the answer does not name was not written, nor a secret that it names: that goes with the next update.
      Written written;
      for (const auto& [field, value] : sent)
        if (counter_.seat.capabilities.set_only.contains(field)) {
          if (!is_pushed(field) && !account.fields.contains(field)) written.fields[field] = hash_of(value);
        } else if (account.fields.contains(field))
          written.fields[field] = value, written.unconfirmed.insert(field);
      row.written = write_written(written);
      row.hash = hash_as_written(shown, row.written);
    });
  };
  co_return co_await counter_.journal.conclude(std::move(entry), "done", nullptr, std::move(job));
}

asio::awaitable<Result<void>> Steps::create(Job job, bool roles_follow) {
  const auto& c = counter_.seat.capabilities;
  NewAccount wanted;
  wanted.fields = subject_.desired.on_create;
  for (const auto& [field, value] : subject_.desired.enforced) wanted.fields[field] = value;
  if (c.external_id_at_create && !c.external_id_field.empty() && !subject_.external_id.empty())
    wanted.fields.emplace(c.external_id_field, subject_.external_id);
  else if (!c.external_id_field.empty())
    wanted.fields.erase(c.external_id_field);
  std::erase_if(wanted.fields, [](const auto& field) { return field.second.empty(); });
  std::optional<Password> password;
  if (is_pushed(c.password_field)) {
    auto waiting = co_await waiting_password();
    if (!waiting) co_return tl::unexpected<Error>(std::move(waiting).error());
    password = std::move(*waiting);
    wanted.fields.erase(c.password_field);
    if (password) wanted.fields[c.password_field] = password->text.reveal();
  }

  auto entry = co_await counter_.journal.intend(job.row, "create");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto verb = [&] { return counter_.seat.provider->create(wanted); };
  auto answer = co_await retried(counter_.seat, verb, Repeat::never_in_doubt);
  if (!answer && answer.error().in_doubt) {
    // Never sent again before a look-up has answered (contract 4.3). The entry stays open: a crash here is settled at the start.
    const auto look = [&] { return settle_lookup(counter_.seat, subject_); };
    auto found = co_await retried(counter_.seat, look);
    if (!found) co_return tl::unexpected<Error>(std::move(found).error());
    if (*found) {
      answer = std::move(**found);
    } else {
      answer = co_await retried(counter_.seat, verb, Repeat::never_in_doubt);
    }
  }
  if (!answer) {
    if (answer.error().in_doubt) co_return tl::unexpected<Error>(std::move(answer).error());   // the entry stays open
    Error error = answer.error();
    auto noted = co_await counter_.journal.conclude(std::move(*entry), "failed", &error);
    if (!noted) co_return noted;
    co_return tl::unexpected<Error>(std::move(error));
  }
  auto noted = co_await created(std::move(*entry), *answer, wanted.fields, password);
  if (!noted || roles_follow) co_return noted;
  co_return co_await write_external_id(job);
}

asio::awaitable<Result<void>> Steps::write_external_id(Job job) {
  const Fields late = missing_external_id();
  if (late.empty()) co_return Result<void>{};
  const auto verb = [this, late] { return counter_.seat.provider->update(id(), late); };
  const auto learned = [this, late](store::State& state) {
    return learn(state, [&](store::AccountRow& row, Account& account) {
      auto written = read_written(row.written).value_or(Written{});
      for (const auto& [field, value] : late) account.fields[field] = written.fields[field] = value;
      row.written = write_written(written);
    });
  };
  co_return co_await step(job, "external id", names_of(late), verb, learned);
}

asio::awaitable<Result<void>> Steps::adopt(Job job) {
  account_id_ = *job.action->account;
  store::WriteQueue::Job note = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(auto row, state.account(counter_.seat.rules.settings.name, account_id_));
    if (!row || !row->person.empty()) return fail(ErrorKind::conflict, "account " + account_id_ + " is not free any more");
    // Whose own account is gone for good takes this one instead.
    if (subject_.linked) ROLLCALL_CHECK(state.erase_account(counter_.seat.rules.settings.name, subject_.linked->account.id));
    row->person = subject_.person;
    row->link = store::Link::adopted;
    ROLLCALL_TRY(const Account account, read_account(row->body));
    return state.put_account(*row, account_keys(account, counter_.seat));
  };
  co_return co_await counter_.journal.write(std::move(note));
}

// The account is nobody's of ours any more: what rollcall wrote to it is forgotten, the account itself stays as it is.
asio::awaitable<Result<void>> Steps::unlink(Job job) {
  store::WriteQueue::Job note = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(auto row, state.account(counter_.seat.rules.settings.name, *job.action->account));
    if (!row || row->person != subject_.person)
      return fail(ErrorKind::conflict, "account " + *job.action->account + " is not linked to this person any more");
    row->person.clear();
    row->link = store::Link::none;
    row->written.clear();
    row->suspended_by_us = false;
    row->suspended_at = {};
    row->status_before.clear();
    ROLLCALL_TRY(const Account account, read_account(row->body));
    return state.put_account(*row, account_keys(account, counter_.seat));
  };
  co_return co_await counter_.journal.write(std::move(note));
}

// ---- update, roles, status ----

// A secret is masked in the plan: one that is not wanted any more - the client that pushed it has deleted the person - is not written.
Fields Steps::wanted_fields(const Action& action) const {
  Fields fields;
  for (const auto& change : action.changes) {
    auto it = subject_.desired.enforced.find(change.field);
    if (it != subject_.desired.enforced.end() && action.undoes.empty())
      fields[change.field] = it->second;
    else if (!counter_.seat.capabilities.set_only.contains(change.field))
      fields[change.field] = change.to.value_or("");
  }
  return fields;
}

asio::awaitable<Result<void>> Steps::update(Job job) {
  Fields fields = wanted_fields(*job.action);
  const bool pushed = is_pushed(counter_.seat.password_field) && fields.erase(counter_.seat.password_field) > 0;
  // By a call of its own: a password that the provider refuses keeps nothing else from it.
  if (!fields.empty()) {
    auto written = co_await write_fields(job, std::move(fields));
    if (!written) co_return written;
  }
  if (pushed) co_return co_await deliver_password(job);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Steps::write_fields(Job job, Fields fields) {
  const auto verb = [this, fields] { return counter_.seat.provider->update(id(), fields); };
  const auto learned = [this, fields](store::State& state) {
    return learn(state, [&](store::AccountRow& row, Account& account) {
      auto written = read_written(row.written).value_or(Written{});
      for (const auto& [field, value] : fields) {
        const bool secret = counter_.seat.capabilities.set_only.contains(field);
        written.fields[field] = secret ? hash_of(value) : value;
        auto shown = account.fields.find(field);
        if (shown == account.fields.end()) continue;
        shown->second = value;
        if (!secret) written.unconfirmed.insert(field);
      }
      row.written = write_written(written);
    });
  };
  co_return co_await step(job, "update", names_of(fields), verb, learned);
}

std::optional<std::string> Steps::role_id(const std::string& name) const {
  const auto known = counter_.role_ids.find(name);
  if (known != counter_.role_ids.end()) return known->second;
  return counter_.seat.capabilities.lists_roles ? std::nullopt : std::optional(name);   // a rule that is gone named it
}

asio::awaitable<Result<void>> Steps::roles(std::vector<Job> jobs) {
  std::set<std::string> names;
  if (held_roles_)
    names = *held_roles_;
  else if (subject_.linked && account_id_.empty())
    names = core::known_roles(*subject_.linked, counter_.seat.capabilities).value_or(names);
  RoleChange change;
  std::set<std::string> given, taken;
  for (const auto& job : jobs)
    for (const auto& c : job.action->changes) {
      const std::string& role = c.to ? *c.to : *c.from;
      const auto known = role_id(role);
      if (!known) co_return fail(ErrorKind::not_found, "role \"" + role + "\" does not exist at the provider");
      (c.to ? change.add : change.remove).insert(*known);
      (c.to ? given : taken).insert(role);
      if (c.to) names.insert(role);
      else names.erase(role);
    }
  for (const auto& name : names)
    if (const auto known = role_id(name)) change.whole.insert(*known);
  if (counter_.seat.capabilities.roles_with_fields && !account_id_.empty()) change.fields = missing_external_id();
  const auto verb = [this, change] { return counter_.seat.provider->set_roles(id(), change); };
  const auto learned = [this, names, given, taken, late = change.fields](store::State& state) {
    return learn(state, [&](store::AccountRow& row, Account& account) {
      auto written = read_written(row.written).value_or(Written{});
      if (counter_.seat.capabilities.shows_roles) {
        // Ours is what we gave: roles that others gave stay theirs (contract 4.4).
        if (!written.roles) written.roles.emplace();
        written.roles->insert(given.begin(), given.end());
        for (const auto& role : given) written.unconfirmed.insert("role " + role);
        for (const auto& role : taken) written.roles->erase(role), written.unconfirmed.erase("role " + role);
      } else {
        written.roles = names;
      }
      for (const auto& [field, value] : late) account.fields[field] = written.fields[field] = value;
      row.written = write_written(written);
      if (account.roles) account.roles = names;
    });
  };
  std::set<std::string> about = names_of(change.fields);
  for (const auto* names_changed : {&given, &taken})
    for (const auto& role : *names_changed) about.insert("role " + role);
  auto answer = co_await step(jobs.front(), "roles", std::move(about), verb, learned);
  if (answer) held_roles_ = names;
  if (!answer || account_id_.empty() || counter_.seat.capabilities.roles_with_fields || external_id_written_) co_return answer;
  external_id_written_ = true;
  co_return co_await write_external_id(jobs.front());
}

asio::awaitable<Result<void>> Steps::suspend(Job job) {
  const auto verb = [this] { return counter_.seat.provider->suspend(id()); };
  const auto learned = [this](store::State& state) {
    return learn(state, [&](store::AccountRow& row, Account& account) {
      auto written = read_written(row.written).value_or(Written{});
      written.unconfirmed.insert("status");
      row.written = write_written(written);
      row.suspended_by_us = true;
      row.suspended_at = counter_.journal.now();
      row.status_before = account.native_status;
      account.status = AccountStatus::suspended;
    });
  };
  std::set<std::string> about;
  about.insert("status");
  co_return co_await step(job, "suspend", std::move(about), verb, learned);
}

asio::awaitable<Result<void>> Steps::reactivate(Job job) {
  const std::string before = subject_.linked ? subject_.linked->status_before : "";
  const auto verb = [this, before] { return counter_.seat.provider->reactivate(id(), before); };
  const auto learned = [this, before](store::State& state) {
    return learn(state, [&](store::AccountRow& row, Account& account) {
      auto written = read_written(row.written).value_or(Written{});
      written.unconfirmed.erase("status");
      row.written = write_written(written);
      row.suspended_by_us = false;
      row.suspended_at = {};
      if (!before.empty()) account.native_status = before;
      account.status = AccountStatus::unknown;   // the next listing tells; "active" would look like an accepted invitation
    });
  };
  std::set<std::string> nothing;            // what was suspended by us stays so until a listing shows otherwise
  co_return co_await step(job, "reactivate", std::move(nothing), verb, learned);
}

asio::awaitable<Result<void>> Steps::remove(Job job) {
  const auto verb = [this] { return counter_.seat.provider->remove(id()); };
  const auto learned = [this](store::State& state) -> Result<void> {
    ROLLCALL_CHECK(state.erase_account(counter_.seat.rules.settings.name, id()));
    return state.erase_decision("retire", subject_.person, counter_.seat.rules.settings.name, "").map([](bool) {});
  };
  std::set<std::string> nothing;
  co_return co_await step(job, "delete", std::move(nothing), verb, learned);
}

}  // namespace rollcall::sync
