#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "json/json.hpp"
#include "store/connection.hpp"
#include "store/statement.hpp"

namespace rollcall::store {
namespace {

// PostgreSQL's DETAIL names the values of a key, and what() of SOCI adds what was bound: neither leaves this file.
std::string plain_message(const soci::soci_error& error) {
  std::string text = error.get_error_message();
  for (const char* end : {"DETAIL", "CONTEXT", "\n"})
    if (auto at = text.find(end); at != std::string::npos) text.resize(at);
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

tl::unexpected<Error> postgresql_failure(const std::string& sqlstate, const std::string& text) {
  const std::string_view group = std::string_view(sqlstate).substr(0, 2);  // PostgreSQL manual, appendix A
  if (sqlstate == "53100")
    return fail(ErrorKind::unavailable, "the disk that holds the state is full; free some space, nothing was changed",
                "state");
  if (group == "40" || sqlstate == "55P03")
    return fail(ErrorKind::unavailable, "the state is locked by another process; try again when it has ended", "state");
  if (group == "23") return fail(ErrorKind::conflict, "the state refuses the row: " + text, "state");
  if (sqlstate == "25006") return fail(ErrorKind::refused, "the state is open for reading only", "state");
  if (group == "08" || group == "53" || group == "57" || group == "58" || group == "  " || sqlstate.empty())
    return fail(ErrorKind::unavailable, "the state's database cannot be reached: " + text, "state");
  return fail(ErrorKind::internal, "the state failed: " + text, "state");
}

tl::unexpected<Error> failure(const soci::soci_error& error) {
  if (auto* e = dynamic_cast<const soci::sqlite3_soci_error*>(&error))
    return sqlite_failure(e->result(), plain_message(error));
  if (auto* e = dynamic_cast<const soci::postgresql_soci_error*>(&error))
    return postgresql_failure(std::string(e->sqlstate().c_str()), plain_message(error));
  return fail(ErrorKind::internal, "the state failed: " + plain_message(error), "state");
}

sqlite_api::sqlite3* handle(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

// SQLite takes ?1 as it is. For PostgreSQL SOCI must find names of its own, :p1: it counts them, and asks for them when
// it adds context to an error. `{by INDEX}` behind a table is SQLite's `indexed by`: without statistics it may prefer
// the first column of the primary key, which is every row of a provider; PostgreSQL keeps statistics and has no such
// words.
std::string in_dialect(std::string_view sql, Backend backend) {
  const bool sqlite = backend == Backend::sqlite;
  std::string text;
  for (std::size_t at = 0; at < sql.size(); ++at) {
    if (sql.substr(at, 4) == "{by ") {
      const std::size_t end = sql.find('}', at);
      if (sqlite) text.append("indexed by ").append(sql.substr(at + 4, end - at - 4));
      at = end;
    } else if (sql[at] == '?' && !sqlite) {
      text += ":p";
    } else {
      text += sql[at];
    }
  }
  return text;
}

// PostgreSQL by SOCI.
class SociStatement : public Statement {
 public:
  SociStatement(soci::session& session, std::string_view text, std::string_view in, std::string_view out)
      : statement_(session), texts_in_(in.size()), texts_out_(out.size()), numbers_in_(in.size()), numbers_out_(out.size()) {
    statement_.alloc();
    statement_.prepare(std::string(text));
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::string name = "p" + std::to_string(i + 1);
      in[i] == 't' ? statement_.exchange(soci::use(texts_in_[i], name)) : statement_.exchange(soci::use(numbers_in_[i], name));
    }
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] == 't' ? statement_.exchange(soci::into(texts_out_[i])) : statement_.exchange(soci::into(numbers_out_[i]));
    statement_.define_and_bind();
  }

  void set(std::size_t place, std::string_view text) override { texts_in_[place] = text; }
  void set(std::size_t place, std::int64_t number) override { numbers_in_[place] = number; }
  Result<std::int64_t> run() override {
    try {
      statement_.execute(true);
      return statement_.get_affected_rows();
    } catch (const soci::soci_error& error) {
      return failure(error);
    }
  }
  Result<bool> next(bool first) override {
    try {
      if (first) statement_.execute(false);
      return statement_.fetch();
    } catch (const soci::soci_error& error) {
      return failure(error);
    }
  }
  const std::string& text(int column) const override { return texts_out_[static_cast<std::size_t>(column)]; }
  std::int64_t number(int column) const override { return numbers_out_[static_cast<std::size_t>(column)]; }

 private:
  soci::statement statement_;
  // One element for each parameter and column; SOCI keeps pointers to them, so that they never move.
  std::vector<std::string> texts_in_, texts_out_;
  std::vector<long long> numbers_in_, numbers_out_;
};

Result<std::unique_ptr<Statement>> soci_statement(soci::session& session, std::string_view sql, std::string_view parameters, std::string_view columns) {
  try {
    return std::make_unique<SociStatement>(session, sql, parameters, columns);
  } catch (const soci::soci_error& error) {
    return failure(error);
  }
}

sqlite_api::sqlite3_file* file_of(soci::session& session, int which) {
  sqlite_api::sqlite3_file* file = nullptr;
  sqlite_api::sqlite3_file_control(handle(session), "main", which, &file);
  return file && file->pMethods ? file : nullptr;
}

Result<void> copy_file(sqlite_api::sqlite3_file* from, const std::string& path) {
  sqlite_api::sqlite3_int64 size = 0;
  if (!from || from->pMethods->xFileSize(from, &size) != SQLITE_OK || size == 0) return {};
  std::FILE* to = std::fopen(path.c_str(), "wbxe");
  bool whole = to != nullptr;
  std::vector<char> part(1 << 20);
  for (sqlite_api::sqlite3_int64 at = 0; whole && at < size; at += static_cast<long long>(part.size())) {
    const auto count = std::min<long long>(size - at, static_cast<long long>(part.size()));
    whole = from->pMethods->xRead(from, part.data(), static_cast<int>(count), at) == SQLITE_OK &&
            std::fwrite(part.data(), 1, count, to) == static_cast<std::size_t>(count);
  }
  if (to && std::fclose(to) != 0) whole = false;
  if (whole) return {};
  return fail(ErrorKind::unavailable, "no private copy of the state could be made at " + path + ": is that disk full?",
              "state");
}

}  // namespace

struct Cursor::Body {
  std::string sql, parameters, columns;
  std::unique_ptr<Statement> statement;
  std::size_t bound = 0;
  bool started = false, finished = true, broken = false, bad_text = false;

