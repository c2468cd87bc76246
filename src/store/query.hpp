// Rows as structs: what mapping.hpp says about a struct gives its column list, its upsert and its reading, so that the
// order of columns is written once. Free functions over a Connection. Thread rule: the Connection's.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rollcall/clock.hpp"
#include "store/connection.hpp"

namespace rollcall::store {

// mapping.hpp: name, key (columns of the conflict target), fixed (columns that an update leaves), fields(row, visitor).
// The visitor is called as v("column", member) and, for columns that only look-ups use, v.derived("column", function).
template <class Row>
struct Table;

// --- scalars: texts stay texts, everything else is a 64-bit number ---
template <class T>
inline constexpr bool is_text = std::is_convertible_v<T, std::string_view>;
template <class T>
inline constexpr char code_of = is_text<std::remove_cvref_t<T>> ? 't' : 'n';

template <class T>
void bind_value(Cursor& cursor, const T& value) {
  if constexpr (is_text<T>)
    cursor.bind(std::string_view(value));
  else if constexpr (std::is_same_v<T, Instant>)
    cursor.bind(static_cast<std::int64_t>(value.time_since_epoch().count()));
  else
    cursor.bind(static_cast<std::int64_t>(value));
}

template <class T>
void read_value(const Cursor& cursor, int column, T& value) {
  if constexpr (is_text<T>)
    value = cursor.text(column);
  else if constexpr (std::is_same_v<T, Instant>)
    value = Instant(Duration(cursor.number(column)));
  else if constexpr (std::is_same_v<T, bool>)
    value = cursor.number(column) != 0;
  else
    value = static_cast<T>(cursor.number(column));
}

// --- visitors ---
struct ColumnLister {  // what a select names
  std::string prefix, columns, codes;
  bool outer = false;  // of an outer join: no NULL may come out, SOCI throws on it
  template <class T>
  void operator()(std::string_view name, const T&) {
    if (!columns.empty()) columns += ", ";
    if (outer) columns += "coalesce(";
    columns.append(prefix).append(name);
    if (outer) columns += is_text<T> ? ", '')" : ", 0)";
    codes += code_of<T>;
  }
  template <class F>
  void derived(std::string_view, F) {}
};

struct InsertLister {  // what an insert names
  std::vector<std::string> names;
  std::string codes;
  template <class T>
  void operator()(std::string_view name, const T&) {
    names.emplace_back(name);
    codes += code_of<T>;
  }
  template <class F>
  void derived(std::string_view name, F f) {
    names.emplace_back(name);
    codes += code_of<decltype(f())>;
  }
};

struct Reader {
  const Cursor& cursor;
  int column = 0;
  template <class T>
  void operator()(std::string_view, T& value) {
    read_value(cursor, column++, value);
  }
  template <class F>
  void derived(std::string_view, F) {}
};

struct Binder {
  Cursor& cursor;
  const std::vector<bool>& named;  // which columns the statement names
  std::size_t column = 0;
  template <class T>
  void operator()(std::string_view, const T& value) {
    if (named[column++]) bind_value(cursor, value);
  }
  template <class F>
  void derived(std::string_view, F f) {
    if (named[column++]) bind_value(cursor, f());
  }
};

struct Shape {
  std::string columns, codes;
};

template <class Row>
Shape shape_of(std::string prefix = {}, bool outer = false) {
  ColumnLister lister{std::move(prefix), {}, {}, outer};
  Row row;
  Table<Row>::fields(row, lister);
  return {lister.columns, lister.codes};
}

template <class Row>
Row read_row(const Cursor& cursor, int first = 0) {
  Row row;
  Reader reader{cursor, first};
  Table<Row>::fields(row, reader);
  return row;
}

template <class... Args>
std::string_view codes_of() {
  static constexpr std::array<char, sizeof...(Args) + 1> codes{code_of<Args>..., '\0'};
  return {codes.data(), sizeof...(Args)};
}

template <class... Args>
Result<Cursor> prepared(Connection& db, std::string_view sql, std::string_view columns, const Args&... args) {
  ROLLCALL_TRY(Cursor cursor, db.prepare(sql, codes_of<Args...>(), columns));
  (bind_value(cursor, args), ...);
  return cursor;
}

// --- statements without rows ---
template <class... Args>
Result<std::int64_t> execute(Connection& db, std::string_view sql, const Args&... args) {
  ROLLCALL_TRY(Cursor cursor, prepared(db, sql, "", args...));
  return cursor.run();
}

// --- statements with rows: `f` reads the cursor ---
template <class F, class... Args>
Result<void> each(Connection& db, std::string_view sql, std::string_view columns, F&& f, const Args&... args) {
  ROLLCALL_TRY(Cursor cursor, prepared(db, sql, columns, args...));
  for (;;) {
    ROLLCALL_TRY(bool more, cursor.next());
    if (!more) return {};
    f(cursor);
  }
}

template <class T, class... Args>
Result<std::vector<T>> column(Connection& db, std::string_view sql, const Args&... args) {
  std::vector<T> values;
  const char code[] = {code_of<T>, 0};
  ROLLCALL_CHECK(each(
      db, sql, code, [&](const Cursor& c) { read_value(c, 0, values.emplace_back()); }, args...));
  return values;
}

template <class T, class... Args>
Result<std::optional<T>> value(Connection& db, std::string_view sql, const Args&... args) {
  std::optional<T> found;
  const char code[] = {code_of<T>, 0};
  ROLLCALL_CHECK(each(
      db, sql, code, [&](const Cursor& c) { read_value(c, 0, found.emplace()); }, args...));
  return found;
}

template <class... Args>
Result<std::int64_t> count(Connection& db, std::string_view sql, const Args&... args) {
  ROLLCALL_TRY(auto found, (value<std::int64_t>(db, sql, args...)));
  return found.value_or(0);
}

// `rest` is what follows "select columns from table "; it may begin with "{by INDEX}" (sql.cpp).
template <class Row>
std::string select(std::string_view rest) {
  return "select " + shape_of<Row>().columns + " from " + std::string(Table<Row>::name) + " " + std::string(rest);
}

template <class Row, class... Args>
Result<std::vector<Row>> all(Connection& db, std::string_view sql, const Args&... args) {
  static const std::string codes = shape_of<Row>().codes;
  std::vector<Row> rows;
  ROLLCALL_CHECK(each(
      db, sql, codes, [&](const Cursor& c) { rows.push_back(read_row<Row>(c)); }, args...));
  return rows;
}

template <class Row, class... Args>
Result<std::optional<Row>> one(Connection& db, std::string_view sql, const Args&... args) {
  static const std::string codes = shape_of<Row>().codes;
  std::optional<Row> row;
  ROLLCALL_CHECK(each(
      db, sql, codes, [&](const Cursor& c) { row = read_row<Row>(c); }, args...));
  return row;
}

// --- writing a whole row ---
struct WriteSql {
  std::string sql, codes;
  std::vector<bool> named;

