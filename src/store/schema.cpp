#include "store/schema.hpp"

#include "crypto/hash.hpp"
#include "store/query.hpp"
#include "store/state.hpp"

namespace rollcall::store {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) text.replace(at, from.size(), to);
}

std::string without_comments(std::string_view sql) {
  std::string out;
  while (!sql.empty()) {
    const std::string_view line = sql.substr(0, sql.find('\n'));
    out.append(line.substr(0, line.find("--"))) += '\n';
    sql.remove_prefix(std::min(sql.size(), line.size() + 1));
  }
  return out;
}

Result<void> note_version(Connection& db, int version) {
  const std::int64_t now = system_now().time_since_epoch().count();
  ROLLCALL_CHECK(execute(db, "insert into migration (version, applied) values (?1, ?2)", version, now));
  return {};
}

Result<void> give_id(Connection& db) {
  ROLLCALL_CHECK(execute(db, "insert into meta (name, value) values ('id', ?1)", crypto::random_uuid()));
  return {};
}

}  // namespace

int schema_version() { return static_cast<int>(migrations.size()); }

std::string in_dialect_of(std::string_view schema, Backend backend) {
  const bool sqlite = backend == Backend::sqlite;
  std::string text = without_comments(schema);
  // "C": the same order, and so the same plan ids, whatever the locale of the database.
  replace_all(text, "{K}", sqlite ? "text" : "text collate \"C\"");
  // autoincrement: a reader that works with a row's number must never meet another row behind it.
  replace_all(text, "{SERIAL}", sqlite ? "integer primary key autoincrement" : "bigserial primary key");
  replace_all(text, "{NUMBER}", sqlite ? "integer primary key" : "bigint primary key");
  replace_all(text, "{CLUSTERED}", sqlite ? "without rowid" : "");
  return text;
}

Result<int> version_of(Connection& db) {
  const bool sqlite = db.backend() == Backend::sqlite;
  const std::string tables =
      sqlite ? "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite%'"
             : "select count(*) from information_schema.tables where table_schema = current_schema()";
  const std::string column = sqlite ? "name" : "table_name";
  ROLLCALL_TRY(const std::int64_t any, db.number(tables));
  if (any == 0) return 0;
  ROLLCALL_TRY(const std::int64_t ours, db.number(tables + " and " + column + " in ('migration', 'meta', 'record')"));
  if (ours != 3)
    return fail(ErrorKind::corrupt, "the database holds tables of another program: it is no state of rollcall",
                "state");
  ROLLCALL_TRY(const std::int64_t version, db.number("select coalesce(max(version), 0) from migration"));
  return static_cast<int>(version);
}

Result<void> migrate(Connection& db, int from, int version) {
  for (int next = from + 1; next <= version; ++next) {
    ROLLCALL_CHECK(db.script(in_dialect_of(migrations[next - 1], db.backend())));
    ROLLCALL_CHECK(note_version(db, next));
  }
  if (from == 0) return give_id(db);
  return {};
}

Result<void> create_fresh(Connection& db) {
  ROLLCALL_CHECK(db.script(in_dialect_of(full_schema, db.backend())));
  for (int version = 1; version <= schema_version(); ++version) ROLLCALL_CHECK(note_version(db, version));
  return give_id(db);
}

}  // namespace rollcall::store
