#include "store/tables.hpp"

namespace rollcall::store {

Tables::Tables(std::unique_ptr<Connection> db, Access access) : db_(std::move(db)), access_(access) {}

Tables::~Tables() {
  if (access_ != Access::write || db_->backend() != Backend::sqlite) return;
  // What is left in the log goes into the file, unless somebody else reads it; the emptied log stays for readers to
  // open.
  (void)db_->script("pragma busy_timeout = 0; pragma wal_checkpoint(truncate);");
}

// Inside another transaction it is a savepoint: a job of the write queue may itself ask for one.
Result<void> Tables::transaction(const std::function<Result<void>()>& f) {
  if (depth_ > 0) return savepoint(f);
  // A deferred begin that reads and then writes fails with "locked" when another process wrote in between.
  const bool immediate = access_ != Access::read && db_->backend() == Backend::sqlite;
  ROLLCALL_CHECK(execute(*db_, immediate ? "begin immediate" : "begin"));
  depth_ = 1;
  Result<void> answer;
  try {
    answer = f();
  } catch (...) {
    depth_ = 0;
    (void)execute(*db_, "rollback");
    throw;
  }
  depth_ = 0;
  if (answer) {
    auto committed = execute(*db_, "commit");
    if (committed) return {};
    answer = tl::unexpected<Error>(std::move(committed).error());
  }
  (void)execute(*db_, "rollback");
  return answer;
}

Result<void> Tables::savepoint(const std::function<Result<void>()>& f) {
  if (depth_ == 0) return transaction(f);
  ROLLCALL_CHECK(execute(*db_, "savepoint inner_part"));
  ++depth_;
  Result<void> answer;
  try {
    answer = f();
  } catch (...) {
    --depth_;
    (void)execute(*db_, "rollback to savepoint inner_part");
    (void)execute(*db_, "release savepoint inner_part");
    throw;
  }
  --depth_;
  if (!answer) ROLLCALL_CHECK(execute(*db_, "rollback to savepoint inner_part"));
  ROLLCALL_CHECK(execute(*db_, "release savepoint inner_part"));
  return answer;
}

Result<void> Tables::begin_reading() {
  ROLLCALL_CHECK(execute(*db_, db_->backend() == Backend::sqlite ? "begin" : "begin isolation level repeatable read read only"));
  depth_ = 1;
  return {};
}

void Tables::end_reading() {
  if (depth_ == 0) return;
  depth_ = 0;
  (void)execute(*db_, "commit");      // nothing was written: an error loses nothing, and the next beginning says it
}

Result<bool> Tables::healthy() {
  ROLLCALL_TRY(const std::int64_t versions, db_->number("select count(*) from migration"));
  return versions > 0;
}

std::int64_t Tables::data_version() {
  const bool sqlite = db_->backend() == Backend::sqlite;
  // All of the snapshot: one that began early may commit late, and its ends alone would not tell.
  return db_->number(sqlite ? "pragma data_version" : "select hashtextextended(cast(txid_current_snapshot() as text), 0)")
      .value_or(-1);
}

// --- lease ---

Result<State::Lease> Tables::take_lease(const std::string& name, const std::string& holder, Instant now,
                                        Instant expires) {
  ROLLCALL_CHECK(execute(
      *db_,
      "insert into lease (name, holder, epoch, expires) values (?1, ?2, 1, ?3) on conflict (name) do update set "
      "epoch = case when lease.holder = excluded.holder then lease.epoch else lease.epoch + 1 end, "
      "holder = excluded.holder, expires = excluded.expires "
      "where lease.holder = excluded.holder or lease.holder = '' or lease.expires <= ?4",
      name, holder, expires, now));
  ROLLCALL_TRY(auto held, lease(name));
  if (!held) return fail(ErrorKind::conflict, "the lease was dropped while it was taken; try again", "state");
  return *held;
}

Result<bool> Tables::renew_lease(const Lease& lease, Instant expires) {
  ROLLCALL_TRY(const std::int64_t changed,
               execute(*db_, "update lease set expires = ?1 where name = ?2 and holder = ?3 and epoch = ?4", expires,
                       lease.name, lease.holder, lease.epoch));
  return changed > 0;
}

// The row stays, so that the next epoch is another one.
Result<void> Tables::drop_lease(const Lease& lease) {
  ROLLCALL_CHECK(execute(*db_,
                         "update lease set holder = '', expires = 0 where name = ?1 and holder = ?2 and epoch = ?3",
                         lease.name, lease.holder, lease.epoch));
  return {};
}

Result<std::optional<State::Lease>> Tables::lease(const std::string& name) {
  std::optional<Lease> found;
  const auto read = [&](const Cursor& c) {
    found.emplace(Lease{name, c.text(0), c.number(1), Instant(Duration(c.number(2)))});
  };
  ROLLCALL_CHECK(
      each(*db_, "select holder, epoch, expires from lease where name = ?1 and holder <> ''", "tnn", read, name));
  return found;
}

}  // namespace rollcall::store
