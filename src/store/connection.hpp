// One connection to SQLite or PostgreSQL and its prepared statements (statement.hpp): the wall in front of SOCI, which
// only sql.cpp sees. Every failure is an Error without bound values. Statements are prepared once, kept, and always fetched to their
// end, so that no read stays open and blocks a checkpoint. Parameters are written ?1, ?2, ... and bound in that order.
// Owned by a State. Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"

namespace rollcall::store {

enum class Backend { sqlite, postgresql };

class Connection;

// A prepared statement taken out of the connection's store for one use; goes back when it ends, unless it failed or was
// left half read. So the same SQL may be used again inside a loop over its own rows.
class Cursor {
 public:
  struct Body;
  Cursor(Connection& owner, std::unique_ptr<Body> body);
  ~Cursor();
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) = delete;

  // In order of the parameters. NUL and invalid UTF-8 are refused on both backends: PostgreSQL would cut, SQLite would
  // keep.
  void bind(std::string_view text);
  void bind(std::int64_t number);

  Result<std::int64_t> run();  // a statement without rows; answers how many rows it changed
  Result<bool> next();         // the first call executes; false: no more rows, and the statement is closed

  const std::string& text(int column) const;
  std::int64_t number(int column) const;

 private:
  Connection* owner_;
  std::unique_ptr<Body> body_;
};

class Connection {
 public:
  // SQLite: a file name or URI, "" is a private temporary database. PostgreSQL: a libpq connection string or URI.
  static Result<std::unique_ptr<Connection>> open(Backend backend, const std::string& target, bool writable);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Backend backend() const;
  // One letter a parameter and one a column of the answer: t text, n number.
  Result<Cursor> prepare(std::string_view sql, std::string_view parameters, std::string_view columns);
  Result<void> script(std::string_view sql);          // statements that end with `;`, no parameters, nothing kept
  Result<std::int64_t> number(std::string_view sql);  // the one number that a statement without parameters answers

  // SQLite only.
  Result<void> copy_to(const std::string& path);  // the database file and, beside it, path-wal; of one instant
  void write_in_turn(const std::string& path);    // with the other connections of this process that write this file
  void keep_wal();                                // -wal and -shm stay when the last connection closes

 private:
  friend class Cursor;
  struct Body;
  explicit Connection(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace rollcall::store
