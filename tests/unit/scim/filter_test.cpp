#include "scim/filter.hpp"

#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

Value jane() {
  Value out = user(R"("userName":"bjensen","externalId":"Ext-7","name":{"givenName":"Barbara","familyName":"Jensen"},"displayName":"Babs (B.*) Jensen",
    "active":true,"title":"Tour \"Guide\" and (x)]","locale":"ärzte",
    "emails":[{"value":"b@Example.com","type":"work","primary":true},{"value":"babs@home.org","type":"home"}],
    "addresses":[{"locality":"Oslo","type":"work"}],"roles":[{"value":"r","primary":"True"}],"profileUrl":"https://X/Y",
    "x509Certificates":[{"value":"MIIB"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","manager":{"value":"26"}})");
  set_id(user_type(), out, "2819");
  set_meta(user_type(), out, {"User", Instant(std::chrono::hours(10)), Instant(std::chrono::hours(20)), "https://x/Users/2819", "5"});
  return out;
}

bool holds(const std::string& text) {
  static const Value resource = jane();
  const auto filter = Filter::parse(text, user_type());
  EXPECT_TRUE(filter) << text << ": " << said(filter);
  return filter && filter->matches(resource);
}

class Holds : public testing::TestWithParam<std::string> {};
TEST_P(Holds, ForTheUser) { EXPECT_TRUE(holds(GetParam())); }
INSTANTIATE_TEST_SUITE_P(
    Table, Holds,
    testing::Values(
        R"(userName eq "BJENSEN")", R"(USERNAME EQ "bjensen")", R"(externalId eq "Ext-7")", R"(id eq "2819")", R"(userName ne "x")",
        R"f(displayName co "(b.*)")f", R"(displayName sw "BABS (")", R"f(displayName ew "*) jensen")f", R"(title co "\"Guide\" and (x)]")",
        R"(title co "\u0047uide")", R"(userName gt "bj")", R"(userName ge "BJENSEN")", R"(userName lt "c")", R"(userName le "bjensen")",
        R"(locale eq "ÄRZTE")", "title pr", "not (nickName pr)", "addresses pr", "name pr", "name.givenName pr", "meta pr",
        R"(meta.created ge "1970-01-01T10:00:00Z")", R"(meta.created eq "1970-01-01T12:00:00+02:00")", R"(meta.lastModified gt "1970-01-01T19:59:59.999Z")",
        R"(meta.created lt "1970-01-01T12:00:01+02:00")", R"(meta.created sw "1970-01")", R"(meta.resourceType eq "User")", R"(meta.location ew "/2819")",
        R"(userName eq "x" or userName eq "bjensen" and active eq true)", R"((userName eq "x" or active eq true) and name.familyName eq "jensen")",
        R"(not (userName eq "x") and (title pr or (nickName pr)))", R"(emails[type eq "work" and value co "@example"])",
        R"(emails.type eq "work" and emails.value co "@home")", R"(emails[type eq "other" or type eq "home"])", R"(emails[not (type eq "work")])",
        R"(emails[type eq "work"].value eq "b@example.com")", R"(emails co "@home")", R"(emails eq "babs@home.org")", R"(emails.type ne "work")",
        "active eq true", "active ne false", R"(active eq "True")", R"(roles[primary eq "True"].value eq "r")", R"(roles[primary eq true])",
        R"(urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bjensen")",
        R"(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "701984")",
        R"(URN:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26")",
        R"(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "26")", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
        R"(schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")", R"(schemas[value co "enterprise"])", "nickName eq null",
        "title ne null", R"(nickName ne "x")", R"(profileUrl eq "https://X/Y")", R"(x509Certificates.value eq "MIIB")",
        R"(name[familyName eq "Jensen" and givenName pr])", R"(emails[primary eq true and value sw "b@"])"));

