#include "store/schema.hpp"

#include "store/query.hpp"
#include "unit/store/databases.hpp"

namespace rollcall::store {
namespace {

class Migration : public Store {
 protected:
  // Tables with their columns, and indexes, in an order that does not depend on when they were made.
  std::vector<std::string> dump(Connection& db) {
    std::vector<std::string> sql;
    if (GetParam() == Backend::sqlite) {
      sql = {
          "select m.name || ' ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, "
          "'-') || ' ' || "
          "c.pk from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by 1",
          "select name || ' ' || coalesce(sql, tbl_name) from sqlite_master where type = 'index' order by 1",
          "select name || ' ' || wr || ' ' || strict from pragma_table_list where type = 'table' order by 1"};
    } else {
      sql = {
          "select concat(table_name, ' ', column_name, ' ', data_type, ' ', is_nullable, ' ', collation_name, ' ', "
          "replace(column_default, current_schema(), '')) from information_schema.columns "
          "where table_schema = current_schema() order by 1",
          "select replace(indexdef, current_schema(), '') from pg_indexes where schemaname = current_schema() order by "
          "1"};
    }
    std::vector<std::string> lines;
    for (const std::string& one : sql) {
      auto part = column<std::string>(db, one);
      EXPECT_TRUE(part) << part.error().message;
      if (part) lines.insert(lines.end(), part->begin(), part->end());
    }
    return lines;
  }
  void clear(Connection& db) {
    std::string sql;
    const bool sqlite = GetParam() == Backend::sqlite;
    const auto tables = column<std::string>(
        db,
        sqlite
            ? "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
            : "select cast(table_name as text) from information_schema.tables where table_schema = current_schema()");
    for (const std::string& table : tables.value()) sql += "drop table " + table + ";";
    EXPECT_OK(db.script(sql));
  }
};

TEST_P(Migration, AMigratedSchemaEqualsAFreshOne) {
  state_.reset();
  auto db = connection();
  const auto fresh = dump(*db);
  EXPECT_GT(fresh.size(), 100u);
  clear(*db);
  ASSERT_EQ(version_of(*db).value(), 0);
  EXPECT_OK(migrate(*db, 0, schema_version()));
  EXPECT_EQ(dump(*db), fresh);
  EXPECT_EQ(version_of(*db).value(), schema_version());
}

TEST_P(Migration, AMigratedStateOpensAndWorks) {
  state_.reset();
  auto db = connection();
  clear(*db);
  EXPECT_OK(migrate(*db, 0, schema_version()));
  db.reset();
  state_ = open();
  EXPECT_FALSE(state_->id().empty());
  EXPECT_OK(state_->put_run({.id = "r"}));
}

TEST_P(Migration, ANewerStateIsRefusedWithItsVersion) {
  state_.reset();
  EXPECT_OK(connection()->script("insert into migration (version, applied) values (99, 0);"));
  for (const Access access : {Access::write, Access::read, Access::scratch}) {
    const auto state = State::open(url(), access);
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().kind, ErrorKind::refused);
    EXPECT_NE(state.error().message.find("version 99"), std::string::npos) << state.error().message;
  }
}

TEST_P(Migration, ADatabaseOfAnotherProgramIsRefusedAndLeftAlone) {
  state_.reset();
  auto db = connection();
  clear(*db);
  EXPECT_OK(db->script("create table theirs (a bigint);"));
  for (const Access access : {Access::write, Access::read, Access::scratch}) {
    const auto state = State::open(url(), access);
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().kind, ErrorKind::corrupt);
  }
  EXPECT_EQ(count(*db, "select count(*) from theirs").value(), 0);
  EXPECT_FALSE(count(*db, "select count(*) from record"));
}

ON_BOTH_BACKENDS(Migration);

}  // namespace
}  // namespace rollcall::store
