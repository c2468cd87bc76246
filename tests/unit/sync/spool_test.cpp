#include "sync/spool.hpp"

#include <gtest/gtest.h>

#include "sync/bodies.hpp"

namespace rollcall::sync {
namespace {

Record record(const std::string& key) {
  Record r;
  r.kind = RecordKind::group;
  r.key = key;
  r.locator = "cn=A\\, B,dc=x";
  r.normal_locator = "cn=a\\, b,dc=x";
  r.attributes = {{"jpegPhoto", {std::string("\0\xff\n", 3)}}, {"cn", {"one", ""}}, {"none", {}}};
  r.members = {"uid=a,dc=x", "", std::string(100000, 'x')};
  r.content = {1, ~std::uint64_t{0}};
  r.members_hash = {3, 4};
  r.has = 5;
  return r;
}

TEST(Spool, GivesBackWhatItTookInOrderAndAsOftenAsAsked) {
  Spool spool;
  for (int i = 0; i < 3; ++i) spool.append(record(std::to_string(i)));
  EXPECT_EQ(spool.size(), 3u);
  for (int time = 0; time < 2; ++time) {
    spool.rewind();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(spool.next(), record(std::to_string(i)));
    EXPECT_FALSE(spool.next());
  }
  EXPECT_FALSE(spool.failed());
}

TEST(Spool, AnEmptyOneIsNoFailure) {
  Spool spool;
  spool.rewind();
  EXPECT_FALSE(spool.next());
  EXPECT_FALSE(spool.failed());
}

// ---- bodies ----

TEST(Bodies, AreReadBackAsTheyWereWrittenAndEqualValuesHaveEqualBodies) {
  IdentityBody i;
  i.identity.person = "ada";
  i.identity.active = false;
  i.identity.values = {{"userName", "ada"}, {"title", "\"<&>\n"}};
  i.identity.origin = {{"userName", "corp"}};
  i.identity.groups = {{"corp", "g", "sales", "cn=sales"}};
  i.identity.sources = {"corp"};
  i.invalid = {"why"};
  i.warnings = {"w"};
  i.inactive_in = "hr";
  i.ambiguous = "two";
  const auto back = read_identity(write_identity(i)).value();
  EXPECT_EQ(back.identity, i.identity);
  EXPECT_EQ(back.invalid, i.invalid);
  EXPECT_EQ(back.warnings, i.warnings);
  EXPECT_EQ(back.inactive_in, "hr");
  EXPECT_EQ(back.ambiguous, "two");
  EXPECT_EQ(write_identity(back), write_identity(i));

  DesiredAccount d;
  d.enforced = {{"a", "1"}, {"b", ""}};
  d.on_create = {{"c", "2"}};
  d.roles = {{"r", "rule", "source"}};
  d.name = "Ada";
  d.email = "e";
  EXPECT_EQ(read_desired(write_desired(d)).value(), d);
}

TEST(Bodies, OfAccountsTellNoRolesFromUnknownRoles) {
  Account a;
  a.id = "1";
  a.fields = {{"x", ""}};
  a.status = AccountStatus::locked;
  a.native_status = "3";
  a.accepted = true;
  EXPECT_EQ(read_account(write_account(a)).value(), a);
  a.roles.emplace();
  EXPECT_EQ(read_account(write_account(a)).value(), a);
  a.roles = std::set<std::string>{"r"};
  EXPECT_EQ(read_account(write_account(a)).value(), a);
  Written w;
  EXPECT_FALSE(read_written(write_written(w)).value().roles);
  w.roles.emplace();
  EXPECT_TRUE(read_written(write_written(w)).value().roles);
  EXPECT_FALSE(read_written("").value().roles);
}

TEST(Bodies, DamagedOnesAreErrorsAndNothingElse) {
  for (const char* text : {"", "{", "[]x", R"({"groups":[["a"]]})"}) EXPECT_FALSE(read_identity(text)) << text;
  EXPECT_FALSE(read_desired(R"({"roles":[["a"]]})"));
  EXPECT_FALSE(read_account("x"));
}

}  // namespace
}  // namespace rollcall::sync
