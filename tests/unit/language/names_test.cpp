#include "language/names.hpp"

#include <gtest/gtest.h>

namespace rollcall::language {
namespace {

TEST(Dn, CaseSpacesAndSpellingOfEscapesDoNotCount) {
  const char* const dn = "cn=Sales\\, EU,ou=groups,dc=example,dc=org";
  for (const char* other : {"CN=sales\\, eu,OU=Groups,DC=EXAMPLE,DC=org", "cn = Sales\\, EU , ou=groups ,dc=example, dc=org",
                            "cn=Sales\\2C EU,ou=groups,dc=example,dc=org", "cn=Sales\\2c EU;ou=groups;dc=example;dc=org"})
    EXPECT_TRUE(same_dn(dn, other)) << other;
  EXPECT_TRUE(same_dn("cn=M\\C3\\BCller,dc=x", "cn=müller,dc=x"));
  EXPECT_TRUE(same_dn("cn=a\\ ,dc=x", "cn=a\\20,dc=x"));
}

TEST(Dn, AnEscapedSeparatorIsNoSeparator) {
  EXPECT_FALSE(same_dn("cn=a\\,ou=b,dc=x", "cn=a,ou=b,dc=x"));
  EXPECT_FALSE(same_dn("cn=a\\+sn=b,dc=x", "cn=a+sn=b,dc=x"));
  EXPECT_FALSE(same_dn("cn=a\\\\,dc=x", "cn=a\\,dc=x"));
}

TEST(Dn, OnlyTheFirstEqualsSignOfAPartSeparates) {
  EXPECT_TRUE(same_dn("cn=a=b,dc=x", "cn=a\\=b,dc=x"));     // RFC 4514 section 2.4: need not be escaped in a value
  EXPECT_TRUE(same_dn("cn=a=b,dc=x", "cn=a\\3Db,dc=x"));
  EXPECT_FALSE(same_dn("cn=a=b,dc=x", "cn=a = b,dc=x"));
}

TEST(Dn, RunsOfSpacesInAValueAreOne) { EXPECT_TRUE(same_dn("cn=All  Staff,dc=x", "cn=all staff,dc=x")); }   // RFC 4518 section 2.6.1

TEST(Dn, OthersAreOthers) {
  EXPECT_FALSE(same_dn("cn=a,dc=x", "cn=a,dc=y"));
  EXPECT_FALSE(same_dn("cn=a,dc=x", "cn=a"));
  EXPECT_FALSE(same_dn("cn=a,dc=x", "cn=a,dc=x,dc=x"));
  EXPECT_FALSE(same_dn("cn=a", ""));
}

TEST(Dn, ABrokenTextIsNoDnAndTheSameAsNone) {
  for (const char* text : {"\\", "cn=\\", "=", ",,,", "cn", "\\zz"}) EXPECT_FALSE(same_dn(text, text)) << text;
}

TEST(Dn, TypesHaveManyNames) { EXPECT_TRUE(same_dn("2.5.4.3=a,domainComponent=x", "CN=a,dc=x")); }   // RFC 4514 section 3

}  // namespace
}  // namespace rollcall::language
