// A prepared statement as its backend carries it out; a Cursor is one use of it. SQLite is spoken to directly: SOCI turns every value that
// it reads from SQLite into a text and back, which costs more than the look-up. Owned by a Connection. Thread rule: the Connection's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rollcall/result.hpp"
#include "store/writers.hpp"

namespace rollcall::store {

class Statement {
 public:
  virtual ~Statement() = default;
  // Copied; place counts from 0.
  virtual void set(std::size_t place, std::string_view text) = 0;
  virtual void set(std::size_t place, std::int64_t number) = 0;
  virtual Result<std::int64_t> run() = 0;         // how many rows it changed
  virtual Result<bool> next(bool first) = 0;      // false: no more rows, and it is closed
  virtual const std::string& text(int column) const = 0;
  virtual std::int64_t number(int column) const = 0;
};

// One letter a parameter and one a column: t text, n number. `connection` is a sqlite3*, and `turn` is the connection's.
Result<std::unique_ptr<Statement>> sqlite_statement(void* connection, Turn& turn, std::string_view sql, std::string_view parameters, std::string_view columns);

// What went wrong, by SQLite's code (sqlite.org/rescode.html).
tl::unexpected<Error> sqlite_failure(int code, const std::string& text);

}  // namespace rollcall::store
