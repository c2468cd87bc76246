#include "sources/filter.hpp"

#include <gtest/gtest.h>

namespace rollcall::sources {
namespace {

const Attributes jane = {{"objectClass", {"top", "inetOrgPerson"}},
                         {"uid", {"jane"}},
                         {"cn", {"Jane  Doe", "J. (x*y)"}},
                         {"employeeNumber", {"90"}},
                         {"memberOf", {"cn=Sales,ou=Groups,dc=x"}},
                         {"userAccountControl", {"514"}},
                         {"sn", {"\xC3\x84rger"}}};

bool matches(std::string_view text) {
  const auto filter = Filter::parse(text);
  EXPECT_TRUE(filter) << text << ": " << (filter ? "" : filter.error().message);
  return filter && filter->matches(jane);
}

TEST(LdifFilter, MatchesAsAServerWould) {
  for (std::string_view text : {"(objectClass=inetorgperson)",
                                "objectClass=*",
                                "(uid=JANE)",
                                "(cn=jane doe)",
                                "(commonName=Jane Doe)",
                                "(2.5.4.3=jane doe)",
                                "(cn=J*D*e)",
                                "(cn=*doe)",
                                "(cn=jane*)",
                                "(cn=*ne d*)",
                                "(cn=J. \\28x\\2ay\\29)",
                                "(sn=\\c3\\a4RGER)",
                                "(sn=\xC3\xA4rger)",
                                "(employeeNumber>=9)",
                                "(employeeNumber<=100)",
                                "(cn~=jane doe)",
                                "(memberOf=CN=sales, ou=groups,DC=x)",
                                "(&(uid=jane)(!(uid=joe)))",
                                "(|(uid=joe)(uid=jane))",
                                "(!(title=*))",
                                "(&)",
                                "(!(|))",
                                " ( & (uid=jane) (cn=*) ) ",
                                "(userAccountControl:1.2.840.113556.1.4.803:=2)",
                                "(userAccountControl:1.2.840.113556.1.4.804:=6)",
                                "(uid:caseIgnoreMatch:=jane)"})
    EXPECT_TRUE(matches(text)) << text;
}

TEST(LdifFilter, DoesNotMatchOtherwise) {
  for (std::string_view text :
       {"(objectClass=person)", "(uid=jan)", "(cn=doe*)", "(cn=*jane)", "(title=x)", "(employeeNumber>=91)",
        "(employeeNumber<=9)", "(!(uid=jane))", "(&(uid=jane)(uid=joe))", "(|(uid=joe)(uid=jim))", "(|)",
        "(memberOf=cn=other,dc=x)", "(title=*)", "(userAccountControl:1.2.840.113556.1.4.803:=6)",
        "(uid:1.2.840.113556.1.4.804:=2)", "(cn=jane*jane doe)"})
    EXPECT_FALSE(matches(text)) << text;
}

TEST(LdifFilter, SaysWhereABadFilterIsBad) {
  for (std::string_view text :
       {"(uid=jane", "uid", "()", "(=x)", "(&(uid=a)", "(uid=a))", "(!(a=b)(c=d))", "(!)", "(uid=a\\2)", "(uid=a\\zz)",
        "(uid=(a))", "(uid>=a*)", "(u id=a)", "(uid=a)(uid=b)", "(a:1.2.3:=4)", "(a:1.2.840.113556.1.4.803:=x)",
        "(:dn:=x)", "(cn:dn:=jane)", "(uid=\\"}) {
    const auto filter = Filter::parse(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_EQ(filter.error().kind, ErrorKind::invalid);
    EXPECT_NE(filter.error().message.find("at character"), std::string::npos) << filter.error().message;
  }
}

TEST(LdifFilter, LeavesMatchingRulesToTheServerWhenOnlyTheFormIsChecked) {
  for (std::string_view text : {"(memberOf:1.2.840.113556.1.4.1941:=cn=g,dc=x)", "(cn:dn:caseExactMatch:=x)",
                                "(:dn:2.4.6.8:=x)", "(&(a=b)(c=*d*))"})
    EXPECT_TRUE(Filter::check(text)) << text;
  for (std::string_view text : {"(a:1.2:=b*)", "(:=x)", "(&(a=b)", "(a=b"}) EXPECT_FALSE(Filter::check(text)) << text;
}

TEST(LdifFilter, RefusesBottomlessNesting) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "(!";
  EXPECT_FALSE(Filter::parse(text));
}

}  // namespace
}  // namespace rollcall::sources
