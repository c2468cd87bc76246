// The databases that the store's tests run on: a fresh SQLite file each, or a fresh schema each of one PostgreSQL
// server that the first test starts (unix socket only, ended by its pid). Without PostgreSQL's programs those tests are
// skipped and say so.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/connection.hpp"
#include "store/state.hpp"

namespace rollcall::store {

inline Instant at(std::int64_t milliseconds) { return Instant(Duration(milliseconds)); }

// A directory of its own, mode 0700, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Every test of this suite runs on both backends.
class Store : public testing::TestWithParam<Backend> {
 public:
  static std::string url_of(const Folder& folder) { return "sqlite:" + folder.path() + "/state.db"; }

 protected:
  void SetUp() override;
  std::unique_ptr<State> open(Access access = Access::write);
  const std::string& url() const { return url_; }
  // The connection below a State, for what only tests look at.
  std::unique_ptr<Connection> connection();

  std::unique_ptr<State> state_;  // opened to write

 private:
  Folder folder_;
  std::string url_;
};

// EXPECT that a Result has a value, and show the error when it has none.
#define EXPECT_OK(expr)                                  \
  do {                                                   \
    const auto expect_ok = (expr);                       \
    EXPECT_TRUE(expect_ok) << expect_ok.error().message; \
  } while (false)

#define ON_BOTH_BACKENDS(Suite)                                              \
  INSTANTIATE_TEST_SUITE_P(SQLite, Suite, testing::Values(Backend::sqlite)); \
  INSTANTIATE_TEST_SUITE_P(PostgreSQL, Suite, testing::Values(Backend::postgresql))

}  // namespace rollcall::store
