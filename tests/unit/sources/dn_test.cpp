#include "sources/dn.hpp"

#include <gtest/gtest.h>

namespace rollcall::sources {
namespace {

using std::string_view_literals::operator""sv;

TEST(NormalDn, FoldsTypesValuesAndSpaces) {
  const std::string form = "uid=jane doe,ou=people,dc=example,dc=test";
  for (std::string_view spelling :
       {"uid=jane doe,ou=People,dc=example,dc=test", "UID = Jane   Doe , OU=people,DC=Example, dc=TEST",
        "userid=jane doe,organizationalUnitName=People,domainComponent=example,dc=test",
        "0.9.2342.19200300.100.1.1=jane doe,2.5.4.11=people,dc=example,dc=test",
        "OID.0.9.2342.19200300.100.1.1=jane doe;ou=people;dc=example;dc=test",
        "uid=\"Jane Doe\",ou=people,dc=example,dc=test", "uid=jane\\20doe,ou=\\70eople,dc=example,dc=test",
        "uid=\\ jane doe\\ ,ou=people,dc=example,dc=test"})
    EXPECT_EQ(normal_dn(spelling), form) << spelling;
}

TEST(NormalDn, WritesEveryEscapeInOneWay) {
  for (std::string_view spelling :
       {"cn=Doe\\, Jane,dc=x", "cn=Doe\\2C Jane,dc=x", "cn=doe\\2c jane,dc=x", "CN=\"Doe, Jane\",dc=x"})
    EXPECT_EQ(normal_dn(spelling), "cn=doe\\2c jane,dc=x") << spelling;
  EXPECT_EQ(normal_dn("cn=a\\+b\\\\c\\\"d\\<e\\>f\\;g,dc=x"), "cn=a\\2bb\\5cc\\22d\\3ce\\3ef\\3bg,dc=x");
  EXPECT_EQ(normal_dn("cn=\\#1,dc=x"), "cn=\\231,dc=x");
  EXPECT_EQ(normal_dn("cn=a#1=2,dc=x"), "cn=a#1=2,dc=x");
}

TEST(NormalDn, OfANormalFormIsItself) {
  for (std::string_view dn : {"cn=Doe\\, J\\+ane \\#,ou=\\#x,dc=x", "cn=b+uid=a,dc=x", "cn=#04024869,dc=x",
                              "cn=Stra\xC3\x9F"
                              "e,dc=x",
                              "cn=\xE9t\xE9,dc=x", "CN=User\\0ADEL:a20408a3,CN=Deleted Objects,DC=x"}) {
    const std::string once = normal_dn(dn);
    EXPECT_FALSE(once.empty()) << dn;
    EXPECT_EQ(normal_dn(once), once) << dn;
  }
}

TEST(NormalDn, SortsThePartsOfAMultiValuedRdn) {
  EXPECT_EQ(normal_dn("uid=a + CN=b,dc=x"), "cn=b+uid=a,dc=x");
  EXPECT_EQ(normal_dn("cn=b+uid=a,dc=x"), normal_dn("uid=A+commonName=B,dc=x"));
}

TEST(NormalDn, FoldsUnicode) {
  EXPECT_EQ(normal_dn("cn=\xC3\x84RGER,dc=x"), normal_dn("cn=\xC3\xA4rger,dc=x"));   // precomposed, case
  EXPECT_EQ(normal_dn("cn=A\xCC\x88rger,dc=x"), normal_dn("cn=\xC3\xA4rger,dc=x"));  // decomposed
  EXPECT_EQ(normal_dn("cn=\\C3\\A4rger,dc=x"), normal_dn("cn=\xC3\xA4rger,dc=x"));   // escaped octets
  EXPECT_EQ(normal_dn("cn=a\xC2\xA0 b,dc=x"), "cn=a b,dc=x");                        // no-break space
  EXPECT_NE(normal_dn("cn=\xC3\xA4rger,dc=x"), normal_dn("cn=arger,dc=x"));
}

TEST(NormalDn, KeepsDifferentOctetsThatAreNotUtf8Apart) {
  EXPECT_NE(normal_dn("cn=\xE9t\xE9,dc=x"), normal_dn("cn=\xE8t\xE8,dc=x"));
  EXPECT_EQ(normal_dn("cn=\xE9t\xE9,dc=x"), "cn=\\e9t\\e9,dc=x");
}

TEST(NormalDn, LeavesHexValuesAlone) {
  EXPECT_EQ(normal_dn("cn=#0402486A,dc=x"), "cn=#0402486a,dc=x");
  EXPECT_NE(normal_dn("cn=#04024869,dc=x"), normal_dn("cn=Hi,dc=x"));
  EXPECT_EQ(normal_dn("cn=#0,dc=x"), "");
  EXPECT_EQ(normal_dn("cn=#04 x,dc=x"), "");
}

TEST(NormalDn, ReadsADeletedObject) {
  EXPECT_EQ(normal_dn("CN=User 13\\0ADEL:a20408a3-26d5,CN=Deleted Objects,DC=x"),
            "cn=user 13 del:a20408a3-26d5,cn=deleted objects,dc=x");
}

TEST(NormalDn, IsEmptyForWhatIsNoDn) {
  for (std::string_view text : {"", " ", "jane", "=a", "cn", "cn=a,", "cn=a,,dc=x", "cn=a\\", "cn=a\\x,dc=x",
                                "cn=\"a,dc=x", "cn=a+,dc=x", "cn=\"a\"b,dc=x", "c n=a", "cn=a\"b", ",cn=a", "a b=c"})
    EXPECT_EQ(normal_dn(text), "") << text;
  EXPECT_EQ(normal_dn("cn=,dc=x"), "cn=,dc=x");
}

TEST(NormalDn, SurvivesEveryOctetAtEveryPlace) {
  const std::string good = "cn=Doe\\, J\\2bane+uid=\"x\",ou=#04,dc=x";
  for (std::size_t at = 0; at <= good.size(); ++at)
    for (int octet = 0; octet < 256; ++octet) {
      std::string text = good;
      text.insert(at, 1, static_cast<char>(octet));
      const std::string form = normal_dn(text);
      EXPECT_EQ(normal_dn(form), form) << text;
    }
}

TEST(Below, ComparesRdnsAndNotLetters) {
  EXPECT_TRUE(below("uid=a,dc=test", "dc=test"));
  EXPECT_TRUE(below("dc=test", "dc=test"));
  EXPECT_TRUE(below("dc=test", ""));
  EXPECT_FALSE(below("xdc=test", "dc=test"));
  EXPECT_FALSE(below("dc=xdc=test", "dc=test"));
  EXPECT_FALSE(below("dc=test", "uid=a,dc=test"));
  EXPECT_FALSE(below(normal_dn("cn=a\\,dc=test"), "dc=test"));
}

TEST(Parent, IsWhatStandsBehindTheFirstRdn) {
  EXPECT_EQ(parent("uid=a,dc=test"), "dc=test");
  EXPECT_EQ(parent("dc=test"), "");
  EXPECT_EQ(parent(normal_dn("cn=a\\,b,dc=test")), "dc=test");
}

TEST(MemberRef, OfEverySpellingIsTheDnOfThePerson) {
  for (std::string_view raw : {"uid=jane,ou=people,dc=x", "Uid = JANE, ou=People,dc=x",
                               "uid=jane,ou=people,dc=x#'0101'B", "uid=\\6Aane,ou=people,dc=x#''B"})
    EXPECT_EQ(member_ref(raw), normal_dn("uid=jane,ou=people,dc=x")) << raw;
}

TEST(MemberRef, CutsNoHashThatBelongsToTheDn) {
  EXPECT_EQ(member_ref("cn=c#,dc=x"), "cn=c#,dc=x");
  EXPECT_EQ(member_ref("cn=a#'2'B"), "cn=a#'2'b");
  EXPECT_EQ(member_ref("cn=x#'"), "cn=x#'");
  EXPECT_EQ(member_ref("'B"), "'b");
  EXPECT_EQ(member_ref("#'B"), "#'b");
}

TEST(MemberRef, OfALoginNameIsItsFoldedText) {
  EXPECT_EQ(member_ref("Jane"), "jane");
  EXPECT_EQ(member_ref(" J\xC3\x84NE  Doe "), "j\xC3\xA4ne doe");
  EXPECT_EQ(member_ref(""), "");
}

TEST(Folded, DropsControlsAndKeepsTheRest) { EXPECT_EQ(folded("A\0B\tC\x7f,+"sv), "ab c,+"); }

}  // namespace
}  // namespace rollcall::sources
