#include <sqlite3.h>

#include <vector>

#include "store/statement.hpp"

namespace rollcall::store {
namespace {

tl::unexpected<Error> failure(sqlite3* connection) {
  return sqlite_failure(sqlite3_extended_errcode(connection), sqlite3_errmsg(connection));
}

class SqliteStatement : public Statement {
 public:
  SqliteStatement(sqlite3* connection, Turn& turn, sqlite3_stmt* statement, std::string_view parameters, std::string_view columns)
      : connection_(connection), turn_(turn), statement_(statement), writes_(!sqlite3_stmt_readonly(statement)), columns_(columns),
        given_(parameters.size()), texts_(columns.size()), numbers_(columns.size()) {}
  ~SqliteStatement() override {
    sqlite3_finalize(statement_);
    end();      // it may have been left half read
  }
  SqliteStatement(const SqliteStatement&) = delete;

  void set(std::size_t place, std::string_view text) override {
    given_[place].assign(text);      // stays where it is until the next use: SQLite needs no copy of its own
    sqlite3_bind_text64(statement_, static_cast<int>(place) + 1, given_[place].data(), given_[place].size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void set(std::size_t place, std::int64_t number) override { sqlite3_bind_int64(statement_, static_cast<int>(place) + 1, number); }

  Result<std::int64_t> run() override {
    begin();
    for (bool more = true; more;) {
      ROLLCALL_TRY(more, step());
    }
    return sqlite3_changes64(connection_);
  }

  Result<bool> next(bool first) override {
    if (first) begin();
    ROLLCALL_TRY(const bool more, step());
    if (more && !read()) return fail(ErrorKind::internal, "the state failed: a value is NULL", "state");
    return more;
  }

  const std::string& text(int column) const override { return texts_[static_cast<std::size_t>(column)]; }
  std::int64_t number(int column) const override { return numbers_[static_cast<std::size_t>(column)]; }

 private:
  // `begin immediate` counts as writing (sqlite.org/c3ref/stmt_readonly.html); what comes after it stands in its transaction.
  void begin() {
    if (writes_ && sqlite3_get_autocommit(connection_)) turn_.begin();
  }
  void end() {
    if (sqlite3_get_autocommit(connection_)) turn_.end();
  }

  // Reset at the end of its rows: an open read would block checkpoints.
  Result<bool> step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    Result<bool> answer = false;
    if (code != SQLITE_DONE) answer = failure(connection_);
    sqlite3_reset(statement_);
    end();
    return answer;
  }

  // False: a NULL, which no statement of ours may answer.
  bool read() {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const int column = static_cast<int>(i);
      if (columns_[i] == 'n') {
        if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return false;
        numbers_[i] = sqlite3_column_int64(statement_, column);
        continue;
      }
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
      if (!text) return false;
      texts_[i].assign(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }
    return true;
  }

  sqlite3* connection_;
  Turn& turn_;
  sqlite3_stmt* statement_;
  bool writes_;
  std::string columns_;
  std::vector<std::string> given_, texts_;
  std::vector<std::int64_t> numbers_;
};

}  // namespace

Result<std::unique_ptr<Statement>> sqlite_statement(void* connection, Turn& turn, std::string_view sql, std::string_view parameters, std::string_view columns) {
  auto* const db = static_cast<sqlite3*>(connection);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) return failure(db);
  return std::make_unique<SqliteStatement>(db, turn, statement, parameters, columns);
}

tl::unexpected<Error> sqlite_failure(int code, const std::string& text) {
  switch (code & 0xff) {  // the low byte is the primary code
    case SQLITE_FULL:
      return fail(ErrorKind::unavailable, "the disk that holds the state is full; free some space, nothing was changed",
                  "state");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorKind::unavailable, "the state is locked by another process; try again when it has ended",
                  "state");
    case SQLITE_READONLY:
      return fail(ErrorKind::refused, "the state is open for reading only", "state");
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
      return fail(ErrorKind::unavailable, "the state cannot be read or written: " + text, "state");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return fail(ErrorKind::corrupt, "the file is no state of rollcall, or it is damaged: " + text, "state");
    case SQLITE_CONSTRAINT:
      return fail(ErrorKind::conflict, "the state refuses the row: " + text, "state");
    default:
      return fail(ErrorKind::internal, "the state failed: " + text, "state");
  }
}

}  // namespace rollcall::store