class HoldsNot : public testing::TestWithParam<std::string> {};
TEST_P(HoldsNot, ForTheUser) { EXPECT_FALSE(holds(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Table, HoldsNot,
                         testing::Values(R"(externalId eq "ext-7")", R"(userName eq "bjense")", R"(displayName sw "B.*")", "nickName pr", "not (title pr)",
                                         R"(emails[type eq "work" and value co "@home"])", R"(emails[type eq "home"].value eq "b@example.com")",
                                         R"(userName eq "bjensen" and active eq false)", "active eq false", R"(profileUrl eq "https://x/y")",
                                         R"(x509Certificates.value eq "miib")", R"(nickName eq "x")", R"(nickName gt "a")", "title eq null",
                                         "nickName ne null", R"(meta.created gt "1970-01-01T10:00:00Z")", R"(userName ne "BJensen")",
                                         R"(urn:rollcall:params:scim:schemas:1.0:Provisioning:accounts.state eq "held")", R"(groups.value eq "g")",
                                         R"(schemas eq "urn:x")"));

class Refused : public testing::TestWithParam<std::string> {};
TEST_P(Refused, AsInvalidFilter) {
  const auto filter = Filter::parse(GetParam(), user_type());
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().type, ErrorType::invalid_filter);
  EXPECT_EQ(filter.error().status, 400);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values("", "userName eq", R"(userName xx "a")", R"((userName eq "a")", R"(not userName eq "a")", R"(userName eq "a)", R"(userName eq "a" and)",
                    R"(emails[type eq "work")", "userName", "userName eq abc", "userName eq 'abc'", R"("a" "b")", "()", R"(noSuchAttr eq "x")",
                    R"(not (noSuchAttr eq "x"))", R"(name.noSuch eq "x")", R"(emails[noSuch eq "x"])", R"(urn:x:y:z eq "a")", "active gt true",
                    R"(active gt "true")", R"(active co "t")", R"(active eq "banana")", "userName eq 42", "userName eq true", R"(name eq "x")",
                    R"(addresses eq "x")", R"(meta.created gt "yesterday")", R"(meta.created gt "2026-01-01")", R"(x509Certificates.value gt "M")",
                    R"(password sw "a")", "password pr", R"(userName[value eq "x"])", R"(emails.type[value eq "x"])",
                    R"(emails[value[type eq "x"] pr])", "urn:ietf:params:scim:schemas:core:2.0:User pr", R"(userName eq "a\x")", "userName eq \"\xff\""));

TEST(Filter, LimitsAreErrors) {
  EXPECT_THAT(said(Filter::parse(std::string(2000, '(') + "title pr" + std::string(2000, ')'), user_type())), HasSubstr("nested more than 64 deep"));
  std::string many = "title pr";
  for (int i = 0; i < 300; ++i) many += " or title pr";
  EXPECT_THAT(said(Filter::parse(many, user_type())), HasSubstr("more than 256 terms"));
  EXPECT_THAT(said(Filter::parse("title eq \"" + std::string(9000, 'x') + "\"", user_type())), HasSubstr("longer than 8192 bytes"));
}

TEST(Filter, NumbersCompareAsNumbers) {
  const Schema schema{"urn:x:N", "N", "", {{.name = "size", .type = Type::integer}, {.name = "weight", .type = Type::decimal}}};
  const ResourceType type = make_resource_type({.name = "N", .core = &schema});
  const Value resource = from(R"({"size":10,"weight":2.5})");
  const auto holds_here = [&](const char* text) { return Filter::parse(text, type)->matches(resource); };
  EXPECT_TRUE(holds_here("size gt 9"));
  EXPECT_TRUE(holds_here("size eq 10.0"));
  EXPECT_TRUE(holds_here("weight lt 3"));
  EXPECT_FALSE(holds_here("size lt 9.5"));
  EXPECT_FALSE(Filter::parse("size co \"1\"", type));
  EXPECT_FALSE(Filter::parse("size eq \"10\"", type));
}