  Result<void> check() const {
    if (bound != parameters.size()) throw std::logic_error("parameters are missing: " + sql);
    if (bad_text) return fail(ErrorKind::invalid, "a text with a NUL byte or invalid UTF-8 cannot be stored", "state");
    return {};
  }
};

struct Connection::Body {
  Backend backend;
  Turn turn;
  soci::session session;
  std::unordered_map<std::string, std::unique_ptr<Cursor::Body>> idle;
};

Cursor::Cursor(Connection& owner, std::unique_ptr<Body> body) : owner_(&owner), body_(std::move(body)) {}
Cursor::Cursor(Cursor&&) noexcept = default;

Cursor::~Cursor() {
  if (!body_ || body_->broken || !body_->finished) return;
  auto& place = owner_->body_->idle[body_->sql];
  if (!place) place = std::move(body_);
}

void Cursor::bind(std::string_view text) {
  if (body_->parameters.at(body_->bound) != 't') throw std::logic_error("a number is bound here: " + body_->sql);
  if (text.find('\0') != text.npos || !json::is_utf8(text)) body_->bad_text = true;
  body_->statement->set(body_->bound++, text);
}

void Cursor::bind(std::int64_t number) {
  if (body_->parameters.at(body_->bound) != 'n') throw std::logic_error("a text is bound here: " + body_->sql);
  body_->statement->set(body_->bound++, number);
}

Result<std::int64_t> Cursor::run() {
  ROLLCALL_CHECK(body_->check());
  auto changed = body_->statement->run();
  if (!changed) body_->broken = true;
  return changed;
}

Result<bool> Cursor::next() {
  const bool first = !body_->started;
  if (first) ROLLCALL_CHECK(body_->check());
  body_->started = true;
  body_->finished = false;
  auto more = body_->statement->next(first);
  if (!more) body_->broken = true;
  body_->finished = more && !*more;
  return more;
}

const std::string& Cursor::text(int column) const { return body_->statement->text(column); }
std::int64_t Cursor::number(int column) const { return body_->statement->number(column); }

Connection::Connection(std::unique_ptr<Body> body) : body_(std::move(body)) {}

Connection::~Connection() { body_->idle.clear(); }

Backend Connection::backend() const { return body_->backend; }

Result<std::unique_ptr<Connection>> Connection::open(Backend backend, const std::string& target, bool writable) {
  auto body = std::make_unique<Body>();
  body->backend = backend;
  try {
    if (backend == Backend::postgresql) {
      body->session.open(soci::postgresql, target);
    } else {
      // Quoted: SOCI would read a `=` in a URI as an option of its own.
      body->session.open(soci::sqlite3, target.empty() ? target : "dbname=\"" + target + "\"");
    }
  } catch (const soci::soci_error& error) {
    return failure(error);
  }
  std::unique_ptr<Connection> connection(new Connection(std::move(body)));
  if (backend == Backend::postgresql) {
    ROLLCALL_CHECK(
        connection->script(writable ? "set client_min_messages = warning;"
                                    : "set client_min_messages = warning; set default_transaction_read_only = on;"));
  }
  return connection;
}

Result<Cursor> Connection::prepare(std::string_view sql, std::string_view parameters, std::string_view columns) {
  thread_local std::string key;  // no allocation for a look-up
  key.assign(sql);
  if (auto known = body_->idle.find(key); known != body_->idle.end() && known->second) {
    auto body = std::move(known->second);
    if (body->parameters != parameters || body->columns != columns)
      throw std::logic_error("one SQL, two shapes: " + key);
    body->bound = 0;
    body->started = body->bad_text = false;
    return Cursor(*this, std::move(body));
  }
  const std::string text = in_dialect(sql, body_->backend);
  auto body = std::make_unique<Cursor::Body>(Cursor::Body{key, std::string(parameters), std::string(columns), nullptr});
  if (body_->backend == Backend::sqlite) {
    ROLLCALL_TRY(body->statement, sqlite_statement(handle(body_->session), body_->turn, text, parameters, columns));
  } else {
    ROLLCALL_TRY(body->statement, soci_statement(body_->session, text, parameters, columns));
  }
  return Cursor(*this, std::move(body));
}

Result<void> Connection::script(std::string_view sql) {
  try {
    for (std::size_t begin = 0; begin < sql.size();) {
      const std::size_t end = std::min(sql.find(';', begin), sql.size());
      const std::string statement(sql.substr(begin, end - begin));
      begin = end + 1;
      if (statement.find_first_not_of(" \n\t") == statement.npos) continue;
      soci::statement once(body_->session);
      once.alloc();
      once.prepare(statement);
      once.define_and_bind();
      // A pragma answers a row: step on until it is closed.
      for (bool more = once.execute(true); more;) more = once.fetch();
    }
    return {};
  } catch (const soci::soci_error& error) {
    return failure(error);
  }
}

Result<std::int64_t> Connection::number(std::string_view sql) {
  ROLLCALL_TRY(Cursor cursor, prepare(sql, "", "n"));
  ROLLCALL_TRY(bool found, cursor.next());
  if (!found) return fail(ErrorKind::internal, "the state answered nothing", "state");
  const std::int64_t answer = cursor.number(0);
  while (found) {
    ROLLCALL_TRY(found, cursor.next());
  }
  return answer;
}

// While this connection reads, nobody moves younger changes from the log into the file, and the log only grows; so the
// file and then the log, in this order, hold a whole state (sqlite.org/walformat.html section 2.3). Several times as
// fast as the backup API, which goes through both page caches. Read through SQLite's own handles: to open and close the
// file here would drop its locks.
Result<void> Connection::copy_to(const std::string& path) {
  ROLLCALL_CHECK(script("begin;"));
  const auto copy = [&]() -> Result<void> {
    ROLLCALL_CHECK(number("select count(*) from sqlite_master"));  // the reading begins here
    ROLLCALL_CHECK(copy_file(file_of(body_->session, SQLITE_FCNTL_FILE_POINTER), path));
    return copy_file(file_of(body_->session, SQLITE_FCNTL_JOURNAL_POINTER), path + "-wal");
  };
  auto answer = copy();
  ROLLCALL_CHECK(script("rollback;"));
  return answer;
}

void Connection::write_in_turn(const std::string& path) {
  auto writers = Writers::of(path);
  writers->attend(handle(body_->session));
  body_->turn.join(std::move(writers));
}

void Connection::keep_wal() {
  int on = 1;
  sqlite_api::sqlite3_file_control(handle(body_->session), "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

}  // namespace rollcall::store
