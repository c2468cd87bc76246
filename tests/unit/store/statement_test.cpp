// What a statement promises whatever the backend.
#include "store/query.hpp"
#include "unit/store/databases.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace rollcall::store {
namespace {

class Statements : public Store {
 protected:
  void SetUp() override {
    Store::SetUp();
    if (!state_) return;
    db_ = connection();
    EXPECT_OK(db_->script(GetParam() == Backend::sqlite
                              ? "create table t (k text primary key, n bigint);"
                              : "create table t (k text collate \"C\" primary key, n bigint);"));
  }
  std::unique_ptr<Connection> db_;
};

TEST_P(Statements, NumbersOf64BitsComeBackWhole) {
  const std::int64_t numbers[] = {0, -1, 5'000'000'000, std::numeric_limits<std::int64_t>::max(),
                                  std::numeric_limits<std::int64_t>::min()};
  for (const std::int64_t n : numbers) {
    EXPECT_OK(execute(*db_, "insert into t (k, n) values (?1, ?2)", std::to_string(n), n));
    EXPECT_EQ(value<std::int64_t>(*db_, "select n from t where k = ?1", std::to_string(n)).value(), n);
  }
}

TEST_P(Statements, OrderIsByCodePoint) {
  for (const char* k : {"b", "B", "ä", "a", "_", "😀", "\xef\xbc\xa1"})
    EXPECT_OK(execute(*db_, "insert into t (k, n) values (?1, 1)", std::string(k)));
  EXPECT_THAT(column<std::string>(*db_, "select k from t order by k").value(),
              testing::ElementsAre("B", "_", "a", "b", "ä", "\xef\xbc\xa1", "😀"));
}

TEST_P(Statements, OneParameterMayStandTwice) {
  EXPECT_OK(execute(*db_, "insert into t (k, n) values (?1, ?2)", std::string("a"), 7));
  EXPECT_EQ(count(*db_, "select count(*) from t where k = ?1 and n = ?2 and ?1 = k", std::string("a"), 7).value(), 1);
}

TEST_P(Statements, AnErrorNamesNoValueAndTheStatementWorksAgain) {
  const std::string sql = "insert into t (k, n) values (?1, ?2)";
  EXPECT_OK(execute(*db_, sql, std::string("dora@example.org"), 1));
  for (int i = 0; i < 2; ++i) {
    const auto again = execute(*db_, sql, std::string("dora@example.org"), 1);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::conflict);
    EXPECT_EQ(again.error().message.find("dora"), std::string::npos) << again.error().message;
  }
  EXPECT_EQ(execute(*db_, sql, std::string("other"), 1).value(), 1);
}

TEST_P(Statements, AnEmptyTextIsATextAndNoNull) {
  EXPECT_OK(execute(*db_, "insert into t (k, n) values (?1, 1)", std::string()));
  EXPECT_EQ(value<std::string>(*db_, "select k from t where k = ''").value(), "");
}

TEST_P(Statements, ACursorThatIsLeftHalfReadBlocksNobody) {
  for (int i = 0; i < 10; ++i) EXPECT_OK(execute(*db_, "insert into t (k, n) values (?1, 1)", std::to_string(i)));
  {
    auto cursor = db_->prepare("select n from t", "", "n");
    ASSERT_TRUE(cursor);
    EXPECT_TRUE(cursor->next().value());
  }
  EXPECT_EQ(column<std::int64_t>(*db_, "select n from t").value().size(), 10u);
  EXPECT_OK(db_->script("drop table t;"));
}

TEST_P(Statements, AWriterBesideAnotherIsToldThatTheStateIsLocked) {
  if (GetParam() != Backend::sqlite) GTEST_SKIP() << "PostgreSQL locks rows, not the whole state";
  auto other = connection();
  EXPECT_OK(db_->script("begin immediate;"));
  const auto locked = other->script("begin immediate;");
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().kind, ErrorKind::unavailable);
  EXPECT_NE(locked.error().message.find("locked by another process"), std::string::npos);
}

TEST_P(Statements, AFullDiskIsSaidPlainly) {
  if (GetParam() != Backend::sqlite) GTEST_SKIP() << "SQLite can be told that its file is full";
  EXPECT_OK(db_->script("pragma max_page_count = 1;"));
  const auto full = execute(*db_, "insert into t (k, n) values (?1, 1)", std::string(100'000, 'x'));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::unavailable);
  EXPECT_NE(full.error().message.find("disk"), std::string::npos);
  EXPECT_EQ(count(*db_, "select count(*) from t").value(), 0);
}

ON_BOTH_BACKENDS(Statements);

}  // namespace
}  // namespace rollcall::store