  // Whether `list`, " a b ", holds the name.
  static bool holds(std::string_view list, const std::string& name) { return list.find(" " + name + " ") != list.npos; }
  void keep(const InsertLister& all, std::string_view without) {
    for (std::size_t i = 0; i < all.names.size(); ++i) {
      named.push_back(!holds(without, all.names[i]));
      if (named.back()) codes += all.codes[i];
    }
  }
};

template <class Row>
InsertLister all_columns() {
  InsertLister lister;
  const Row row;
  Table<Row>::fields(row, lister);
  return lister;
}

template <class Row>
WriteSql insert_sql(std::string_view without) {
  const InsertLister all = all_columns<Row>();
  WriteSql write;
  write.keep(all, without);
  std::string names, places;
  int place = 0;
  for (std::size_t i = 0; i < all.names.size(); ++i) {
    if (!write.named[i]) continue;
    const char* comma = place ? ", " : "";
    names += comma + all.names[i];
    places += comma + ("?" + std::to_string(++place));
  }
  write.sql = "insert into " + std::string(Table<Row>::name) + " (" + names + ") values (" + places + ")";
  return write;
}

template <class Row>
WriteSql upsert_sql(std::string_view without = {}) {
  WriteSql write = insert_sql<Row>(without);
  std::string set, keys;
  for (const std::string& name : all_columns<Row>().names) {
    if (WriteSql::holds(Table<Row>::key, name))
      keys += (keys.empty() ? "" : ", ") + name;
    else if (!WriteSql::holds(Table<Row>::fixed, name) && !WriteSql::holds(without, name))
      set += (set.empty() ? "" : ", ") + name + " = excluded." + name;
  }
  write.sql += " on conflict (" + keys + ") do update set " + set;
  return write;
}

template <class Row>
WriteSql update_sql() {  // by the number `id`, which is bound last
  const InsertLister all = all_columns<Row>();
  WriteSql write;
  write.keep(all, std::string(Table<Row>::fixed) + "id ");
  std::string set;
  int place = 0;
  for (std::size_t i = 0; i < all.names.size(); ++i)
    if (write.named[i]) {
      ++place;
      set += (place > 1 ? ", " : "") + all.names[i] + " = ?" + std::to_string(place);
    }
  write.codes += 'n';
  write.sql = "update " + std::string(Table<Row>::name) + " set " + set + " where id = ?" + std::to_string(place + 1);
  return write;
}

template <class Row>
void bind_row(Cursor& cursor, const Row& row, const WriteSql& write) {
  Binder binder{cursor, write.named};
  Table<Row>::fields(row, binder);
}

template <class Row>
Result<std::int64_t> run_row(Connection& db, const Row& row, const WriteSql& write) {
  ROLLCALL_TRY(Cursor cursor, db.prepare(write.sql, write.codes, ""));
  bind_row(cursor, row, write);
  return cursor.run();
}

// Inserts the row or replaces the one with its key.
template <class Row>
Result<void> upsert(Connection& db, const Row& row) {
  static const WriteSql write = upsert_sql<Row>();
  ROLLCALL_CHECK(run_row(db, row, write));
  return {};
}

// For tables whose ids the database gives: id 0 inserts, else the row of that id is updated. Answers the id.
template <class Row>
Result<std::int64_t> put_serial(Connection& db, const Row& row) {
  if (row.id == 0) {
    static const WriteSql write = [] {
      WriteSql sql = insert_sql<Row>(" id ");
      sql.sql += " returning id";
      return sql;
    }();
    ROLLCALL_TRY(Cursor cursor, db.prepare(write.sql, write.codes, "n"));
    bind_row(cursor, row, write);
    std::int64_t id = 0;
    for (;;) {
      ROLLCALL_TRY(bool more, cursor.next());
      if (!more) return id;
      id = cursor.number(0);
    }
  }
  static const WriteSql write = update_sql<Row>();
  ROLLCALL_TRY(Cursor cursor, db.prepare(write.sql, write.codes, ""));
  bind_row(cursor, row, write);
  cursor.bind(row.id);
  ROLLCALL_TRY(std::int64_t changed, cursor.run());
  if (changed == 0)
    return fail(ErrorKind::not_found,
                "row " + std::to_string(row.id) + " of " + std::string(Table<Row>::name) + " is gone", "state");
  return row.id;
}

}  // namespace rollcall::store