TEST(Filter, WhatATypeLacksIsUnassignedThere) {
  const auto filters = Filter::parse(R"(userName eq "bjensen" or displayName eq "tour guides")", resource_types());
  ASSERT_TRUE(filters) << said(filters);
  const Value guides = group(R"("displayName":"Tour Guides")");
  EXPECT_TRUE((*filters)[0].matches(jane()));
  EXPECT_TRUE((*filters)[1].matches(guides));
  EXPECT_FALSE(Filter::parse(R"(userName eq "bjensen")", resource_types())->at(1).matches(guides));
  EXPECT_FALSE(Filter::parse("emails[type eq \"x\"]", resource_types())->at(1).matches(guides));
  EXPECT_THAT(said(Filter::parse("noSuch pr", resource_types())), HasSubstr("there is no attribute `noSuch`"));
}

TEST(Filter, TellsItsEqualitiesForAnIndex) {
  const auto of = [](const char* text) { return Filter::parse(text, user_type())->equalities(); };
  EXPECT_EQ(of(R"(USERNAME eq "A")"), (std::vector<Equality>{{"userName", "A"}}));
  EXPECT_EQ(of(R"(emails[type eq "work"].value eq "x")"), (std::vector<Equality>{{"emails.type", "work"}, {"emails.value", "x"}}));
  EXPECT_EQ(of(R"(id eq "1" and (title pr and externalId eq "e"))"), (std::vector<Equality>{{"id", "1"}, {"externalId", "e"}}));
  EXPECT_TRUE(of(R"(id eq "1" or id eq "2")").empty());
  EXPECT_TRUE(of(R"(not (id eq "1"))").empty());
  EXPECT_EQ(Filter::parse(R"(id eq "g" and members eq "u")", group_type())->equalities(), (std::vector<Equality>{{"id", "g"}, {"members.value", "u"}}));
  EXPECT_EQ(Filter::parse(R"(members[value eq "u"])", group_type())->equalities(), (std::vector<Equality>{{"members.value", "u"}}));
}

TEST(Filter, OneEqualityIsToldFromMore) {
  const auto is_one = [](const char* text) { return Filter::parse(text, user_type())->is_equality(); };
  EXPECT_TRUE(is_one(R"(userName eq "a")"));
  EXPECT_TRUE(is_one(R"((userName eq "a"))"));
  for (const char* more : {R"(userName ne "a")", R"(not (userName eq "a"))", R"(userName eq "a" and active eq true)", R"(active eq true)", R"(userName pr)",
                           R"(userName eq "a" or userName eq "b")"})
    EXPECT_FALSE(is_one(more)) << more;
  EXPECT_FALSE(Filter().is_equality());
}

TEST(Filter, MembersAreAskedForWithoutBeingRead) {
  Value resource = group(R"("displayName":"g")");
  set_id(group_type(), resource, "g");
  const MemberTest is_u = [](std::string_view id) { return id == "u"; };
  for (const char* text : {R"(members eq "u")", R"(members.value eq "u")", R"(members[value eq "u"])", R"(id eq "g" and members eq "u")"}) {
    const auto filter = Filter::parse(text, group_type());
    EXPECT_TRUE(filter->matches(resource, is_u)) << text;
    EXPECT_FALSE(filter->matches(resource)) << text;
    EXPECT_FALSE(filter->reads("members")) << text;
  }
  EXPECT_FALSE(Filter::parse(R"(members eq "v")", group_type())->matches(resource, is_u));
  EXPECT_TRUE(Filter::parse("members pr", group_type())->reads("members"));
  EXPECT_TRUE(Filter::parse(R"(not (members[type eq "Group"]))", group_type())->reads("members"));
}

TEST(Filter, TellsWhatItReads) {
  const auto filter = Filter::parse(R"(title pr and not (groups.value eq "x" or urn:rollcall:params:scim:schemas:1.0:Provisioning:accounts.state eq "held"))", user_type());
  EXPECT_TRUE(filter->reads("groups"));
  EXPECT_TRUE(filter->reads(provisioning_urn));
  EXPECT_FALSE(filter->reads("emails"));
}

}  // namespace
}  // namespace rollcall::scim
